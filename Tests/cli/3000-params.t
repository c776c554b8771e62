#!/bin/sh
# draft params: the parameters of a chart, and where its templates read them.
. "$(dirname "$0")/lib.sh"

mkdir -p web/templates web/charts/redis/templates
cat >web/Chart.yaml <<'end'
apiVersion: v2
name: web
version: 0.1.0
dependencies:
- {name: redis, version: 1.0.0, condition: redis.enabled}
end
cat >web/values.yaml <<'end'
# -- How many pods
replicas: 1
image:
  # The tag of the image
  tag: ""
service:
  annotations: {}
  type: ClusterIP
redis:
  enabled: false
end
cat >web/values.schema.json <<'end'
{"properties": {"service": {"properties": {"type": {"description": "Its type", "enum": ["ClusterIP", "NodePort"]}}}}}
end
cat >web/templates/web.yaml <<'end'
replicas: {{ .Values.replicas }}
{{- with .Values.image }}
image: web:{{ required "which tag?" .tag }}
{{- end }}
type: {{ .Values.service.type }}
{{- if .Values.ingress.enabled }}
tls: {{ default "none" .Values.ingress.tls }}
{{- end }}
end
printf 'apiVersion: v2\nname: redis\nversion: 1.0.0\n' >web/charts/redis/Chart.yaml
printf 'port: 6379\n' >web/charts/redis/values.yaml
printf 'port: {{ .Values.port }}\n' >web/charts/redis/templates/redis.yaml

# The list on a terminal.
exits 0 'the list' draft params -o table web
is 'says what each parameter is' "$(cat "$out")" 'Params:
- replicas: How many pods
- image.tag (required): The tag of the image
- service.annotations (unused): no documentation
- service.type: Its type
- redis.enabled: no documentation
- ingress.enabled (undeclared): no documentation
- ingress.tls (undeclared): no documentation'
is 'nothing is said on standard error' "$(cat "$err")" ''
(cd web && draft params -o table </dev/null) >here
is 'without a chart it is the current directory' "$(cat here)" "$(cat "$out")"

# The records.
exits 0 'the records' draft params web
cp "$out" lines
ok '… are valid' valid_records lines
param() { jq -c --arg path "$1" ".param | select(.path == \$path) | $2" lines; }
is 'one for each parameter' "$(jq -r .param.path lines | tr '\n' ' ')" \
  'replicas image.tag service.annotations service.type redis.enabled ingress.enabled ingress.tls '
is 'default, type, documentation and place' \
  "$(param replicas '[.chart, .type, .default, .documentation, .file, .line]')" \
  '["web","integer",1,"How many pods","web/values.yaml",2]'
is 'what the schema says' "$(param service.type '[.documentation, .enum]')" '["Its type",["ClusterIP","NodePort"]]'
is 'uses, and what is around them' \
  "$(param image.tag '.required, (.uses[] | [.line, .column, .kind, .path, .guards, .message])')" 'true
[2,10,"tested","image",null,null]
[3,37,"read",null,["with .Values.image"],"which tag?"]'
is 'a default of the template' "$(param ingress.tls '.marks, (.uses[] | [.line, .default, .guards])')" '["undeclared"]
[7,"\"none\"",["if .Values.ingress.enabled"]]'
is 'marks' "$(param service.annotations .marks)" '["unused","undocumented"]'
is 'a condition of a sub-chart is a use' "$(param redis.enabled '[.uses[] | [.file, .line, .kind]]')" \
  '[["web/Chart.yaml",5,"tested"]]'
draft params --subcharts web >lines
is 'with --subcharts those of sub-charts too' "$(param redis.port '[.subchart, .default, .file, .uses[0].file]')" \
  '["charts/redis",6379,"web/charts/redis/values.yaml","web/charts/redis/templates/redis.yaml"]'
draft params web >again
draft params web | cmp -s - again
is 'the same chart gives the same bytes' $? 0

