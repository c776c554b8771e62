#!/bin/sh
# Failures on the way to a running application, on a separate node: it ends early, says why, and the next run continues.
# shellcheck source=Tests/cluster/lib.sh
. "$(dirname "$0")/lib.sh"
needs own node
namespace faults
app=web-$$
"$root/Tests/base-image" busybox >/dev/null || { echo 'Bail out! no base image'; exit 1; }
mkdir app
tar -C "$root/Tests/fixtures/charts" -czf web.tgz web
image() { # TAG TEXT
  echo "$2" >page
  c=$(buildah from localhost/draft-test/busybox) && buildah add -q "$c" page /www/index.html >/dev/null &&
    buildah config --entrypoint '["/bin/busybox","httpd","-f","-p","8080","-h","/www"]' "$c" 2>/dev/null &&
    buildah commit -q --rm "$c" "localhost/$app:$1" >/dev/null &&
    buildah push -q "localhost/$app:$1" "docker://$REGISTRY/$app:$1"
}
later "buildah rmi -f localhost/$app:1 localhost/$app:2"
ok 'an image' image 1 one
ok '… and a second one' image 2 two
record() { # TAG [JQ-FILTER]
  jq -cn --arg app "$app" --arg dir "$scratch/app" \
    --arg chart "$scratch/web.tgz" --arg tag "$1" --arg namespace "$namespace" --arg repository "$REGISTRY/$app" \
    --arg digest "sha256:$(sha256sum web.tgz | cut -d' ' -f1)" --argjson size "$(stat -c %s web.tgz)" \
    '{draft: 1, app: {name: $app, dir: $dir, namespace: $namespace}, image: {repository: $repository, tag: $tag,
      store: "containers-storage"},
      chart: {path: $chart, mediaType: "application/gzip", digest: $digest, size: $size, name: "web",
        version: "0.1.0"}} | '"${2:-.}"
}
failure() { jq -r '[.failure.code, .failure.message] | map(tostring) | join(",")' "$out"; }
told() { jq -c '.release | [.status, .changed]' "$out"; }
newest() { helm history "$app" -o json | jq -r 'last.status'; }
settled() { ! pending; }
pending() { case $(newest) in pending-*) ;; *) return 1 ;; esac; }
page() { fetch "http://$(kubectl get service "$app" -o 'jsonpath={.spec.clusterIP}')/"; }
record 1 >one
record 2 >two

run draft-release <one
is 'a release' "$status $(told) $(page)" '0 ["deployed",true] one'

# Pods that do not become ready. No time is measured, but if it did not end early the message would be different.
run draft-release --set 'command={/bin/busybox,sh,-c,echo a; echo why it fell; exit 3}' <two
like 'CrashLoopBackOff: the container, its status and its last line' "$status $(failure)" \
  "1 69,container 'web' of pod '$app-*' crashes: it exited with status 3: why it fell"
like '… more of its last lines' "$(cat "$err")" '*
    a
    why it fell
*'
like '… and the previous revision is restored' "$(jq -r .failure.hint "$out")" \
  'its last lines are above; revision 1 was restored'
deployed() { [ "$(newest)" = deployed ]; }
ok '… nothing is pending' await deployed
ok '… the pod that crashes is gone' await sh -c "! kubectl get pods -l draft=$app -o json | grep -q CrashLoop"
is '… and the application answers' "$(page)" one
run draft-release <two
is 'the next release, without the cause' "$(told) $(page)" '["deployed",true] two'
record 3 >three
run draft-release <three
like 'a missing image' "$(failure)" "69,pod '$app-*' cannot pull the image '$REGISTRY/$app:3': *"
is '… the application answers' "$(newest) $(page)" 'deployed two'
run draft-release --set 'image.pullPolicy=x' --set 'command={/no/such/program}' <two
like 'a missing program' "$(failure)" "69,container 'web' of pod '$app-*' *"
kubectl delete namespace later --ignore-not-found >/dev/null 2>&1
record 1 ".app.namespace = \"$namespace-first\"" >first
later "kubectl --kubeconfig $cluster/kubeconfig delete namespace $namespace-first --wait=false"
run draft-release --set 'command={/bin/busybox,sh,-c,exit 1}' <first
like 'the first release crashes' "$(failure)" "69,container 'web' of pod '$app-*' crashes: it exited with status 1"
run draft-release <first
is '… and the next does not' "$status $(told)" '0 ["deployed",true]'

# Two at once, from two homes.
(DRAFT_HOME=$scratch/other draft-release -q --set greeting=other <two >other.out 2>other.err) &
other=$!
run draft-release -q --set greeting=mine <two
wait $other
codes=$(jq -r '.failure.code // 0' "$out" other.out | sort -n | tr '\n' ' ')
case $codes in '0 75 ' | '0 0 ') result=one ;; *) result="$codes$(cat "$err" other.err)" ;; esac
is 'two at once: one wins, the other reports it or follows' "$result" one
helm upgrade "$app" "$root/Tests/fixtures/charts/web" \
  --wait --timeout 60s --set "image.repository=$REGISTRY/nothing,draft=x,buildID=x" >/dev/null 2>&1 &
other=$!
await pending
run draft-release <two
like 'while another release runs' "$(failure)" "75,release '$app' is pending-upgrade at revision *"
kill -TERM $other
wait $other 2>/dev/null
await settled

