#!/bin/sh
# A change that is saved while the API server is down is released when it is back, without another change.
# shellcheck source=Tests/cluster/lib.sh
. "$(dirname "$0")/lib.sh"
needs own api
namespace away
app=away-$$
mkdir app
tar -C "$root/Tests/fixtures/charts" -czf web.tgz web
record() { # TAG [SEQUENCE]: with a sequence, as draft-watch writes it
  jq -cn --arg app "$app" --arg dir "$scratch/app" \
    --arg namespace "$namespace" --arg chart "$scratch/web.tgz" --arg tag "$1" --argjson sequence "${2:-null}" \
    --arg digest "sha256:$(sha256sum web.tgz | cut -d' ' -f1)" --argjson size "$(stat -c %s web.tgz)" \
    '{draft: 1, app: {name: $app, dir: $dir, namespace: $namespace}, image: {repository: "registry.test/web", tag: $tag,
      store: "containers-storage"},
      chart: {path: $chart, mediaType: "application/gzip", digest: $digest, size: $size, name: "web", version: "0.1.0"}}
      | if $sequence == null then . else .change = {sequence: $sequence, paths: []} end'
}
lines() { [ "$(wc -l <released)" -ge "$1" ]; }
waits() { [ "$(grep -c 'waiting until it answers' words)" -ge "$1" ]; }
revisions() { helm history "$1" -o json 2>/dev/null | jq length; }
has() { [ "$(revisions "$app")" = "$1" ]; }

# draft-release in a pipe that keeps running.
mkfifo pipe
draft-release --no-wait <pipe >released 2>words &
pid=$!
exec 4>pipe
record one 0 >&4
ok 'a running pipe: the first record is released' await lines 1
node api down
record two 1 >&4
ok 'a record that arrives while the API server is down waits, with a message' await waits 1
like '… in one message' "$(grep -A1 warning words)" \
  "draft-release: warning: cannot reach the cluster at 'https://127.0.0.1:*': *
  waiting until it answers; a later change replaces this one"
record three 2 >&4
ok '… and so does the next' await waits 2
node api up
ok '… which is released when the server is back, without another save' await lines 2
is '… but not the one before it' "$(jq -c '[.image.tag, .release.revision, .release.changed]' released | tr '\n' ' ')" \
  '["one",1,true] ["three",2,true] '
is '… each is reported once' "$(grep -c 'waiting until it answers' words)" 2
record four 3 >&4
ok 'the next record is released as usual' await lines 3
node api down
record five 4 >&4
ok 'a record waits' await waits 3
exec 4>&-
code=0
wait $pid || code=$?
is '… and fails when the pipe ends' \
  "$code $(tail -n 1 released | jq -r '[.image.tag, .failure.code] | map(tostring) | join(" ")')" '1 five 69'
run draft-release --no-wait -q <<END
$(record six)
END
is 'a record without a watch fails at once' "$status $(jq .failure.code "$out") $(grep -c waits "$err")" '1 69 0'
doctor() { run draft-doctor -o record "$@"; }
state() { jq -r --arg name "$1" '.doctor.checks[] | select(.name == $name) | "\(.state) \(.hint)"' "$out"; }
doctor
is 'doctor: a cluster that is down' "$(state cluster)" \
  'failure start the cluster, or choose another with --kube-context; --engine podman needs none'
doctor --engine podman
is 'doctor: … without a cluster' "$(state cluster)$(state context)" 'ok null'

# draft-remote does the same as draft-release: it waits, and continues with the latest. There is no server to continue
# with.
echo 'FROM scratch' >app/Dockerfile
mkfifo pipe2
draft-remote --to kube <pipe2 >remoted 2>words &
pid=$!
exec 4>pipe2
record seven 0 >&4
ok 'draft-remote: a record that arrives while the API server is down waits' await waits 1
like '… with a message' "$(grep -A1 warning words)" "draft-remote: warning: cannot reach the server at 'kube:draft': *
  waiting until it answers; a later change replaces this one"
record eight 1 >&4
ok '… and so does the next' await waits 2
is '… nothing has failed' "$(cat remoted)" ''
run draft-remote -q --to kube <<END
$(record nine)
END
is '… except a record without a watch' "$status $(jq .failure.code "$out")" '1 69'
run draft-target --check --remote kube "$scratch/app"
is 'draft up --remote does not start' "$(jq -c '[.failure.by, .failure.code]' "$out")" '["draft-target",66]'
mkdir -p app/charts
cp -r "$root/Tests/fixtures/charts/web" "app/charts/$app"
sed -i "s/^name: .*/name: $app/" "app/charts/$app/Chart.yaml"
run draft-target --check --remote kube "$scratch/app"
like '… also with a chart' "$(jq -r '.failure | "\(.code) \(.message)"' "$out")" \
  "69 cannot reach the server at 'kube:draft': *"
