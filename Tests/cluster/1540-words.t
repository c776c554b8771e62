#!/bin/sh
# Messages about a release of helm: the answer of its URL, what draft waits for, the line with the error, a read-only
# root.
# shellcheck source=Tests/cluster/lib.sh
. "$(dirname "$0")/lib.sh"
needs node
namespace told
app=told-$$
"$root/Tests/base-image" busybox >/dev/null || { echo 'Bail out! no base image'; exit 1; }
buildah tag localhost/draft-test/busybox "localhost/$app:1"
ok 'an image' buildah push -q "localhost/$app:1" "docker://$REGISTRY/$app:1"
later "buildah rmi localhost/$app:1"
mkdir -p app chart/templates
cp "$root/Tests/fixtures/charts/web/Chart.yaml" chart/Chart.yaml
cat >chart/templates/all.yaml <<'END'
apiVersion: apps/v1
kind: Deployment
metadata: {name: {{ .Release.Name }}}
spec:
  selector: {matchLabels: {app: {{ .Release.Name }}}}
  strategy: {type: Recreate}
  template:
    metadata:
      labels: {app: {{ .Release.Name }}, draft: {{ .Values.draft | quote }}}
      annotations: {buildID: {{ .Values.buildID | quote }}}
    spec:
      terminationGracePeriodSeconds: 0
      containers:
        - name: web
          image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"
          command: {{ list "/bin/busybox" "sh" "-c" .Values.script | toJson }}
          securityContext: {readOnlyRootFilesystem: true}
          ports: [{name: http, containerPort: 8080}]
          readinessProbe: {tcpSocket: {port: http}, periodSeconds: 1}
---
apiVersion: v1
kind: Service
metadata: {name: {{ .Release.Name }}}
spec:
  type: NodePort
  selector: {app: {{ .Release.Name }}}
  ports: [{name: http, port: 80, targetPort: http}]
END
echo 'script: ""' >chart/values.yaml
mv chart web
tar -czf web.tgz web
jq -cn --arg app "$app" --arg dir "$scratch/app" \
  --arg chart "$scratch/web.tgz" --arg namespace "$namespace" --arg repository "$REGISTRY/$app" \
  --arg digest "sha256:$(sha256sum web.tgz | cut -d' ' -f1)" --argjson size "$(stat -c %s web.tgz)" \
  '{draft: 1, app: {name: $app, dir: $dir, namespace: $namespace}, image: {repository: $repository, tag: "1",
    store: "containers-storage"},
    chart: {path: $chart, mediaType: "application/gzip", digest: $digest, size: $size, name: "web",
      version: "0.1.0"}}' >line
says() { # TIMEOUT SCRIPT: commas part values
  run draft-release --timeout "$1" --set "script=$(printf %s "$2" | sed 's/,/\\,/g')" <line
}
failure() { jq -r '.failure.message // "none"' "$out"; }

says 60 \
  'busybox nc -ll -p 8080 -e /bin/busybox sh -c "busybox head -n 1 >/dev/null; echo HTTP/1.0 500 Oops; echo; echo no"'
url=$(jq -r '.release.urls[0]' "$out")
is 'a 500 is not a failure, and is in the record' "$status $(jq -c '.release | [.status, .answers]' "$out")" \
  "0 [\"deployed\",[{\"url\":\"$url\",\"status\":500}]]" || note "$(cat "$err")"
is '… and is reported' "$(grep -- "--> $app" "$err")" "--> $app answers 500 at $url: draft logs $app"
run draft-status "$app"
is 'draft-status sends a request too' "$status $(jq -c '[.status.well, .release.answers[0].status]' "$out")" \
  '0 [true,500]'

says 14 'echo one; echo two; exec busybox httpd -f -p 9090'
like 'while waiting it prints the reason and the last log lines' "$(cat "$err")" "*--> Waiting, [0-9]* s: *$app-*
    one
    two*"
ok '… every few seconds' [ "$(grep -c -- '--> Waiting' "$err")" -gt 1 ]

says 60 \
  "echo \"Error: Cannot find module './nope'\"; echo '    at node:internal:1'; echo; echo Node.js v18.20.4; exit 1"
like 'the message has the error, not the version of the runtime' "$(failure)" \
  "*: Error: Cannot find module './nope'"
says 60 'echo one >/file || exit 1'
like 'a write to a read-only root' "$(failure)" '*Read-only file system*'
like '… has a hint' "$(jq -r .failure.hint "$out")" "*set 'readOnlyRootFilesystem: false' under securityContext*"
finish
