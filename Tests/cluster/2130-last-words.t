#!/bin/sh
# While draft waits for a release and when it fails, it prints the reason from the cluster: of the probe, of the hook.
# shellcheck source=Tests/cluster/lib.sh
. "$(dirname "$0")/lib.sh"
needs node
namespace words
app=words-$$
"$root/Tests/base-image" busybox >/dev/null || { echo 'Bail out! no base image'; exit 1; }
buildah tag localhost/draft-test/busybox "localhost/$app:1"
ok 'an image' buildah push -q "localhost/$app:1" "docker://$REGISTRY/$app:1"
later "buildah rmi localhost/$app:1"
mkdir app chart chart/templates
cp "$root/Tests/fixtures/charts/web/Chart.yaml" chart/Chart.yaml
cat >chart/templates/deployment.yaml <<'END'
apiVersion: apps/v1
kind: Deployment
metadata: {name: {{ .Release.Name }}}
spec:
  replicas: {{ .Values.replicas | default 1 }}
  selector: {matchLabels: {app: {{ .Release.Name }}}}
  template:
    metadata:
      labels: {app: {{ .Release.Name }}, draft: {{ .Values.draft | quote }}}
      annotations: {buildID: {{ .Values.buildID | quote }}}
    spec:
      terminationGracePeriodSeconds: 0
      containers:
        - name: web
          image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"
          command: [/bin/busybox, sleep, "1000"]
          {{- with .Values.probe }}
          readinessProbe: {{ toJson . }}
          {{- end }}
END
cat >chart/templates/hook.yaml <<'END'
{{- with .Values.hook }}
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ $.Release.Name }}-migrate
  annotations: {helm.sh/hook: "pre-install,pre-upgrade"}
spec:
  backoffLimit: 0
  template:
    spec:
      restartPolicy: Never
      containers: [{name: migrate, image: "{{ $.Values.image.repository }}:{{ $.Values.image.tag }}", command: [/bin/busybox, sh, -c, {{ . | quote }}]}]
{{- end }}
END
release() { # VALUES OPTION...: a release of the chart with these values
  printf '%s\n' "$1" >chart/values.yaml
  shift
  tar -czf chart.tgz chart
  jq -cn --arg app "$app" --arg dir "$scratch/app" \
    --arg namespace "$namespace" --arg chart "$scratch/chart.tgz" --arg repository "$REGISTRY/$app" \
    --arg digest "sha256:$(sha256sum chart.tgz | cut -d' ' -f1)" --argjson size "$(stat -c %s chart.tgz)" \
    '{draft: 1, app: {name: $app, dir: $dir, namespace: $namespace}, image: {repository: $repository, tag: "1",
      store: "containers-storage"},
      chart: {path: $chart, mediaType: "application/gzip", digest: $digest, size: $size, name: "web",
        version: "0.1.0"}}' >line
  draft-release "$@" <line
}
failure() { jq -r '"\(.failure.code) \(.failure.message)"' "$out"; }

# A probe that fails: nothing else is wrong, and otherwise draft would wait without a message.
run release 'probe: {httpGet: {path: /, port: 8080}, periodSeconds: 1}' --timeout 40
like 'while waiting, the probe has the reason: nothing listens' "$(cat "$err")" \
  "*--> Pod '$app-*' is not ready: Readiness probe failed: *connection refused*"
is '… once' "$(grep -c 'Readiness probe failed' "$err")" 2
like '… and so has the error' "$(failure)" \
  "69 release '$app' was not ready after 40 s: $app-*: not ready: Readiness probe failed: *connection refused"
run release 'replicas: 2
probe: {exec: {command: [/bin/busybox, sh, -c, "echo the cache is cold; exit 1"]}, periodSeconds: 1}' --timeout 40
like "the output of a probe's command" "$(cat "$err")" \
  "*--> Pod '$app-*' is not ready: Readiness probe failed: the cache is cold*"
is '… once for two pods' "$(grep -c -e '--> .*the cache is cold' "$err")" 1
run release 'probe: {exec: {command: [/bin/busybox, "true"]}, periodSeconds: 1}' --timeout 120
is 'a probe that succeeds' "$status $(jq -r .release.status "$out") $(grep -c 'probe failed' "$err")" '0 deployed 0' ||
  note "$(cat "$err")"

# A hook that fails: the message of helm is only 'job failed: BackoffLimitExceeded'.
run release 'hook: "echo connecting; echo no such table: users; exit 3"' --timeout 60
is 'a hook that fails: its status and its last line' "$status $(failure)" \
  "1 69 hook 'Job/$app-migrate' failed: it exited with status 3: no such table: users"
like '… more of its last lines' "$(cat "$err")" '*
    connecting
    no such table: users
*'
is '… with a hint' "$(jq -r .failure.hint "$out")" 'its last lines are above; nothing after it was done'
run draft-redeploy --timeout 60 "$app"
is 'draft-redeploy reports the same' "$(failure)" \
  "69 hook 'Job/$app-migrate' failed: it exited with status 3: no such table: users"
run release 'hook: "echo waiting for the lock; exec sleep 1000"' --timeout 40
is 'a hook that does not exit' "$(failure)" \
  "69 hook 'Job/$app-migrate' failed: timed out waiting for the condition: waiting for the lock"
run release 'hook: "echo done"' --timeout 60
is 'a hook that succeeds' "$status $(jq -r .release.status "$out")" '0 deployed' || note "$(cat "$err")"
finish
