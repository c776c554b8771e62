#!/bin/sh
# draft lint: the checks of helm lint, and further ones.
# shellcheck disable=SC2016 # templates and schemas
. "$(dirname "$0")/lib.sh"

mkdir -p web/templates web/ci
cat >web/Chart.yaml <<'x'
apiVersion: v2
name: web
version: 0.1.0
icon: https://example.com/web.png
x
cat >web/values.yaml <<'x'
replicas: 1
unread: 2
ingress:
  enabled: false
  host: ""
mode: a
x
cat >web/templates/web.yaml <<'x'
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: {{ .Values.replicas }}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: web, image: web, ports: [{name: http, containerPort: 80}]}]
x
cat >web/templates/ingress.yaml <<'x'
{{- if .Values.ingress.enabled }}
apiVersion: networking.k8s.io/v1beta1
kind: Ingress
metadata: {name: web}
host: {{ required "which host?" .Values.ingress.host }}
class: {{ .Values.className }}
{{- else if eq .Values.mode "b" }}
x: 1
{{- end }}
x
found() { jq -r ".finding | select($1) | \"\(.severity) \(.file):\(.line):\(.column) \(.message)\"" "$out"; }

exits 0 'warnings are not errors' draft lint web
ok '… the records are valid' valid_records "$out"
is 'an unused value is reported' "$(found '.rule == "unused"')" "warning web/values.yaml:2:1 no template reads 'unread'"
is 'an undeclared value is reported' "$(found '.rule == "undeclared"')" \
  "info web/templates/ingress.yaml:6:11 'className' is read, but not in values.yaml"
is 'nothing else' "$(found '[.rule] | inside(["unused", "undeclared"]) | not')" ''
exits 0 'all of it' draft lint --all web
is 'branches that the defaults never take are reported' "$(found '.rule == "branch"')" \
  "info web/templates/ingress.yaml:1:8 the defaults never take the branch '.Values.ingress.enabled'
info web/templates/ingress.yaml:7:13 the defaults never take the branch 'eq .Values.mode \"b\"'"
exits 1 '… except with --fail-on warning' draft lint --fail-on warning web
: >nothing.yaml
exits 0 '--fail-on never' draft lint --fail-on never --kube-version 1.30 -f nothing.yaml web
exits 0 'on a terminal' draft lint -o table web
is '… a finding begins with its place' "$(grep -A1 unused "$out")" \
  "web/values.yaml:2:1: warning: no template reads 'unread' [unused]
  remove it, or read it"
is '… and the summary is on standard error' "$(cat "$err")" '--> Checked 1 chart: 1 warning, 1 info'

# Cases: files in ci/, and files of --values.
printf 'ingress: {enabled: true}\n' >web/ci/on.yaml
exits 0 'a case in ci/' draft lint --all web
is '… reaches required' "$(found '.rule == "required"')" \
  'warning web/templates/ingress.yaml:5:10 a required value is not set with web/ci/on.yaml: which host?'
is '… which the record names' "$(jq -r '.finding | select(.rule == "required") | .values' "$out")" web/ci/on.yaml
is '… and takes a branch' "$(found '.rule == "branch"')" \
  "info web/templates/ingress.yaml:7:13 neither the defaults nor the other 1 case takes the branch 'eq .Values.mode \"b\"'"
printf 'mode: b\n' >b.yaml
printf 'ingress: {enabled: true, host: h}\n' >on.yaml
rm web/ci/on.yaml
exits 0 'files of --values' draft lint --all -f on.yaml --values b.yaml web
is '… take every branch, and set every required value' "$(found '.rule == "branch" or .rule == "required"')" ''
exits 1 'a removed API version' draft lint --kube-version 1.22 -f on.yaml web
is '… is reported at its place' "$(found '.rule == "api"')" \
  'error web/templates/ingress.yaml:2:13 Kubernetes 1.22 has no Ingress of networking.k8s.io/v1beta1: 1.22 removed it'
exits 0 '… but not for an older Kubernetes' draft lint --kube-version 1.21 -f on.yaml web
exits 0 '… and not if it is not printed' draft lint --kube-version 1.22 web

