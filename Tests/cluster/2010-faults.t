#!/bin/sh
# draft up during failures elsewhere: the registry, the API server, the namespace, the token. The message names the
# cause, nothing is left incomplete, and afterwards the next up works.
# shellcheck source=Tests/cluster/lib.sh
. "$(dirname "$0")/lib.sh"
needs own node
namespace faults
name=hello-$$ app=$scratch/hello-$$
example "$app"

newest() { helm history "$name" -o json | jq -r 'last | "\(.revision) \(.status)"'; }
told() { jq -c '[.release.status, .release.changed]' "$out"; }
failure() { jq -r '[.failure.by, .failure.code, .failure.message] | map(tostring) | join(",")' "$out"; }
hint() { jq -r .failure.hint "$out"; }
answer() { greeting "$name" "$@"; }
says() { sed -i "s/Hello, [A-Za-z]*!/Hello, $1!/" "$app/app.py"; }
pending() { [ "$(helm history "$name" -o json | jq -r 'last.status')" = pending-upgrade ]; }

# The registry answers 503, then works again.
port=$(free_port)
echo 0 >refuse
python3 "$root/Tests/cluster/front.py" "$HOST:$port" "$REGISTRY" "$scratch/refuse" 2>front.log &
later "kill $!"
node registry "$HOST:$port" "$REGISTRY"
export DRAFT_REGISTRY="$HOST:$port" DRAFT_PLAIN_HTTP="$HOST:$port"
await curl -sf "http://$HOST:$port/v2/"
echo 3 >refuse
run draft up "$app"
is 'registry: 503 three times, then up works' "$status $(told) $(cat refuse)" '0 ["deployed",true] 0' ||
  note "$(tail "$err")"
is '… and the application answers' "$(answer World)" 'Hello, World!'
says Again
echo 100000 >refuse
run draft up "$app"
like 'registry: 503 all the time' "$status $(failure)" "1 draft-push,75,*: 503 from $HOST:$port"
is '… and nothing is released' "$(newest) $(answer World)" '1 deployed Hello, World!'
echo 0 >refuse
run draft up "$app"
is '… after recovery: up works' "$status $(told) $(answer Again)" '0 ["deployed",true] Hello, Again!'

# The API server is down, or does not answer, for 10 s: while helm waits for the pods, and before anything is released.
for how in down:up freeze:thaw; do
  says "${how%:*}"
  draft up "$app" >"$out" 2>"$err" &
  up=$!
  await pending
  node api "${how%:*}"
  sleep 10
  node api "${how#*:}"
  status=0
  wait $up || status=$?
  note "${how%:*}: $status $(told) $(failure)"
  run draft up "$app"
  is "API server ${how%:*} for 10 s while helm waits: the next up works" \
    "$status $(jq -r .release.status "$out") $(newest | cut -d' ' -f2)" '0 deployed deployed' || note "$(tail "$err")"
  # The cluster's own controllers take a while to find the API server again.
  answered() { [ "$(answer)" = "Hello, ${how%:*}!" ]; }
  ok '… with the current answer' await answered || note "$(answer)"
done
says Early
node api down
run draft up "$app"
like 'API server down: reported' "$status $(failure)" \
  "1 draft-target,69,cannot reach the cluster at 'https://${REGISTRY%:*}:6443': *"
node api up
run draft up "$app"
is '… back: up works' "$status $(told) $(answer Early)" '0 ["deployed",true] Hello, Early!'

# A token that has expired.
kubectl create serviceaccount developer >/dev/null
kubectl create rolebinding developer --clusterrole=edit --serviceaccount="$namespace:developer" >/dev/null
says Token
mine=$KUBECONFIG
KUBECONFIG=$(login "$namespace" developer 3600)
run draft up "$app"
is 'a user with the role edit' "$status $(told)" '0 ["deployed",true]' || note "$(cat "$err")"
KUBECONFIG=$(login "$namespace" developer 0)
says Expired
run draft up "$app"
like 'an expired token' "$status $(failure)" '1 draft-target,77,*'
like '… with a hint' "$(hint)" '*log in*'
KUBECONFIG=$mine
is '… and nothing is released' "$(answer Token)" 'Hello, Token!'
KUBECONFIG=$(login "$namespace" developer 3600)
run draft up "$app"
is '… with a new one: up works' "$status $(told)" '0 ["deployed",true]'
KUBECONFIG=$mine

# A namespace that is being deleted.
kubectl create namespace "$namespace-gone" >/dev/null
node stuck "$namespace-gone"
run env DRAFT_NAMESPACE="$namespace-gone" draft up "$app"
like 'a terminating namespace' "$status $(failure)" "1 draft-release,75,*$namespace-gone*being *"
node unstick "$namespace-gone"
gone() { ! kubectl get namespace "$namespace-gone"; }
await gone
run env DRAFT_NAMESPACE="$namespace-gone" draft up "$app"
is '… once it is gone: created again' \
  "$status $(told) $(kubectl get namespace "$namespace-gone" -o 'jsonpath={.status.phase}')" \
  '0 ["deployed",true] Active' || note "$(cat "$err")"
finish
