#!/bin/sh
# draft test: a chart rendered with each of its ci/*.yaml; records, words, JUnit.
. "$(dirname "$0")/lib.sh"
mkdir -p web/templates web/ci plain/templates
printf 'apiVersion: v2\nname: web\nversion: 1.0.0\n' >web/Chart.yaml
printf 'port: 80\nname: ""\n' >web/values.yaml
cat >web/templates/map.yaml <<'Y'
apiVersion: v1
kind: ConfigMap
metadata: {name: {{ required "a name is needed" .Values.name }}}
data: {port: "{{ .Values.port }}"}
---
{{- if .Values.more }}
apiVersion: v1
kind: ConfigMap
metadata: {name: more}
{{- end }}
Y
echo 'name: a' >web/ci/a-values.yaml
printf 'name: b\nmore: true\n' >web/ci/b.yaml
printf 'port: 1\n' >web/ci/c.yml
echo 'not one' >web/ci/README.md
printf 'apiVersion: v2\nname: plain\nversion: 1.0.0\n' >plain/Chart.yaml
printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n' >plain/templates/map.yaml

run draft test web
is 'a chart with a case that fails' "$status" 1
is 'a record for each values file, in their order' \
  "$(jq -c '.test | [.chart, .values, .passed, .objects]' "$out" | tr '\n' ' ')" \
  '["web","ci/a-values.yaml",true,1] ["web","ci/b.yaml",true,2] ["web","ci/c.yml",false,null] '
like '… with the error' "$(jq -r 'select(.test.passed | not) | .test.message' "$out")" '*a name is needed*'
ok '… the records are valid' valid_records "$out"
like '… and a summary' "$(cat "$err")" '*1 of 3 failed'
rm web/ci/c.yml
exits 0 'a chart whose cases all render' draft test web
exits 0 'a chart without cases' draft test -o record plain
is '… is rendered with its defaults' "$(jq -c '.test | [.values, .passed, .objects]' "$out")" '[null,true,1]'
is 'on a terminal' "$(draft test -o table -q web plain)" 'ok      web: ci/a-values.yaml
ok      web: ci/b.yaml
ok      plain: defaults'
(cd plain && draft test -q </dev/null >../here)
is 'without operands the current directory' "$(jq -r .test.chart here)" .
draft package -q -d . web >/dev/null
is 'an archive' "$(draft test -q web-1.0.0.tgz | jq -c '.test | [.chart, .values, .objects]' | tr '\n' ' ')" \
  '["web-1.0.0.tgz","ci/a-values.yaml",1] ["web-1.0.0.tgz","ci/b.yaml",2] '
echo 'ci/' >web/.helmignore
is '.helmignore may exclude the cases from the archive' "$(draft test -q web | jq -r .test.values | tr '\n' ' ')" \
  'ci/a-values.yaml ci/b.yaml '
printf 'kubeVersion: ">=1.30"\n' >>plain/Chart.yaml
run draft test --kube-version 1.29.0 plain
like '--kube-version' "$status $(jq -r .test.message "$out")" '1 *1.29*'
exits 0 '… of a newer Kubernetes' draft test --kube-version 1.31.0 plain

printf 'name: [\n' >'web/ci/d&"<>.yaml'
run draft test --junit report.xml web plain ./nowhere
is 'a missing chart is a failure' "$status $(jq -r .test.passed "$out" | tr '\n' ' ')" '1 true true false true '
like '… and is named' "$(cat "$err")" "*cannot find a chart at './nowhere'*"
is 'the report is XML, with a suite for each chart' "$(/usr/bin/python3 -c '
import xml.etree.ElementTree as tree
for suite in tree.parse("report.xml").getroot():
    print(suite.get("name"), suite.get("tests"), suite.get("failures"),
        [case.get("name") for case in suite if case.find("failure") is not None])')" \
  "web 3 1 ['ci/d&\"<>.yaml']
plain 1 0 []
./nowhere 1 1 ['defaults']"
exits 66 'only a missing chart' draft test ./nowhere
mkdir empty
exits 65 'a directory without a chart' draft test empty
exits 66 'an archive that is not there' draft test nowhere-1.0.0.tgz
like 'is a chart' "$(cat "$err")" "*cannot find a chart at 'nowhere-1.0.0.tgz'*"
run draft test nowhere
like 'a plain name is a release' "$status $(cat "$err")" \
  "66 *the tests of release 'nowhere' cannot be run: podman has no hooks*"
draft package -q plain >line
is 'a record with a chart' "$(draft test -q <line | jq -c '.test | [(.chart | sub(".*/"; "")), .passed]')" \
  '["plain-1.0.0.tgz",true]'
exits 0 'without helm' env PATH="$DRAFT_BIN:/usr/sbin" draft test plain
echo 'key: {{ genPrivateKey "rsa" | quote }}' >plain/templates/key.yaml
exits 69 '… a chart that makes keys' env PATH="$DRAFT_BIN:/usr/sbin" draft test plain
like '… says why' "$(cat "$err")" \
  "*the chart cannot be rendered without helm: genPrivateKey at plain/templates/key.yaml:1*"
if command -v helm >/dev/null; then
  exits 0 '… with helm' draft test plain
else
  skip '… with helm' 'there is no helm'
fi
finish
