#!/bin/sh
# draft-logs: build logs by build, and logs of containers in podman, followed across a release. Pods of a cluster:
# Tests/cluster.
cache=${DRAFT_TEST_CACHE:-${HOME:-/root}/.cache/draft-test}
# shellcheck source=Tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
export DRAFT_TEST_CACHE="$cache"
export CONTAINERS_CONF="$root/Tests/fixtures/containers/containers.conf" \
  CONTAINERS_REGISTRIES_CONF="$root/Tests/fixtures/containers/registries.conf"
follower=
app=logs-test-$$
cleanup() {
  [ -z "$follower" ] || kill "$follower" 2>/dev/null
  pods=$(podman pod ps -q --filter "label=draft=$app" 2>/dev/null)
  # shellcheck disable=SC2086 # a list
  [ -z "$pods" ] || podman pod rm -f -t 0 $pods >/dev/null 2>&1
  buildah rmi -f "localhost/$app:1" "localhost/$app:2" >/dev/null 2>&1
}
trap 'cleanup; cd /; rm -rf "$scratch"' EXIT

# Build logs.
mkdir -p web "$DRAFT_HOME/logs/web"
exits 66 'an application without builds' draft-logs -a web
is '… is reported' "$(head -n 1 "$err")" "draft-logs: no build of 'web' has left a log here"
a=0000aaaa00000000000000000000000000000000 b=0000bbbb00000000000000000000000000000000
printf 'STEP 1\nSTEP 2\nlast of b\n' >"$DRAFT_HOME/logs/web/$b"
printf 'STEP 1\nlast of a, no line feed' >"$DRAFT_HOME/logs/web/$a"
touch -d '2020-01-01' "$DRAFT_HOME/logs/web/$a"
echo secret >"$DRAFT_HOME/logs/web/connect.log"
is 'without a build ID, the last build' "$(cd web && draft-logs </dev/null)" "$(cat "$DRAFT_HOME/logs/web/$b")"
is 'of an application by its directory' "$(draft-logs -a ./web | tail -n 1)" 'last of b'
draft-logs -a web $a >got
ok 'a build by its ID, byte for byte' cmp got "$DRAFT_HOME/logs/web/$a"
is 'by the start of its ID' "$(draft-logs -a web 0000a | tail -n 1)" 'last of a, no line feed'
exits 64 'an ambiguous start' draft-logs -a web 0000
exits 66 'an unknown build' draft-logs -a web 9
exits 66 'a file that is not a build' draft-logs -a web connect.log
exits 66 'a path is not a build' draft-logs -a web "../web/$a"
is 'the last line' "$(draft-logs -a web --tail 1)" 'last of b'
is 'the last line, without a line feed' "$(draft-logs -a web --tail 1 $a)" 'last of a, no line feed'
is 'the last two lines' "$(draft-logs -a web --tail=2)" 'STEP 2
last of b'
is 'more lines than the log has' "$(draft-logs -a web --tail 9)" "$(cat "$DRAFT_HOME/logs/web/$b")"
is 'no lines' "$(draft-logs -a web --tail 0)" ''
exits 64 'an invalid number' draft-logs -a web --tail few
exits 64 'pods and builds exclude each other' draft-logs -a web -f $a
exits 64 '--previous and --follow exclude each other' draft-logs -a web -f --previous
status=0; draft-logs -a web >/dev/full 2>"$err" || status=$?
is 'a full disk' "$status" 74
jq -cn --arg dir "$PWD/web" --arg tag $a \
  '{draft: 1, app: {name: "web", dir: $dir}, image: {repository: "web", tag: $tag, store: "containers-storage"}}' >line
is 'the build of a record' "$(draft-logs --tail 1 <line)" 'last of a, no line feed'
exits 65 'a line that is not a record' sh -c 'echo x | draft-logs'
printf 'FROM scratch\nCOPY nosuch /\n' >web/Dockerfile
draft-pack web 2>/dev/null | draft-build 2>/dev/null >built
like 'the log of a failed build' "$(draft-logs -a web)" '*nosuch*'