# Signals while helm waits: a node that accepts no pods keeps it waiting. The next one first rolls back what is left.
upgrading() { [ "$(newest)" = pending-upgrade ]; }
name=$(kubectl get nodes -o 'jsonpath={.items[0].metadata.name}')
kubectl cordon "$name" >/dev/null
for signal in INT:130 TERM:143; do
  perl -e '$SIG{INT} = "DEFAULT"; exec @ARGV' \
    draft-release --set "command={/bin/busybox,sleep,${signal#*:}m}" <two >/dev/null 2>&1 &
  pid=$!
  await upgrading
  kill -s ${signal%:*} $pid
  code=0
  wait $pid 2>/dev/null || code=$?
  is "SIG${signal%:*}: dies of it" "$code" ${signal#*:}
  not_ok "SIG${signal%:*}: nothing is pending" pending
  ok "SIG${signal%:*}: no helm is left" await no_process "helm upgrade --namespace=$namespace"
done
# helm finishes an upgrade on a signal, and is killed by one during a rollback, so draft waits for a rollback.
mkdir shim
cat >shim/helm <<END
#!/bin/sh
if [ "\$1" = rollback ]; then kill -TERM "\$PPID"; sleep 0.5; fi
exec $(command -v helm) "\$@"
END
chmod +x shim/helm
is 'a release that a signal ended is repaired first' "$(newest)" failed
run env PATH="$scratch/shim:$PATH" draft-release <two
is '… and a signal during the repair' "$status $(newest)" '143 deployed' || note "$(cat "$err")"
kubectl uncordon "$name" >/dev/null
run draft-release <two
is 'the next release works' "$status $(told)" '0 ["deployed",true]'

# The connection to the cluster is lost in between, for ten seconds.
kubectl cordon "$name" >/dev/null
draft-release <one >away.out 2>away.err &
pid=$!
await pending
node api down
sleep 10
node api up
await kubectl uncordon "$name"
code=0
wait $pid || code=$?
is 'the cluster is down for ten seconds' "$code $(jq -c '[.release.status, .release.changed]' away.out)" \
  '0 ["deployed",true]' || note "$(cat away.err)"
is '… and nothing is pending' "$(newest)" deployed
run draft-release <one
is '… once' "$(told)" '["deployed",false]'
node api down
run draft-release <two
like 'a cluster that is down from the start' "$(failure)" "69,cannot reach the cluster at 'https://*': *"
node api up
await kubectl get nodes
run draft-release <two
is '… is back' "$(told)" '["deployed",true]'

# An expired login, and a namespace that is being deleted.
kubectl create serviceaccount me >/dev/null
kubectl create rolebinding me --clusterrole=admin --serviceaccount="$namespace:me" >/dev/null
mine=$(login "$namespace" me 600)
run env KUBECONFIG="$mine" draft-release <one
is 'a login for one namespace' "$(told)" '["deployed",true]'
kubectl delete serviceaccount me >/dev/null
# The API server caches logins for some seconds.
unknown() { ! kubectl --kubeconfig "$mine" get pods; }
await unknown
run env KUBECONFIG="$mine" draft-release <two
like 'an expired login' "$(failure)" "77,the cluster of context '*' does not accept the login: *"
like '… with a hint' "$(jq -r .failure.hint "$out")" '*may have expired*'
record 1 ".app.namespace = \"$namespace-ending\"" >ending
kubectl create namespace "$namespace-ending" >/dev/null
node stuck "$namespace-ending"
run draft-release <ending
is 'a namespace that is being deleted' "$(failure)" "75,namespace '$namespace-ending' is being deleted"
node unstick "$namespace-ending"

# Tasks, in every pod of the release and in no other.
export DRAFT_TRUST="$scratch"
cat >app/.draft-tasks.toml <<'END'
[post-deploy]
who = "/bin/busybox sh -c 'echo \"$0 in $(hostname)\"' $WHO"
more = "/bin/busybox test -s /www/index.html"
[post-up]
after = "/bin/sh -c 'echo after; exit $CODE'"
END
export WHO=task CODE=0
kubectl run stranger --image="$REGISTRY/$app:1" --labels=draft=other --annotations=buildID=2 >/dev/null
draft-release -q --set replicaCount=2 <two | draft-tasks --post-deploy --post-up >"$out" 2>"$err"
is 'tasks after a release' "$(jq -c .tasks "$out")" '{"postDeploy":["who","more"],"postUp":["after"]}' ||
  note "$(cat "$err")"
is '… in each pod' "$(grep -c '^task in ' "$err") $(sed -n 's/^task in //p' "$err" | sort | tr '\n' ' ')" \
  "2 $(kubectl get pods -l draft="$app" -o json | jq -r \
    '.items[] | select(.metadata.deletionTimestamp == null and .metadata.annotations.buildID == "2") | .metadata.name' |
    sort | tr '\n' ' ')"
draft-release -q <one | CODE=4 draft-tasks --post-deploy --post-up >"$out" 2>/dev/null
is 'a task that fails' "$(failure)" "1,task 'after' exited with status 4"
draft-release -q <one | draft-tasks --post-deploy --post-up >"$out" 2>/dev/null
is '… is run again although the release is up to date' "$(jq -c '[.release.changed, .tasks.postUp]' "$out")" \
  '[false,["after"]]'
printf '[post-deploy]\nx = "/bin/busybox sh -c '"'exit 5'"'"\n' >app/.draft-tasks.toml
run draft-tasks -q --post-deploy <one
like 'a task that fails in a pod' "$(failure)" "1,task 'x' exited with status 5 in pod '$app-*'"
finish
