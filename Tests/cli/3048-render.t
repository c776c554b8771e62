#!/bin/sh
# draft render: what it prints, and what it says of charts and options that are wrong.
. "$(dirname "$0")/lib.sh"

mkdir -p web/templates web/crds
printf 'apiVersion: v2\nname: web\nversion: 1.2.3\nappVersion: "7"\n' >web/Chart.yaml
printf 'replicas: 1000000\nimage: {tag: "010"}\n' >web/values.yaml
printf 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\ndata: {{- toYaml .Values | nindent 2 }}\n' >web/templates/b.yaml
printf -- '---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: one}\n---\n# nothing\n' >web/templates/a.yaml
printf 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: t\n  annotations: {helm.sh/hook: test}\n' >web/templates/test.yaml
printf 'Release {{ .Release.Name }}\n' >web/templates/NOTES.txt
printf 'kind: CustomResourceDefinition\n' >web/crds/c.yaml

run draft render --name rel -o yaml web
is 'it renders' "$status" 0
cp "$out" all
ok 'to what helm prints' cmp all - <<'E'
---
# Source: web/templates/a.yaml
apiVersion: v1
kind: ServiceAccount
metadata: {name: one}
---
# Source: web/templates/b.yaml
apiVersion: v1
kind: ConfigMap
metadata:
  name: rel
data:
  image:
    tag: "010"
  replicas: 1000000
---
# Source: web/templates/a.yaml
# nothing
---
# Source: web/templates/test.yaml
apiVersion: v1
kind: Pod
metadata:
  name: t
  annotations: {helm.sh/hook: test}
E
if command -v helm >/dev/null; then
  same() { draft render --name rel -o yaml "$@" web >ours && helm template rel "$@" web >helms && cmp ours helms; }
  for options in '' --skip-tests --no-hooks --include-crds --is-upgrade '-s templates/b.yaml' '-s templates/[ab].yaml' \
    '--kube-version 1.20' '-n there' '--set replicas=2' '-a x/v1 --set image=null'; do
    # shellcheck disable=SC2086 # options are words
    ok "and so do both with '$options'" same $options
  done
else
  skip 'the same as helm' 'there is no helm'
fi

run draft render --name rel web
is 'a record for each object' \
  "$(jq -r '.object | "\(.kind) \(.object) \(.template) \(.renderer)"' "$out" | tr '\n' '|')" \
  'ServiceAccount one web/templates/a.yaml draft|ConfigMap rel web/templates/b.yaml draft|Pod t web/templates/test.yaml draft|'
ok 'that the schema knows' valid_records "$out"
jq -r 'select(.object.kind == "ServiceAccount").object.digest' "$out" >digest
is 'with the digest of its text' "$(cat digest)" \
  "sha256:$(printf 'apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: one}' | sha256sum | cut -d' ' -f1)"
is 'and what kind of hook it is' "$(jq -c 'select(.object.kind == "Pod").object.hooks' "$out")" '["test"]'
run draft render -o table web
like 'a table on request' "$(cat "$out")" '*ServiceAccount/one  web/templates/a.yaml*'
(cd web && draft render -o yaml --name rel </dev/null) >here
ok 'without operands it renders the current directory' cmp here all

# What only helm can know.
cp -r web keys
# shellcheck disable=SC2016 # a variable of the template
printf 'apiVersion: v1\nkind: Secret\nmetadata: {name: k}\ndata:\n{{- $ca := genCA "x" 1 }}\n  c: {{ $ca.Cert | b64enc }}\n' >keys/templates/k.yaml
if command -v helm >/dev/null; then
  run draft render keys
  is 'a chart that makes keys is rendered by helm, and says so' \
    "$(jq -r 'select(.object.kind == "Secret").object | "\(.renderer) \(.why)"' "$out")" \
    'helm genCA at web/templates/k.yaml:5'
fi
mkdir bin
for program in sh env readlink; do ln -s "$(command -v $program)" bin; done
exits 69 'without helm it is refused' env PATH="$DRAFT_BIN:$scratch/bin" draft-render keys
like 'and the reason is said' "$(cat "$err")" "*cannot be rendered without helm: genCA at web/templates/k.yaml:5*"
exits 0 'others need no helm' env PATH="$DRAFT_BIN:$scratch/bin" draft-render web

# Wrong ways.
exits 66 'no such chart' draft render nothing
exits 65 'no chart' draft render bin
exits 64 'no such version' draft render --kube-version x web
exits 64 'a value that cannot be read' draft render --set 'a={b' web
like 'in the words of helm' "$(cat "$err")" "*failed parsing --set data: list must terminate with '}'*"
exits 65 'a template that is not there' draft render -s templates/none.yaml web
like 'in the words of helm' "$(cat "$err")" '*could not find template templates/none.yaml in chart*'
exits 66 'a values file that is not there' draft render -f none.yaml web
printf 'a: [\n' >bad.yaml
exits 65 'one that is not YAML' draft render -f bad.yaml web
cp -r web bad
printf '{{ fail "not today" }}\n' >bad/templates/x.yaml
exits 65 'a template that fails' draft render bad
like 'with its place' "$(cat "$err")" '*execution error at (web/templates/x.yaml:1:3): not today*'
printf 'a: b: c\n' >bad/templates/x.yaml
exits 65 'output that is not YAML' draft render bad
like 'with its template' "$(cat "$err")" \
  '*YAML parse error on web/templates/x.yaml: error converting YAML to JSON: yaml: mapping values are not allowed in this context*'
printf '{{ if }}\n' >bad/templates/x.yaml
exits 65 'a template that does not parse' draft render bad
like 'with its place' "$(cat "$err")" '*parse error at (web/templates/x.yaml:1): missing value for if*'
printf 'type: library\n' >>bad/Chart.yaml
exits 65 'a library' draft render bad
like 'that is one' "$(cat "$err")" '*library charts are not installable*'
exits 1 'one of two charts that fails does not keep the other' draft render bad web
ok 'from being rendered' grep -q ServiceAccount "$out"

# Hostile templates.
printf '{{ define "r" }}{{ include "r" . }}{{ end }}{{ include "r" . }}\n' >web/templates/x.yaml
exits 65 'endless recursion' draft render web
ok '… in a short message' test "$(wc -c <"$err")" -lt 4000
printf '{{ repeat 1000000000 "x" }}\n' >web/templates/x.yaml
exits 65 'a text of 1 GB' draft render web
# shellcheck disable=SC2016 # variables of the template
printf '{{ range $i, $e := until 100000 }}{{ range $j, $f := until 100000 }}{{ end }}{{ end }}\n' >web/templates/x.yaml
exits 65 'a loop of 10^10' draft render web
finish
