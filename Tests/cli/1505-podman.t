#!/bin/sh
# Pods in podman with the help of draft: init containers and sidecars in order, references between variables, warnings
# for the rest, logs in complete lines; calls of podman have a time limit; and what one release leaves behind the next
# one removes.
cache=${DRAFT_TEST_CACHE:-${HOME:-/root}/.cache/draft-test}
# shellcheck source=Tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
export DRAFT_TEST_CACHE="$cache"
export CONTAINERS_CONF="$root/Tests/fixtures/containers/containers.conf" \
  CONTAINERS_REGISTRIES_CONF="$root/Tests/fixtures/containers/registries.conf"
app=podman-test-$$
started=
# shellcheck disable=SC2046 # lists
cleanup() {
  [ -z "$started" ] || kill "$started" 2>/dev/null
  pods=$(podman pod ps -q --filter "label=draft=$app" 2>/dev/null)
  # shellcheck disable=SC2086 # a list
  [ -z "$pods" ] || podman pod rm -f -t 0 $pods >/dev/null 2>&1
  buildah rmi -f $(images) >/dev/null 2>&1
  podman volume rm $(volumes) >/dev/null 2>&1
}
images() { podman images --format '{{.Repository}}:{{.Tag}}' | grep "^localhost/$app:" | sort; }
volumes() { podman volume ls -q | grep "^$app-" | sort; }
pods() { podman pod ps --filter "label=draft=$app" --format '{{.Name}} {{.Status}}' | sort | tr '\n' ' '; }
containers() {
  podman ps -a --filter "label=draft=$app" --format '{{.Names}} {{.Status}}' |
    grep -v infra | cut -d' ' -f1,2 | sort | tr '\n' ' '
}
failure() { jq -r '.failure.message // "none"' "$out"; }
page() { curl -s -m 5 "$(jq -r '.release.urls[0]' "$out")$1"; }
if ! podman info >/dev/null 2>&1 || ! "$root/Tests/base-image" busybox >/dev/null 2>&1; then
  skip 'pods of podman' 'podman cannot run here'
  finish
  exit
fi
trap 'cleanup; cd /; rm -rf "$scratch"' EXIT
a=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa b=bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb \
  c=cccccccccccccccccccccccccccccccccccccccc
mkdir -p app web/templates
printf 'apiVersion: v2\nname: web\nversion: 0.1.0\n' >web/Chart.yaml
printf 'image: {repository: x, tag: y}\n' >web/values.yaml
# chart [TAG] < the spec of the pod    writes the record of a release
chart() {
  { printf 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: %s}\nspec:\n  selector: {matchLabels: {app: a}}\n' \
    "$app"
    printf '  template:\n    metadata: {labels: {app: a}}\n    spec:\n'
    sed 's/^/      /; s/IMAGE/"{{ .Values.image.repository }}:{{ .Values.image.tag }}"/'; } >web/templates/all.yaml
  tar -czf web.tgz web
  jq -cn --arg app "$app" --arg dir "$scratch/app" --arg chart "$scratch/web.tgz" --arg tag "${1:-$a}" \
    --arg digest "sha256:$(sha256sum web.tgz | cut -d' ' -f1)" --argjson size "$(stat -c %s web.tgz)" \
    '{draft: 1, app: {name: $app, dir: $dir}, chart: {path: $chart, mediaType: "application/gzip", digest: $digest,
      size: $size,
      name: "web", version: "0.1.0"}, image: {repository: $app, tag: $tag, store: "containers-storage"}}' >line
}
container=$(buildah from localhost/draft-test/busybox)
for tag in "$a" "$b" "$c" mine; do
  buildah config --label "tag=$tag" "$container" && buildah commit -q "$container" "localhost/$app:$tag" >/dev/null
done
buildah rm "$container" >/dev/null

# A podman that hangs is stopped after its time limit; other work continues meanwhile.
mkdir hung
# shellcheck disable=SC2016 # the script's own
printf '#!/bin/sh\ncase $1 in play) echo begun >>"%s/hung/log"; exec sleep 600 ;; esac\nexec %s "$@"\n' \
  "$scratch" "$(command -v podman)" >hung/podman
chmod +x hung/podman
chart <<EOF
containers:
- {name: web, image: IMAGE}
EOF
jq -c --arg app "$app-hung" '.app.name = $app' line >hung/line
cp web.tgz hung/web.tgz
jq -c --arg chart "$scratch/hung/web.tgz" '.chart.path = $chart' hung/line >hung/line2
PATH="$scratch/hung:$PATH" DRAFT_HOME="$scratch/hung/home" draft-release --timeout 1 <hung/line2 >hung/out 2>hung/err &
started=$!

chart <<'EOF'
terminationGracePeriodSeconds: 3
runtimeClassName: none-such
volumes: [{name: s, emptyDir: {}}]
initContainers:
- name: one
  image: IMAGE
  command: [/bin/busybox, sh, -c, 'echo one >>/s/order']
  volumeMounts: [{name: s, mountPath: /s}]
- name: side
  image: IMAGE
  restartPolicy: Always
  command: [/bin/busybox, sh, -c, 'echo up >/s/up; busybox httpd -p 127.0.0.1:8081 -h /s; sleep 1; echo side >>/s/order; exec busybox tail -f /dev/null']
  startupProbe: {exec: {command: [/bin/busybox, grep, side, /s/order]}}
  volumeMounts: [{name: s, mountPath: /s}]
