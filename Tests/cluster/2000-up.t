#!/bin/sh
# The main job on a real Kubernetes: create, up, an answer; a change; helm by hand in between. The state of the
# cluster is tested.
# shellcheck source=Tests/cluster/lib.sh
. "$(dirname "$0")/lib.sh"
needs node
namespace up
name=hello-$$ app=$scratch/hello-$$
example "$app"

listed() { helm list -o json | jq -r '.[] | "\(.name) \(.revision) \(.status)"'; }
newest() { helm history "$name" -o json | jq -r 'last | "\(.revision) \(.status)"'; }
revisions() { helm history "$name" -o json | jq -r length; }
told() { jq -c '[.release.revision, .release.status, .release.changed]' "$out"; }
image() { kubectl get deployment "$name" -o 'jsonpath={.spec.template.spec.containers[0].image}'; }
answer() { greeting "$name" "$@"; }
says() { sed -i "s/Hello, [A-Za-z]*!/Hello, $1!/" "$app/app.py"; }

run draft up "$app"
is 'up' "$status $(told)" '0 [1,"deployed",true]' || note "$(tail -n 20 "$err")"
cp "$out" first
is 'helm lists it' "$(listed)" "$name 1 deployed"
is 'its pod is ready' \
  "$(kubectl get pods -l draft="$name" -o json | jq -c '[.items[].status.containerStatuses[].ready]')" '[true]'
is 'it runs the image of the record' "$(image)" "$(jq -r '"\(.image.repository):\(.image.tag)"' first)"
# An image that another test has pushed as well may be listed under the name of the other.
is 'the node pulled what was pushed' "$(kubectl get pods -l draft="$name" -o json |
    jq -r '.items[0].status.containerStatuses[0].imageID | sub(".*@"; "")')" \
  "$(jq -r '.push.reference | sub(".*@"; "")' first)"
is 'the application answers' "$(answer World)" 'Hello, World!'
port=$(free_port)
kubectl port-forward "service/$name" "$port:80" >/dev/null 2>&1 &
forward=$!
is '… by the notes, through kubectl port-forward' "$(fetch "http://127.0.0.1:$port/")" 'Hello, World!'
kill $forward
wait $forward 2>/dev/null
is '… in the cluster by its name' \
  "$(kubectl exec "deployment/$name" -- python3 \
    -c "import urllib.request as r; print(r.urlopen('http://$name/').read().decode().strip())")" 'Hello, World!'

before=$(kubectl get deployment "$name" -o 'jsonpath={.metadata.generation}')
run draft up "$app"
is 'a second up does nothing' "$status $(told) $(revisions)" '0 [1,"deployed",false] 1'
says Draft
run draft up "$app"
is 'a change: a new revision' "$status $(told) $(newest)" '0 [2,"deployed",true] 2 deployed'
is '… with one change of the deployment' \
  "$(kubectl get deployment "$name" -o 'jsonpath={.metadata.generation}')" $((before + 1))
is '… and a new answer' "$(answer Draft)" 'Hello, Draft!'
run draft-release --set service.type=NodePort "$app"
url=$(jq -r '.release.urls[0]' "$out")
is 'a node port: the application answers at the URL of the record' "$(fetch "$url")" 'Hello, Draft!'
run draft up "$app"
is '… removed from draft.toml: the Service has no node port' \
  "$(told) $(kubectl get service "$name" -o 'jsonpath={.spec.type}')" '[4,"deployed",true] ClusterIP'

# By hand in between.
helm rollback "$name" 1 --wait >/dev/null
is 'helm rollback: the old answer' "$(answer World)" 'Hello, World!'
run draft up "$app"
is 'up after helm rollback: released again' "$status $(told) $(newest)" '0 [6,"deployed",true] 6 deployed'
is '… with the current answer' "$(answer Draft)" 'Hello, Draft!'
run draft up "$app"
is '… once' "$(told)" '[6,"deployed",false]'
helm upgrade "$name" "$app/charts/$name" --reuse-values --set replicaCount=2 --wait >/dev/null
is 'helm upgrade: two pods' "$(kubectl get deployment "$name" -o 'jsonpath={.status.readyReplicas}')" 2
run draft up "$app"
is 'up after helm upgrade: one pod again' "$(told) $(kubectl get deployment "$name" -o 'jsonpath={.spec.replicas}')" \
  '[8,"deployed",true] 1'
helm uninstall "$name" --wait >/dev/null
run draft up "$app"
is 'up after helm uninstall: installed again' "$status $(told) $(newest)" '0 [1,"deployed",true] 1 deployed'
is '… and answers' "$(answer Draft)" 'Hello, Draft!'
helm uninstall "$name" --keep-history --wait >/dev/null
run draft up "$app"
is 'up after helm uninstall --keep-history: installed again' \
  "$status $(jq -c '[.release.status, .release.changed]' "$out") $(listed)" "0 [\"deployed\",true] $name 2 deployed" ||
  note "$(tail "$err")"
is '… and answers' "$(answer Draft)" 'Hello, Draft!'
kubectl delete deployment "$name" >/dev/null
says Again
run draft up "$app"
is 'a deployment deleted by hand: the next change restores it' "$status $(answer Again)" '0 Hello, Again!'

finish