cat >kubeconfig <<'EOF'
current-context: far
contexts: [{name: far, context: {cluster: c}}]
clusters: [{name: c, cluster: {server: 'https://192.0.2.1:6443'}}]
EOF
exits 78 'a cluster that was not named is not queried' env KUBECONFIG="$scratch/kubeconfig" draft-logs -a web --pods

if ! podman info >/dev/null 2>&1 || ! "$root/Tests/base-image" busybox >/dev/null 2>&1; then
  skip 'logs of podman' 'podman cannot run here'
  finish
  exit
fi
exits 66 'no release' draft-logs -a "$app" --pods
like '… is reported' "$(cat "$err")" "draft-logs: no release '$app' in podman on this machine*"

# A program that exits is restarted by the rule of the pod, and logs everything again: this one stays after its last
# line.
image() { # TAG
  c=$(buildah from localhost/draft-test/busybox) &&
    buildah config --entrypoint '["/bin/busybox","sh","-c","echo line 1; echo line 2; echo version '"$1"' >&2; while [ ! -e /tmp/end ]; do sleep 0.1; [ -e /tmp/http ] || { : >/tmp/http; /bin/busybox httpd -p 8080; }; done; echo the end; exec /bin/busybox tail -f /dev/null"]' "$c" &&
    buildah commit -q --rm "$c" "localhost/$app:$1" >/dev/null
}
ok 'an image' image 1
ok '… and a second one' image 2
mkdir app
tar -C "$root/Tests/fixtures/charts" -czf web.tgz web
release() { # TAG
  jq -cn --arg app "$app" --arg dir "$scratch/app" --arg chart "$scratch/web.tgz" --arg tag "$1" \
    --arg digest "sha256:$(sha256sum web.tgz | cut -d' ' -f1)" --argjson size "$(stat -c %s web.tgz)" \
    '{draft: 1, app: {name: $app, dir: $dir}, chart: {path: $chart, mediaType: "application/gzip", digest: $digest,
      size: $size, name: "web", version: "0.1.0"},
      image: {repository: $app, tag: $tag, store: "containers-storage"}}' | draft-release >released 2>"$err"
}
has() { # FILE PATTERN: within a minute
  for _ in $(seq 600); do if grep -q -- "$2" "$1"; then return 0; fi; sleep 0.1; done
  sed 's/^/# /' "$1"
  return 1
}
ok 'it runs' release 1
is 'its log, both streams' "$(draft-logs -a "$app" --pods | sort)" "[$app-1/web]: line 1
[$app-1/web]: line 2
[$app-1/web]: version 1"
is 'the last line' "$(draft-logs -a "$app" --pods --tail 1 | wc -l)" 1
is 'by a record' "$(draft-logs --pods --tail 1 <released | wc -l)" 1
exits 66 'an unknown container' draft-logs -a "$app" --pods -c sidecar
exits 66 'podman keeps no log of a previous run' draft-logs -a "$app" --previous

# A shell without job control starts background jobs with SIGINT ignored; perl resets it.
perl -e '$SIG{INT} = "DEFAULT"; exec @ARGV' draft-logs -a "$app" -f >followed 2>"$err" </dev/null &
follower=$!
ok '--follow: the existing log' has followed "^\[$app-1/web\]: version 1"
ok 'the next release' release 2
ok '--follow: the pods of the next release' has followed "^\[$app-2/web\]: version 2"
podman exec "$app-2-web" touch /tmp/end
ok '--follow: the last lines' has followed "^\[$app-2/web\]: the end"
is '… every line once' "$(sort followed | uniq -d)" ''
kill -s INT $follower
wait $follower; code=$?
is 'SIGINT ends it' "$(kill -l $code)" INT
ok '… and its children' await no_process "podman logs .*$app"
follower=
finish
