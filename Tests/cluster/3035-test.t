#!/bin/sh
# draft test NAME: the tests of a release, their pods, logs and JUnit.
# shellcheck source=Tests/cluster/lib.sh
. "$(dirname "$0")/lib.sh"
needs node
namespace tests
app=tests-$$
"$root/Tests/base-image" busybox >/dev/null || { echo 'Bail out! no base image'; exit 1; }
buildah tag localhost/draft-test/busybox "localhost/$app:1"
ok 'an image' buildah push -q "localhost/$app:1" "docker://$REGISTRY/$app:1"
later "buildah rmi localhost/$app:1"

mkdir -p charts/web/templates released
cd charts || exit
printf 'apiVersion: v2\nname: web\nversion: 0.1.0\n' >web/Chart.yaml
printf 'image: %s\ntests: []\n' "$REGISTRY/$app:1" >web/values.yaml
cat >web/templates/map.yaml <<'Y'
apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Release.Name }}}
Y
cat >web/templates/tests.yaml <<'Y'
{{- range $i, $test := .Values.tests }}
---
apiVersion: {{ ternary "batch/v1" "v1" (eq $test.kind "Job") }}
kind: {{ $test.kind }}
metadata:
  name: {{ $.Release.Name }}-{{ $test.name }}
  annotations: {helm.sh/hook: test, helm.sh/hook-weight: "{{ $i }}", helm.sh/hook-delete-policy: "{{ $test.policy | default "before-hook-creation" }}"}
spec:
  {{- if eq $test.kind "Job" }}
  backoffLimit: 0
  template:
    spec: {restartPolicy: Never, terminationGracePeriodSeconds: 0, containers: [{name: test, image: {{ $.Values.image }}, command: [/bin/busybox, sh, -c, {{ $test.script | quote }}]}]}
  {{- else }}
  restartPolicy: Never
  terminationGracePeriodSeconds: 0
  containers: [{name: test, image: {{ $.Values.image }}, command: [/bin/busybox, sh, -c, {{ $test.script | quote }}]}]
  {{- end }}
{{- end }}
Y
tests() { # YAML
  echo "tests: $1" >given.yaml
  helm upgrade --install web ../charts/web -f given.yaml >/dev/null 2>"$err" || said
}
cd ../released || exit
fields() { jq -c '.test | [.pod, .phase, .code, .passed, .log]' "$1"; }

tests '[{name: one, kind: Pod, script: "echo it works; echo on two lines"}, {name: gone, kind: Pod, policy: "hook-succeeded,before-hook-creation", script: "echo gone soon; busybox sleep 1"}, {name: job, kind: Job, script: "echo of a job"}]'
exits 0 'the tests of a release' draft test -o record --junit report.xml web
cp "$out" lines; cp "$err" words
ok '… as the schema has them' valid_records lines
is '… a record for each pod, in the order of the tests' \
  "$(fields lines | sed 's/job-[a-z0-9]*/job-x/')" '["web-one","Succeeded",0,true,"it works\non two lines\n"]
["web-gone","Succeeded",0,true,"gone soon\n"]
["web-job-x","Succeeded",0,true,"of a job\n"]'
is '… of the release and its chart' "$(jq -r '.test | "\(.release) \(.chart)"' lines | sort -u)" \
  "$namespace/web web-0.1.0"
is '… with their times' "$(jq '.test | (.started <= .finished) and (.started | test("^20.*Z$"))' lines | sort -u)" true
is '… whose logs are on standard error' "$(grep -v -e '^-->' words | sed 's/job-[a-z0-9]*/job-x/' | sort)" '[web-gone/test]: gone soon
[web-job-x/test]: of a job
[web-one/test]: it works
[web-one/test]: on two lines'
like '… with a sum' "$(cat words)" '*--> 3 passed'
is '… they are removed as the chart says' \
  "$(kubectl get pods -o name | sed 's/job-[a-z0-9]*/job-x/' | sort | tr '\n' ' ')" 'pod/web-job-x pod/web-one '
junit() { /usr/bin/python3 -c '
import xml.etree.ElementTree as tree
for suite in tree.parse("report.xml").getroot():
    cases = [(case.get("name").split("-")[1], case.findtext("system-out"), case.find("failure") is None)
             for case in suite]
    print(suite.get("name"), suite.get("tests"), suite.get("failures"), cases)'; }
is 'the report has them, with their logs' "$(junit)" \
  "$namespace/web 3 0 [('one', 'it works\\non two lines\\n', True), ('gone', 'gone soon\\n', True), ('job', 'of a job\\n', True)]"
exits 0 'again: pods of an earlier run do not count' draft test -q -o record web
is '… and -q is silent' "$(jq -r .test.pod "$out" | wc -l) $(cat "$err")" '3 '
is 'words' "$(draft test -o table -q web | sed 's/job-[a-z0-9]*/job-x/')" "ok      $namespace/web: web-one
ok      $namespace/web: web-gone
ok      $namespace/web: web-job-x"

tests '[{name: good, kind: Pod, script: "true"}, {name: bad, kind: Pod, script: "echo no such table; exit 3"}, {name: never, kind: Pod, script: "true"}]'
run draft test -o record --junit report.xml web
is 'a test that fails' "$status $(fields "$out" | tr '\n' ' ')" \
  '1 ["web-good","Succeeded",0,true,null] ["web-bad","Failed",3,false,"no such table\n"] '
is '… with what was wrong' "$(jq -r 'select(.test.passed | not).test.message' "$out")" \
  "container 'test' exited with status 3"
like '… and what was not run' "$(cat "$err")" "*1 of 3 tests of 'web' were not run*--> 1 of 2 failed"
is '… as JUnit has it' "$(junit)" "$namespace/web 2 1 [('good', None, True), ('bad', 'no such table\\n', False)]"
tests '[{name: late, kind: Pod, script: "echo waiting; exec busybox sleep 1000"}]'
run draft test -o record --timeout 8 web
is 'a test that takes too long' "$status $(jq -c '.test | [.pod, .passed, .code, .log]' "$out")" \
  '1 ["web-late",false,null,"waiting\n"]'
like '… is told' "$(jq -r .test.message "$out")" '*timed out*'

# Records decide by their member; names of releases are no directories.
tests '[{name: one, kind: Pod, script: "true"}]'
is 'a line of a release' "$(draft list -a | draft test -q | jq -r .test.pod)" web-one
is 'a directory here is a chart, as is what has a slash' \
  "$(cd ../charts && draft test -q web ./web | jq -r .test.chart | tr '\n' ' ')" 'web ./web '
tests '[]'
run draft test web
is 'a release without tests' "$status $(cat "$out")" '0 '
like '… is told' "$(cat "$err")" "*release 'web' has no tests*"
exits 66 'a release there is not' draft test none
like '… is named' "$(cat "$err")" "draft-test: no release 'none'*"
exits 66 'of podman' draft test --engine podman web
exits 64 'a timeout that is none' draft test --timeout x web
finish