- name: two
  image: IMAGE
  command: [/bin/busybox, sh, -c, 'busybox wget -qO- http://127.0.0.1:8081/up >>/s/order; echo two >>/s/order']
  volumeMounts: [{name: s, mountPath: /s}]
containers:
- name: web
  image: IMAGE
  command: [/bin/busybox, sh, -c, 'echo "$*"; printf ...; sleep 1; echo ... done; exec busybox httpd -f -p 8080 -h /s', sh]
  args: ['$(HOST)', '$$(HOST)', '$(NONE)']
  env: [{name: NAME, value: db}, {name: HOST, value: '$(NAME).local'}]
  lifecycle: {preStop: {exec: {command: ['true']}}}
  ports: [{containerPort: 8080}]
  volumeMounts: [{name: s, mountPath: /s}]
EOF
run draft-release --timeout 60 <line
is 'a pod with init containers and a sidecar' "$status $(failure)" '0 none'
is '… which run once, in order, with the sidecar' "$(page order | tr '\n' ' ')" \
  'one side up two '
is '… and only long-running containers remain' "$(containers)" "$app-1-side Up $app-1-web Up "
is 'unsupported fields are reported once, by their path' \
  "$(grep -c "warning: podman does not support spec.template.spec.runtimeClassName of Deployment/$app: " "$err") \
$(grep -c 'containers\[0\].lifecycle.preStop' \
  "$err") $(grep -c 'template.spec.restartPolicy' "$err") $(grep -c 'warning:' "$err")" '1 1 1 3'
is 'references between variables, and whole log lines' "$(draft-logs -a "$app" --pods -c web | cut -d' ' -f2-)" \
  "db.local \$(HOST) \$(NONE)
...... done"
is '… the last one' "$(draft-logs -a "$app" --pods -c web --tail 1)" "[$app-1/web]: ...... done"
first=$(volumes)
is 'its scratch volume' "$first" "$app-1-s"

# A log that is written in pieces, while following: one line is longer than any buffer, the other has no end.
chart "$b" <<'EOF'
volumes: [{name: t, emptyDir: {}}]
containers:
- name: web
  image: IMAGE
  command: [/bin/busybox, sh, -c, "busybox head -c 40000 /dev/zero | busybox tr '\\0' x; echo end; printf 'name? '; exec busybox sleep 600"]
  volumeMounts: [{name: t, mountPath: /t}]
EOF
run draft-release <line
is 'the next release' "$status $(failure) $(pods)" "0 none $app-2 Running "
is '… removes the scratch volume of the previous one' "$(volumes)" "$app-2-t"
is '… but keeps both images, for a rollback' "$(images | tr '\n' ' ')" \
  "localhost/$app:$a localhost/$app:$b localhost/$app:$c localhost/$app:mine "
is 'a log line of 40 kB, and one without an end' \
  "$(draft-logs -a "$app" --pods | awk '{ print length($0), substr($0, length($0) - 5) }')" \
  "$((40003 + ${#app} + 10)) xxxend
$((6 + ${#app} + 10)) name? "

chart "$c" <<'EOF'
initContainers: [{name: fails, image: IMAGE, command: [/bin/busybox, sh, -c, 'printf "no "; echo database; exit 3']}]
containers: [{name: web, image: IMAGE, command: [/bin/busybox, sleep, '600']}]
EOF
run draft-release <line
is 'an init container that fails' "$(jq .failure.code "$out") $(failure)" \
  "69 container 'fails' exited with status 3: no database"
is '… restores the previous revision' "$(pods)" "$app-2 Running "
is '… and removes older images, except those with other names' "$(images | tr '\n' ' ')" \
  "localhost/$app:$b localhost/$app:$c localhost/$app:mine "

stays='containers: [{name: web, image: IMAGE, command: [/bin/busybox, sleep, "600"]}]
initContainers: [{name: stays, image: IMAGE,
  command: [/bin/busybox, sh, -c, "echo waiting for the error; exec busybox sleep 600"]}]'
echo "$stays" | chart "$c"
run draft-release --timeout 2 <line
is 'an init container that does not exit' "$(jq .failure.code "$out") $(failure)" \
  "69 init container 'stays' did not end within 2 s: waiting for the error"
is '… restores the previous revision' "$(pods)" "$app-2 Running "
echo "$stays" | sed 's/name: stays,/name: stays, restartPolicy: Always, startupProbe: {tcpSocket: {port: 9}},/' |
  chart "$c"
run draft-release --timeout 2 <line
is 'a sidecar that does not start' "$(failure)" "init container 'stays' was not up within 2 s: waiting for the error"

echo "$stays" | chart "$c"
draft-release <line >"$out" 2>"$err" &
release=$!
for _ in $(seq 300); do podman ps --format '{{.Names}}' | grep -q "^$app-3-stays" && break; sleep 0.1; done
kill -TERM $release
wait $release
is 'a signal during an init container restores the previous revision' "$(kill -l $?) $(pods)" "TERM $app-2 Running "

wait $started
is 'a podman that hangs' \
  "$? $(cat hung/log) $(jq -r '.failure.code, .failure.message' hung/out | tr '\n' ' ')" \
  "1 begun 69 podman cannot create '$app-hung': timed out after 11 s "
started=
ok 'delete removes the pods' draft-delete "$app"
is '… with its scratch volumes' "$(volumes)" ''
finish