# Errors of templates: each is rendered, whatever happens in the others.
echo 'list: [1, 2]' >>web/values.yaml
printf 'a: 1\nb: {{ .Values.none.deep }}\n' >web/templates/null.yaml
printf '{{- define "deep" }}\n{{ index .Values.list 7 }}{{ end }}' >web/templates/_deep.tpl
printf 'a: {{ include "deep" . }}\n' >web/templates/deep.yaml
printf 'b: "{{ printf "%%s" .Values.none }}"\n' >web/templates/printf.yaml
cat >web/templates/stop.yaml <<'x'
{{- if eq .Release.Name "x" }}{{ fail "not reached" }}{{ end }}
{{- if not (hasKey .Values "none") }}{{ include "stop" . }}{{ end }}
{{- define "stop" }}{{ fail "reached" }}{{ end }}
{{- tpl "{{ fail .Values.mode }}" . }}
x
printf 'kind: ConfigMap\n---\nmetadata: [{{ .Values.mode }}]\n' >web/templates/list.yaml
printf 'kind: ConfigMap\na:\n{{ .Values.mode }}: x: y\n' >web/templates/yaml.yaml
printf 'ca: {{ (genCA "x" 1).Cert }}\nh: {{ htpasswd "a" "b" }}\n' >web/templates/keys.yaml
exits 1 'errors of templates' draft lint web
is '… a member of null at its place, and a null that is printed' "$(found '.rule == "null"')" \
  "error web/templates/null.yaml:2:14 rendering fails with the defaults: nil pointer evaluating interface {}.deep
warning web/templates/printf.yaml:1:8 the template prints %!s(<nil>) with the defaults: a value is null"
is '… fail where it is reached, in the file that calls tpl' "$(found '.rule == "fail"')" \
  "warning web/templates/stop.yaml:3:24 'fail' is reached with the defaults: reached
warning web/templates/stop.yaml:4:5 'fail' is reached with the defaults: a"
is '… a failure in an included template, and what is no object' \
  "$(found '.rule == "template"' | sed 's/ with the defaults//')" \
  "error web/templates/_deep.tpl:2:4 rendering fails: error calling index: index out of range: 7
error web/templates/list.yaml:3:1 the template prints what is not an object: 'metadata' is not a mapping
error web/templates/yaml.yaml:3:4 the template prints what is not an object: \
mapping values are not allowed in this context"
for file in null deep printf stop list yaml keys; do rm web/templates/$file.yaml; done

# Objects that are spelled out.
cat >web/templates/service.yaml <<'x'
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports: [{port: 80, targetPort: htp}]
---
apiVersion: v1
kind: Service
metadata: {name: other}
spec:
  selector: {app: other}
  ports: [{port: 80}]
x
rm web/templates/ingress.yaml
draft lint web >"$out" 2>/dev/null
is 'a port that no container has is reported' "$(found '.rule == "port"')" \
  "warning web/templates/service.yaml:6:34 no container of the pods has a port 'htp'"
is 'a selector that matches no pods is reported' "$(found '.rule == "selector"')" \
  'warning web/templates/service.yaml:12:13 the selector of the Service matches no pods of the chart'
printf 'apiVersion: v1\nkind: Pod\nmetadata: {labels: {app: {{ .Values.mode }}}}\nspec: {containers: []}\n' \
  >web/templates/pod.yaml
sed -i 's/app: other/app: a/; s/app: web}$/app: web, statefulset.kubernetes.io\/pod-name: web-0}/' \
  web/templates/service.yaml
draft lint web >"$out" 2>/dev/null
is '… nor of pods that are rendered, or labels that Kubernetes sets' \
  "$(found '.rule == "selector" or .rule == "port"')" ''
sed -i 's/, statefulset.*}/}/' web/templates/service.yaml
printf 'apiVersion: example.com/v1\nkind: Database\nmetadata: {name: db}\n' >web/templates/db.yaml
draft lint web >"$out" 2>/dev/null
is '… nor beside an object that may make pods' "$(found '.rule == "selector" or .rule == "port"')" ''
rm web/templates/db.yaml
rm web/templates/pod.yaml web/templates/service.yaml
printf \
  'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec:\n  template:\n    metadata: {labels: {app: b}}\n' \
  >web/templates/a.yaml
