#!/bin/sh
# draft render --because: which values and which line of a template each scalar came from, what set them, and which
# bytes are made up.
. "$(dirname "$0")/lib.sh"

mkdir -p web/templates web/charts/sub/templates
printf 'apiVersion: v2\nname: web\nversion: 1.0.0\n' >web/Chart.yaml
printf 'apiVersion: v2\nname: sub\nversion: 1.0.0\n' >web/charts/sub/Chart.yaml
printf 'size: 3\nglobal: {}\n' >web/charts/sub/values.yaml
printf 'kind: S\nname: {{ .Values.name }}\nsize: {{ .Values.size }}\nzone: {{ .Values.global.zone }}\n' \
  >web/charts/sub/templates/s.yaml
cat >web/values.yaml <<'E'
replicas: 2
image:
  repository: nginx
  tag: latest
sub:
  name: inner
global:
  zone: eu
text: "{{ .Values.replicas }}-x"
E
printf '{{- define "image" -}}\n{{ .repository }}:{{ .tag }}\n{{- end }}\n' >web/templates/_h.tpl
cat >web/templates/a.yaml <<'E'
kind: Deployment
metadata:
  name: {{ .Release.Name }}
  {{- $image := deepCopy .Values.image }}
  copy: {{ $image.tag | quote }}
  text: {{ tpl .Values.text . }}
spec:
  replicas: {{ .Values.replicas }}
  password: x-{{ randAlphaNum 8 }}-y
  image: {{ include "image" .Values.image }}
  made: {{ include "image" (dict "repository" .Values.image.repository "tag" .Values.image.tag) | quote }}
  resources: {{- toYaml .Values.resources | nindent 4 }}
  {{- range .Values.list }}
  k-{{ .key }}: {{ .value }}
  {{- end }}
  fixed: 1
E
printf 'image: {tag: "1.2"}\nresources:\n  limits:\n    cpu: 100m\nlist:\n  - key: a\n    value: b\n' >values.yaml
printf 'image: {tag: old}\nreplicas: 4\n' >old.yaml

run draft render --because -f old.yaml -f values.yaml --set replicas=3 --set replicas=5 web
is 'it renders' "$status" 0
ok 'records that the schema knows' valid_records "$out"
jq -r '.object.because[] | "\(.field) \(.template):\(.line)" + ([.values[] | " \(.path)=\(.source)"] | add // "")' \
  "$out" >all
ok 'each scalar says what it came from' cmp all - <<'E'
kind web/templates/a.yaml:1
metadata.name web/templates/a.yaml:3
metadata.copy web/templates/a.yaml:5 image.tag=values.yaml:1
metadata.text web/templates/a.yaml:6 text=web/values.yaml:9 replicas=--set replicas
spec.replicas web/templates/a.yaml:8 replicas=--set replicas
spec.password web/templates/a.yaml:9
spec.image web/templates/_h.tpl:2 image.repository=web/values.yaml:3 image.tag=values.yaml:1
spec.made web/templates/a.yaml:11 image.repository=web/values.yaml:3 image.tag=values.yaml:1
spec.resources.limits.cpu web/templates/a.yaml:12 resources.limits.cpu=values.yaml:4
spec.k-a web/templates/a.yaml:14 list[0].value=values.yaml:7
spec.fixed web/templates/a.yaml:16
kind web/charts/sub/templates/s.yaml:1
name web/charts/sub/templates/s.yaml:2 sub.name=web/values.yaml:6
size web/charts/sub/templates/s.yaml:3 sub.size=web/charts/sub/values.yaml:1
zone web/charts/sub/templates/s.yaml:4 sub.global.zone=web/values.yaml:8
E
run draft render -o table --because web
like 'so does the table' "$(cat "$out")" '*    spec.replicas  web/templates/a.yaml:8  replicas (web/values.yaml:1)*'

run draft render web
is 'without it nothing does' "$(jq -c '[.object.because] | unique' "$out" | sort -u)" '[null]'
jq -r '.object.random | select(.) | .[] | "\(.start) \(.end)"' "$out" >random
is 'one range of bytes is made up' "$(wc -l <random)" 1
read -r start end <random
draft render -s templates/a.yaml -o yaml web | sed 1,2d >text
is 'between what is not' \
  "$(head -c "$start" text | tail -c 2)$((end - start))$(tail -c +$((end + 1)) text | head -c 2)" 'x-8-y'

# A line of the pipe: the values are those that draft-release would give.
line() {
  jq -nc --arg dir "$scratch/app" '{draft: 1,
    app: {name: "one", dir: $dir, environment: "development", namespace: "there"},
    image: {repository: "r.io/one", tag: "abc", store: "containers-storage"}}'
}
mkdir -p app/charts
cp -r web app/charts/one
sed -i 's/^name: web/name: one/' app/charts/one/Chart.yaml
line >lines
printf '%s\n' '{"draft":1,"app":{"name":"two"},"failure":{"by":"draft-build","code":1,"message":"no"}}' >>lines
run draft render --because <lines
is 'a failed line is left out, and counts' "$status" 1
is 'another is rendered as its release' \
  "$(jq -c '.object | select(.kind == "Deployment") | [.chart, .release, .namespace]' "$out")" '["one","one","there"]'
is 'with its image' \
  "$(jq -c '.object.because[]? | select(.field == "spec.image").values | map([.path, .source])' "$out")" \
  '[["image.repository","--set-string image.repository"],["image.tag","--set-string image.tag"]]'
draft render -o yaml <lines >text 2>"$err"
ok 'the text has it too' grep -q 'image: r.io/one:abc' text
printf '{"draft":1,"app":{"name":"x","dir":"%s"}}\n' "$scratch" >lines
run draft render <lines
is 'a line without an image is refused' "$status" 1
printf 'not a record\n' >lines
exits 65 'what is no record, too' draft render <lines
run draft render </dev/null
is 'no stream at all is the current directory, which is no chart' "$status" 65
: >lines
run sh -c 'cat lines | draft render'
is 'an empty stream renders nothing' "$status$(cat "$out")" 0
finish