node api up
doctor
is 'doctor: … it is started' "$(state cluster)" 'ok null'
went_on() { [ "$(jq -r .image.tag remoted)" = eight ]; }
ok 'draft-remote continues when the server is back' await went_on || note "$(cat words)"
is '… with the latest record, once' "$(wc -l <remoted) $(grep -c 'waiting until it answers' words)" '1 2'
exec 4>&-
wait $pid
run draft-target --check --remote kube "$scratch/app"
is 'without a server draft up --remote does not start' \
  "$(jq -r '.failure | "\(.code) \(.message): \(.hint)"' "$out")" \
  "69 there is no server in namespace 'draft': 'draft init --server --image IMAGE --kube-context draft-test' installs it"
kubectl create namespace draft >/dev/null
kubectl create deployment draftd -n draft --image=x >/dev/null
run draft-target --check --remote kube "$scratch/app"
like '… nor if the server is not ready' "$(jq -r '.failure | "\(.code) \(.message)"' "$out")" \
  "69 the server in namespace 'draft' is not ready"
kubectl patch deployment draftd \
  -n draft --subresource=status -p '{"status": {"replicas": 1, "readyReplicas": 1}}' >/dev/null
run draft-target --check --remote kube "$scratch/app"
is '… but if it is ready' "$status $(jq -c .failure "$out")" '0 null'
kubectl create clusterrole look --verb=get --resource=deployments.apps >/dev/null
kubectl create clusterrolebinding look --clusterrole=look --user=nobody >/dev/null
run draft-target --check --remote kube --kube-context nobody "$scratch/app"
is 'a user who may not use the server' "$(jq -r '.failure | "\(.code) \(.message)"' "$out")" \
  "77 you may not use the server in namespace 'draft'"
kubectl create role use -n draft --verb=create --resource=pods/exec >/dev/null
kubectl create rolebinding use -n draft --role=use --user=nobody >/dev/null
run draft-target --check --remote kube --kube-context nobody "$scratch/app"
is 'a user who may not release' "$(jq -r '.failure | "\(.code) \(.message)"' "$out")" \
  "77 cannot release to namespace '$namespace': you may not create 'secrets' there"

# A server that accepts connections and does not answer: reported after some seconds, and not waited for beyond
# --timeout. It stops answering when helm has started.
mkdir frozen
cat >frozen/helm <<END
#!/bin/sh
case \$1 in upgrade) '$root/Tests/cluster/cluster' api '$cluster' freeze; touch '$scratch/is-frozen' ;; esac
exec $(command -v helm) "\$@"
END
chmod +x frozen/helm
record ten >line
PATH="$scratch/frozen:$PATH" draft-release --no-wait --timeout 5 <line >released 2>words &
pid=$!
await test -e is-frozen
run draft-status "$app"
address="https://127.0.0.1:*"
like 'a cluster that hangs: draft-status prints what it waits for' "$status $(cat "$err")" \
  "1 --> Waiting for the cluster at '$address' to answer
draft-status: cannot reach the cluster at '$address': TLS handshake timeout
*"
wait $pid
like '… and so does draft-release' "$(cat words)" "*--> Waiting for the cluster at '$address' to answer
--> The cluster went away during the release: waiting for it
draft-release: cannot reach the cluster at '$address': TLS handshake timeout
*"
is '… which times out' "$(jq .failure.code released)" 69
node api thaw

# The whole pipe.
"$root/Tests/base-image" busybox >/dev/null || { echo 'Bail out! no base image'; exit 1; }
app=up-$$
mkdir up up/charts
cp -r "$root/Tests/fixtures/charts/web" "up/charts/$app"
sed -i "s/^name: .*/name: $app/" "up/charts/$app/Chart.yaml"
printf 'FROM localhost/draft-test/busybox\nCOPY page /page\n' >up/Dockerfile
printf '[environments.development]\nname = "%s"\nnamespace = "%s"\nwait = false\nwatch-delay = 1\n' \
  "$app" "$namespace" >up/draft.toml
echo 1 >up/page
later "buildah images -n | awk -v n='/$app\$' '\$1 ~ n { print \$3 }' | sort -u | xargs -r buildah rmi -f"
draft up --watch --skip-image-push "$scratch/up" </dev/null >released 2>words &
pid=$!
later "kill $pid"
ok 'draft up --watch' await has 1 || note "$(cat words)"
node api down
echo 2 >up/page
ok '… a save while the API server is down waits' await waits 1 || note "$(cat words)"
node api up
ok '… and is released when the server is back' await has 2 || note "$(cat words)"
kill $pid
wait $pid 2>/dev/null
finish
