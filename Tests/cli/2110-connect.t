#!/bin/sh
# draft-connect: messages and arguments, and podman, whose ports are already published. Pods of a cluster:
# Tests/cluster.
cache=${DRAFT_TEST_CACHE:-${HOME:-/root}/.cache/draft-test}
# shellcheck source=Tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
export DRAFT_TEST_CACHE="$cache"
export CONTAINERS_CONF="$root/Tests/fixtures/containers/containers.conf" \
  CONTAINERS_REGISTRIES_CONF="$root/Tests/fixtures/containers/registries.conf"
app=connect-test-$$
cleanup() {
  pods=$(podman pod ps -q --filter "label=draft=$app" 2>/dev/null)
  # shellcheck disable=SC2086 # a list
  [ -z "$pods" ] || podman pod rm -f -t 0 $pods >/dev/null 2>&1
  buildah rmi -f "localhost/$app:1" >/dev/null 2>&1
}
trap 'cleanup; cd /; rm -rf "$scratch"' EXIT

exits 64 'an invalid name' draft-connect No_Such
exits 66 'a missing directory' draft-connect /nonexistent
# One rule for operands: a file does not hide the release of the same name. The cluster is down, so getting that far
# is enough.
export KUBECONFIG="$scratch/nowhere"
cat >nowhere <<'EOF'
current-context: down
contexts: [{name: down, context: {cluster: l, namespace: x}}]
clusters: [{name: l, cluster: {server: 'https://127.0.0.1:1'}}]
EOF
mkdir rules
cd rules || exit
echo >web
printf '[environments.development]\nnamespace = "staging"\n' >draft.toml
for command in status history connect redeploy delete; do
  run "draft-$command" --kube-context=down web
  is "$command takes the name of a local file for a release, in the place of the settings" \
    "$status $(jq -c '[.app.name, .app.dir, .app.namespace, .failure.code]' "$out")" '1 ["web","","staging",69]'
  exits 64 "$command: an invalid name" "draft-$command" No_Such
  like '… is reported' "$(cat "$err")" "*'No_Such' is not a valid release name*"
  exits 66 "$command: a name that begins with a dot is a directory" "draft-$command" .web
  exits 66 "$command: … and so is one with a slash" "draft-$command" ./web
done
exits 69 'logs takes the name of a local file for a release' draft-logs --kube-context=down --pods -a web
exits 64 'logs: an invalid name' draft-logs --pods -a No_Such
exits 66 'logs: a name that begins with a dot is a directory' draft-logs --pods -a .web
run draft-connect --kube-context=down web.e
is 'a name with dots, as in helm' "$status $(jq -c '[.app.name, .failure.code]' "$out")" '1 ["web.e",69]'
cd "$scratch" || exit
unset KUBECONFIG
exits 64 'a port that is not a pair' draft-connect -p 8080 web
like '… is named' "$(cat "$err")" "*'8080' is not LOCAL:REMOTE*"
exits 1 'an invalid number' sh -c \
  'echo "{\"draft\":1,\"app\":{\"name\":\"a\",\"dir\":\"\"}}" | draft-connect --tail x'
is 'an empty stream writes nothing' "$(draft-connect </dev/null 2>&1)" ''
mkdir quiet
is 'a record without a release passes unchanged' \
  "$(printf '{"draft":1, "app":{"name":"quiet","dir":"%s/quiet"},"x":1e2}\n' "$scratch" |
    tee in | draft-connect --auto)" "$(cat in)"
cat >kubeconfig <<'EOF'
current-context: far
contexts: [{name: far, context: {cluster: c}}, {name: down, context: {cluster: l}}]
clusters: [{name: c, cluster: {server: 'https://192.0.2.1:6443'}}, {name: l, cluster: {server: 'https://127.0.0.1:1'}}]
EOF
export KUBECONFIG="$scratch/kubeconfig"
run draft-connect web -o record
is 'a cluster that was not named is not queried' "$status $(jq -r .failure.code "$out")" '1 78'
run draft-connect --kube-context down web
is 'a cluster that is down' "$status $(jq -r .failure.code "$out")" '1 69'
export KUBECONFIG=/dev/null