# Archives, and several charts.
tar -czf web-0.1.0.tgz web
exits 0 'an archive' draft params web-0.1.0.tgz
is 'has the same parameters' "$(jq -r .param.path "$out")" "$(jq -r .param.path again)"
exits 0 'several charts' draft params -o table web web-0.1.0.tgz
is 'are headed by their names' "$(grep -n '^#' "$out")" '1:# chart: web
11:# chart: web-0.1.0.tgz'
exits 1 'one of several is not a chart' draft params web none web-0.1.0.tgz
is 'does not keep the others from being listed' "$(jq -r .param.chart "$out" | uniq)" 'web
web-0.1.0.tgz'
is 'and is told' "$(head -n 1 "$err")" "draft-params: cannot find a chart at 'none'"

# A file to fill in.
exits 0 'a file to fill in' draft params --write new.yaml web web-0.1.0.tgz
is 'says so' "$(cat "$err")" 'Created: new.yaml'
is 'has every parameter with its documentation' "$(sed '/^---/q' new.yaml)" '# chart: web

# How many pods
# replicas: 1
image:
  # The tag of the image
  tag: ""
# service:
  # annotations: {}
  # Its type
  # type: "ClusterIP"
# redis:
  # enabled: false
# ingress:
  # Not in values.yaml; read at web/templates/web.yaml:6
  # enabled: ""
  # Not in values.yaml; read at web/templates/web.yaml:7
  # tls: ""
---'
exits 73 'a file that exists' draft params --write new.yaml web
like '… is not overwritten' "$(cat "$err")" "draft-params: cannot create 'new.yaml': File exists*"
draft params --write - web >stub.yaml
sed 's/tag: ""/tag: v1/; s/# ingress:/ingress:/; s/  # enabled: ""/  enabled: true/' stub.yaml >filled.yaml
if command -v helm >/dev/null; then
  exits 0 'helm takes the file' helm template r web -f filled.yaml
  is '… and filled-in values are used' "$(grep -E 'web:|tls' "$out")" 'image: web:v1
tls: none'
  draft params --schema web >schema.json && mv schema.json web/values.schema.json
  exits 0 'helm takes the schema' helm template r web -f filled.yaml
  exits 1 'and refuses what it forbids' helm template r web -f filled.yaml --set service.type=Odd
else
  skip 'helm takes the file' 'there is no helm'
fi
is 'the schema says what the chart does' \
  "$(draft params --schema web-0.1.0.tgz | jq -c '.properties.service.properties.type, .properties.image')" \
  '{"description":"Its type","type":"string","enum":["ClusterIP","NodePort"],"default":"ClusterIP"}
{"type":"object","properties":{"tag":{"description":"The tag of the image","type":"string","default":""}},"required":["tag"]}'

# Errors.
exits 66 'no such chart' draft params none
is '… is told' "$(cat "$err")" "draft-params: cannot find a chart at 'none'
  name a directory with a Chart.yaml, or a .tgz"
mkdir empty
exits 65 'a directory without a chart' draft params empty
like '… is told' "$(cat "$err")" "draft-params: 'empty' is not a chart: it has no Chart.yaml*"
cp -r web broken
printf '\n\n{{ if }}\n' >>broken/templates/web.yaml
exits 65 'a template that does not parse' draft params broken
is '… is told with its line' "$(cat "$err")" \
  'draft-params: broken/templates/web.yaml:11: the template does not parse: missing value for if'
is '… and nothing is printed' "$(cat "$out")" ''
cp -r web odd
echo '{' >odd/values.schema.json
exits 65 'a schema that is not JSON' draft params odd
like '… is told' "$(cat "$err")" "draft-params: 'odd/values.schema.json' is not JSON: *"
exits 64 '--schema with --write' draft params --schema --write x web
exits 64 '--schema of two charts' draft params --schema web web-0.1.0.tgz
exits 65 '--write with one bad chart' draft params --write two.yaml web empty
not_ok '… and no file is written' test -e two.yaml
finish