exits 1 'a Deployment without a selector' draft lint web
is '… is an error, as in helm' "$(found '.rule == "selector"')" \
  'error web/templates/a.yaml:5:3 the Deployment has no selector'
rm web/templates/a.yaml

# The schema.
cat >web/values.schema.json <<'x'
{"$schema": "http://json-schema.org/draft-07/schema#", "$id": "https://example.com/s.json", "type": "object",
 "properties": {"replicas": {"type": "integer", "minimum": 2}, "mode": {"$ref": "#/definitions/mode"}, "host": {"format": "hostname"}},
 "definitions": {"mode": {"enum": ["a", "b"]}}, "unevaluatedProperties": false}
x
exits 1 'values that the schema forbids' draft lint web
is '… are reported at their place' "$(found '.rule == "schema"')" \
  "error web/values.yaml:1:1 the schema forbids 'replicas': expected number greater than or equal to 2.000000"
is 'parts of the schema that are not checked are named' "$(found '.rule == "keyword"')" \
  "info web/values.schema.json:0:1 the schema has parts that are not checked: 'unevaluatedProperties', format 'hostname'"
printf 'replicas: 3\nmode: c\n' >c.yaml
draft lint -f c.yaml web >"$out" 2>/dev/null
is '… also for a file of --values' "$(found '.rule == "schema" and .values')" \
  "error c.yaml:2:1 the schema forbids 'mode': failed to match against any enum values"
schema() {
  printf '%s' "$1" >web/values.schema.json
  draft lint web >"$out" 2>"$err"
  is "$2" "$? $(found '.rule == "schema"')" "1 error web/values.schema.json:0:1 the chart $3"
}
schema '{"allOf": [{"$ref": "#"}]}' 'a schema that leads to itself' "has the reference '#', which leads to itself"
schema '{"$ref": "https://example.com/x.json"}' \
  'a schema elsewhere' 'cannot be applied: fetching of remote JSON References not enabled'
schema '{' 'a schema that is not JSON' 'is not JSON: expected a member name in quotes at byte 2'
printf '{"properties": {"mode": {"pattern": "^(a|b)*c$"}}}' >web/values.schema.json
{ printf 'mode: '; head -c 200000 /dev/zero | tr '\0' a; echo; } >long.yaml
draft lint -f long.yaml web >"$out" 2>"$err"
is 'a long string with a pattern that backtracks' "$? $(found '.values' | cut -c 1-62)" \
  "1 error long.yaml:1:1 the schema forbids 'mode': failed to match"
rm web/values.schema.json

# A chart that cannot be read is a finding; the others are still checked.
mkdir -p bad/templates
printf 'name: [\n' >bad/Chart.yaml
exits 1 'a Chart.yaml that is not YAML' draft lint bad web
is '… is an error' "$(found '.chart == "bad"' | cut -d' ' -f 1,2)" 'error bad/Chart.yaml:2:1'
ok '… and the other chart is checked' test -n "$(found '.chart == "web"')"
printf 'apiVersion: v2\nname: bad\nversion: 1.0.0\n' >bad/Chart.yaml
printf 'a: {{ if }}\n' >bad/templates/a.yaml
exits 1 'a template that does not parse' draft lint bad
is '… is reported at its place' "$(found '.severity == "error"')" \
  'error bad/templates/a.yaml:1:1 the template does not parse: missing value for if'
printf 'a: 1\n' >bad/templates/a.yaml
mkdir -p bad/charts/inner && printf 'apiVersion: v2\nname: inner\nversion: 1.0.0\n' >bad/charts/inner/Chart.yaml
printf 'x' >bad/templates/a.md
printf 'a: {{ .Release.Time }}\n' >bad/templates/b.yaml
exits 1 'files in the wrong place' draft lint bad
is '… are errors, as in helm' "$(found '.severity == "error"')" \
  "error bad/Chart.yaml:0:1 charts/ has 'inner', which is not a declared dependency
