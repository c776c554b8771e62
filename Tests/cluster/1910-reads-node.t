#!/bin/sh
# status, redeploy, history and delete of an application that is running: pods, reasons, URLs.
# shellcheck source=Tests/cluster/lib.sh
. "$(dirname "$0")/lib.sh"
needs node
namespace reads
name=hello-$$ app=$scratch/hello-$$
example "$app"
pods() {
  kubectl get pods -l draft="$name" -o json |
    jq -r '[.items[] | select(.metadata.deletionTimestamp == null) | .metadata.name] | sort | join(" ")'
}
answer() { greeting "$name" "$@"; }

draft up "$app" >first 2>first.err
is '(it runs)' "$(answer World)" 'Hello, World!' || note "$(tail -n 20 first.err)"
run draft-release --set service.type=NodePort "$app"
run draft-status "$app"
is 'it is healthy' "$status $(jq -c '[.status.well, (.status.workloads[] | [.name, .ready, .wanted])]' "$out")" \
  "0 [true,[\"Deployment/$name\",1,1]]"
is '… with its pods' \
  "$(jq -r '[.status.pods[] | select(.phase != "Terminating") | .name] | join(" ")' "$out")" "$(pods)"
is '… and answers at its address' "$(fetch "$(draft-status -o table "$app" | sed -n 's/.*Located at: //p')")" \
  'Hello, World!'
is 'list | status, from any directory' "$(cd / && draft-list | draft-status | jq -c '[.app.name, .status.well]')" \
  "[\"$name\",true]"

before=$(pods) values=$(helm get values "$name" -o json)
run sh -c "cd / && draft-redeploy $name"
is 'redeploy: a new revision' "$status $(jq -c '[.release.revision, .release.status]' "$out")" '0 [3,"deployed"]'
is '… with the same values in helm' \
  "$(helm list -o json | jq -r '.[].revision') $(helm get values "$name" -o json)" "3 $values"
after=$(pods)
ok '… the pods are new ones' test -n "$after" -a "$before" != "$after"
is '… and ready, since it waited' \
  "$(kubectl get pod "$after" -o 'jsonpath={.status.containerStatuses[0].ready}') $(answer World)" 'true Hello, World!'
run draft up "$app"
run draft-redeploy "$name"
run draft-release "$app"
is 'draft-release finds nothing to do after it' "$(jq -c .release.changed "$out")" false

run draft-redeploy --timeout 15 --set image.tag=nowhere "$name"
like 'a missing image: the reason' \
  "$(jq -r '[.failure.code, .failure.message] | map(tostring) | join(" ")' "$out")" \
  "69 release '$name' was not ready after 15 s: *: *Pull*"
run draft-status "$name"
like '… also from status' \
  "$status $(jq -r '[.release.status, (.status.pods[] | select(.reason) | .reason)] | join(" ")' "$out")" \
  '1 failed *Pull*'
is '… while the previous pods answer' "$(answer World)" 'Hello, World!'
failed=$(helm history "$name" -o json | jq -r 'last.revision')
is 'the history is that of helm, the newest first' \
  "$(draft-history "$name" | jq -c '[.history.revisions[] | [.revision, .status]]')" \
  "$(helm history "$name" -o json | jq -c 'reverse | map([.revision, .status])')"
helm rollback "$name" $((failed - 1)) --wait >/dev/null
run draft-status "$name"
is 'rolled back by hand: healthy again' "$status $(jq -c '[.release.revision, .status.well]' "$out")" \
  "0 [$((failed + 1)),true]"
run draft-redeploy --revision 1 "$name"
is 'redeploy of the first revision' \
  "$status $(kubectl get service "$name" -o 'jsonpath={.spec.type}') $(answer World)" \
  '0 ClusterIP Hello, World!'
kubectl scale deployment "$name" --replicas=0 >/dev/null
run draft-status "$name"
is 'scaled to zero by hand is healthy' "$(jq -c '.status.workloads[] | [.ready, .wanted]' "$out")" \
  '[0,0]'

run draft-delete "$app"
is 'delete' "$status $(jq -c .deletion "$out")" '0 {"changed":true,"engine":"helm"}'
is '… helm does not list it' "$(helm list -a -q)$(kubectl get secrets -l owner=helm -o name)" ''
ok '… and its objects are gone' await sh -c \
  "[ -z \"\$(kubectl get deployments,services,pods -l draft=$name -o name)\" ]"
run draft-delete "$app"
is '… a second delete does nothing' "$status $(jq -c .deletion.changed "$out")" '0 false'
run draft up "$app"
is '… and up installs it again' "$status $(jq -c '[.release.revision, .release.changed]' "$out") $(answer World)" \
  '0 [1,true] Hello, World!'
finish