if ! podman info >/dev/null 2>&1 || ! "$root/Tests/base-image" busybox >/dev/null 2>&1; then
  skip 'connecting to podman' 'podman cannot run here'
  finish
  exit
fi
run draft-connect "$app"
is 'no release' "$status $(jq -r '[.failure.code, .failure.message] | map(tostring) | join(" ")' "$out")" \
  "1 66 no release '$app' in podman on this machine"
echo hello >page
# shellcheck disable=SC2016 # the shell of the image
image() {
  c=$(buildah from localhost/draft-test/busybox) &&
    buildah add -q "$c" page /www/index.html >/dev/null &&
    buildah config --entrypoint \
    '["/bin/busybox","sh","-c","echo line 1; echo line 2; exec /bin/busybox httpd -f -p 8080 -h /www"]' "$c" &&
    buildah commit -q --rm "$c" "localhost/$app:1" >/dev/null
}
ok 'an image' image
mkdir app
tar -C "$root/Tests/fixtures/charts" -czf web.tgz web
jq -cn --arg app "$app" --arg dir "$scratch/app" --arg chart "$scratch/web.tgz" \
  --arg digest "sha256:$(sha256sum web.tgz | cut -d' ' -f1)" --argjson size "$(stat -c %s web.tgz)" \
  '{draft: 1, app: {name: $app, dir: $dir}, chart: {path: $chart, mediaType: "application/gzip", digest: $digest,
    size: $size, name: "web", version: "0.1.0"},
    image: {repository: $app, tag: "1", store: "containers-storage"}}' | draft-release -q >released
port=$(jq -r '.release.urls[0]' released | sed 's/.*:\([0-9]*\).*/\1/')

run draft-connect --no-logs <released
ok 'its record is valid' valid_records "$out"
is 'the published port' "$status $(jq -c .connect "$out")" \
  "0 {\"ports\":[{\"workload\":\"$app\",\"container\":\"$app\",\"remote\":8080,\"local\":$port}]}"
is '… on a terminal' "$(cat "$err")" "Connect to $app:8080 on localhost:$port"
is '… and other members are kept' "$(jq -cS 'del(.connect)' "$out")" "$(jq -cS . released)"
run draft-connect --no-logs -p 9:8080 "$app"
like 'another local port cannot be used' "$(cat "$err")" \
  '*warning: podman publishes ports at release time, and 9:8080 is not one of them*'
upper=$(echo "$app" | tr 'a-z-' 'A-Z_')
run draft-connect --detach "$app"
is 'as exports for a shell' "$status $(sort "$out" | tr '\n' ';')" "0 export ${upper}_${upper}_SERVICE_HOST=localhost;export ${upper}_${upper}_SERVICE_PORT=$port;export ${upper}_HOST=localhost;export ${upper}_PORT=$port;export ${upper}_PORT_8080=$port;"
is '… that a shell accepts' \
  "$(eval "$(draft-connect -q --detach "$app")"; eval "curl -s localhost:\$${upper}_PORT")" hello
run draft-connect --detach "nobody-$$"
is '--detach fails: the reason and its status' "$status $(cat "$out") $(head -n 1 "$err")" \
  "1  draft-connect: no release 'nobody-$$' in podman on this machine"

perl -e '$SIG{INT} = "DEFAULT"; exec @ARGV' draft-connect --tail 1 "$app" >"$out" 2>said </dev/null &
pid=$!
await grep -q 'line 2' said
is "the container's log, from the last line on" "$(grep line said)" "[$app-1/web]: line 2"
ok '… and it keeps running' kill -0 $pid
kill -s INT $pid
wait $pid; code=$?
is 'SIGINT ends it' "$(kill -l $code)" INT
ok '… and its children' await no_process "podman logs .*$app"
finish