error bad/templates/a.md:0:1 the name of the template ends in none of .yaml, .yml, .tpl, .txt
error bad/templates/b.yaml:1:1 .Release.Time exists only in Helm 2"

mkdir -p tagged/templates tagged/charts/inner
printf '%s\n' 'apiVersion: v2' 'name: tagged' 'version: 1.0.0' \
  'dependencies: [{name: inner, version: 1.0.0, tags: [db]}, {name: gone, version: 1.0.0}]' >tagged/Chart.yaml
printf 'apiVersion: v2\nname: inner\nversion: 1.0.0\n' >tagged/charts/inner/Chart.yaml
printf 'tags: {db: true, other: true}\ngone: {a: 1}\n' >tagged/values.yaml
printf 'a: 1\n' >tagged/templates/a.yaml
exits 0 'a chart with tags and a missing dependency' draft lint tagged
is '… tags count as read, and values of a missing chart are not reported as unused' "$(found '.rule == "unused"')" \
  "warning tagged/values.yaml:1:1 no template reads 'tags.other'"
is '… the missing dependency is reported' "$(found '.rule == "dependency"')" \
  "warning tagged/Chart.yaml:4:1 charts/ lacks dependency 'gone'"
tar -czf tagged-1.0.0.tgz tagged
exits 0 'an archive' draft lint tagged-1.0.0.tgz
is '… gives the same findings' \
  "$(found '.rule == "dependency" or .rule == "unused"' | sed 's/tagged-1.0.0.tgz/tagged/')" \
  "warning tagged/Chart.yaml:4:1 charts/ lacks dependency 'gone'
warning tagged/values.yaml:1:1 no template reads 'tags.other'"

# The same verdict as helm on Chart.yaml, field by field.
if command -v helm >/dev/null; then
  different=0
  while read -r line; do
    rm -rf c && mkdir -p c/templates
    for other in 'apiVersion: v2' 'name: c' 'version: 1.0.0'; do
      [ "${other%%:*}" = "${line%%:*}" ] || echo "$other"
    done >c/Chart.yaml
    echo "$line" >>c/Chart.yaml
    echo 'a: 1' >c/values.yaml
    echo 'a: {{ .Values.a }}' >c/templates/a.yaml
    draft lint -q c >ours 2>&1
    ours=$?
    helm lint c >helms 2>&1
    helms=$?
    [ "$ours" = "$helms" ] || { different=$((different + 1)); note "$line: $ours - helm: $helms"; }
  done <<'x'
appVersion: 1
version: 1
name: a/b
maintainers: [{name: a, email: x}]
sources: [foo]
icon: foo
type: xx
apiVersion: v3
version: "0.0.0"
version: 0.0.0-alpha
version: "1"
version: "01.2.3"
maintainers: [{email: a@b.c}]
maintainers: [{name: a, url: x}]
maintainers: [{name: a, url: "https://x.y"}]
maintainers: [{name: a, url: "localhost:80"}]
icon: "data:image/png;base64,xx"
icon: "//x/y"
icon: /x
sources: ["git@github.com:a/b"]
sources: ["mailto:x"]
sources: ["http://"]
sources: ["http://a b"]
kubeVersion: xx
foo: bar
description: 3
keywords: x
appVersion: null
version: null
name: null
name: ÄÖ
dependencies: [{name: x, version: zz}]
dependencies: [{name: x, version: 1},{name: x, version: 1}]
dependencies: [{name: x, version: 1, alias: "a b"}]
type: library
deprecated: maybe
annotations: {a: 1}
annotations: {a: [1]}
appVersion: true
appVersion: [1]
sources: [""]
icon: x:y
maintainers: [{name: a, url: "http://a"}]
maintainers: [{name: a, url: "x.y"}]
maintainers: [{name: a, url: "@x.y"}]
maintainers: [{name: a, email: "a@b"}]
maintainers: [{name: a, email: "a@b.c1"}]
maintainers: [{name: a, email: "<a@b.c>"}]
maintainers: [{name: a, email: "a.b@c.de"}]
maintainers: [{name: a, url: "http://localhost"}]
maintainers: [{name: a, url: "foo://x.y"}]
maintainers: [{name: a, url: "http://1.2.3.4:80/x"}]
version: "1.2.3.4"
version: v1.2.3
version: 1.2
version: "0"
version: "0.0.0+x"
apiVersion: null
apiVersion: v1
name: ""
x
  is 'fields of Chart.yaml: the same verdict as helm' "$different" 0
  # Values and schemas, without the formats that only helm checks.
  different=0
  while IFS='|' read -r line schema; do
    rm -rf c && mkdir -p c/templates
    printf 'apiVersion: v2\nname: c\nversion: 1.0.0\n' >c/Chart.yaml
    printf '%s\n' "$line" >c/values.yaml
    [ -z "$schema" ] || printf '%s' "$schema" >c/values.schema.json
    echo 'a: {{ .Values.a }}' >c/templates/a.yaml
    draft lint -q c >ours 2>&1
    ours=$?
    helm lint c >helms 2>&1
    helms=$?
    [ "$ours" = "$helms" ] || { different=$((different + 1)); note "$line $schema: $ours - helm: $helms"; }
  done <<'x'
a: 1|{"properties":{"a":{"type":"string"}}}
a: 1.0|{"properties":{"a":{"type":"integer"}}}
a: null|{"properties":{"a":{"type":"string"}}}
a: null|{"required":["a"]}
a: 1|{"required":["b"]}
a: 1e3|{"properties":{"a":{"type":"integer"}}}
a: 0x10|{"properties":{"a":{"type":"integer","maximum":16}}}
a: x|{"properties":{"a":{"format":"date"}}}
a: "x y"|{"properties":{"a":{"pattern":"^[a-z]+$"}}}
a: [1, 1]|{"properties":{"a":{"uniqueItems":true}}}
a: 0.3|{"properties":{"a":{"multipleOf":0.1}}}
a: x|{"additionalProperties":false}
a: x|false
a: x|true
a: x|[]
a: x|{"type":"foo"}
a: x|{"$ref":"#/definitions/none"}
a: x|{"properties":{"a":{"pattern":"(?i)X"}}}
a: x|{"properties":{"a":{"pattern":"^\\p{L}$"}}}
a: ä|{"properties":{"a":{"maxLength":1}}}
a: {b: 1}|{"properties":{"a":{"minProperties":2}}}
a: 5|{"properties":{"a":{"exclusiveMinimum":5}}}
a: 5|{"properties":{"a":{"minimum":5,"exclusiveMinimum":true}}}
a: 5|{"$schema":"https://json-schema.org/draft/2020-12/schema","properties":{"a":{"type":"integer"}}}
a: [1,x]|{"properties":{"a":{"items":[{"type":"integer"}],"additionalItems":{"type":"integer"}}}}
a: 1|{"dependencies":{"a":["b"]}}
a: 5|{"properties":{"a":{"oneOf":[{"minimum":1},{"minimum":2}]}}}
a: 5|{"$id":"https://example.com/x","$ref":"#/definitions/a","definitions":{"a":{"type":"string"}}}
a: 5|{"properties":{"a":{"$ref":"#a"}},"definitions":{"a":{"$id":"#a","type":"string"}}}
a: 5|{
a: [|
[1]|
a: &x [*x]|
? [a] : b|
a: 1|{"properties":{"a":{"enum":[1.0]}}}
x
  is 'values and schemas: the same verdict as helm' "$different" 0
else
  skip 'the verdict of helm' 'there is no helm'
fi

# Errors.
exits 66 'a missing directory' draft lint missing
is '… is named' "$(head -n 1 "$err")" "draft-lint: cannot find a chart at 'missing'"
mkdir empty
exits 65 'a directory without a chart' draft lint empty
exits 66 'a missing file of --values' draft lint -f missing.yaml web
printf 'a: [\n' >broken.yaml
exits 65 '… one that is not YAML' draft lint -f broken.yaml web
exits 64 'an unknown severity' draft lint --fail-on bad web
exits 64 'an invalid version of Kubernetes' draft lint --kube-version new web
finish
