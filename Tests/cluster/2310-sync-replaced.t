#!/bin/sh
# draft-sync on a node: a pod that replaces one that files were copied into gets them as well, as soon as it is ready.
# shellcheck source=Tests/cluster/lib.sh
. "$(dirname "$0")/lib.sh"
needs node
namespace replaced
name=web-$$ app=$scratch/web-$$
example "$app"
sed -i 's/^\( *\)chart = .*/&\n\1set = ["securityContext.readOnlyRootFilesystem=false"]/; s/watch = false/watch = true/; s/watch-delay = .*/watch-delay = 0.2/' "$app/draft.toml"
pods() {
  kubectl get pods -l draft="$name" -o json |
    jq -r '[.items[] | select(.metadata.deletionTimestamp == null) | .metadata.name] | sort | .[]'
}
revision() { helm history "$name" -o json | jq 'last.revision'; }
says() { sed -i "s/Hello, [A-Za-z0-9]*!/Hello, $1!/" "$app/app.py"; }
holds() { # WORD: every pod there is
  for pod in $(pods); do kubectl exec "$pod" -- grep -q "Hello, $1!" app.py || return 1; done
}
answers() { # WORD
  [ "$(kubectl exec "$(pods)" -- python3 \
      -c 'import urllib.request as r; print(r.urlopen("http://127.0.0.1:8080").read().decode().strip())' \
      2>/dev/null)" = "Hello, $1!" ]
}

draft up --restart "$app" >records 2>words </dev/null &
up=$!
later "kill $up"
ok '(up --restart: released)' await grep -q '"release"' records || note "$(cat words)"
at=$(revision)
says Live
ok '(a save is copied)' await answers Live || note "$(tail -n 5 words)"
for round in first second; do
  before=$(pods)
  kubectl delete pod "$before" --now >/dev/null
  ok "the $round replaced pod: the new one gets the files" await holds Live || note "$(tail -n 5 words)"
  ok '… and the signal to restart' await answers Live
  is '… it is another pod, of the same revision' "$([ "$(pods)" != "$before" ] && echo another) $(revision)" \
    "another $at"
done
like '… with a message' "$(cat words)" "*--> Copied [0-9]* file* again, in 1 new pod of '$name'*"
kubectl exec "$(pods)" -- sh -c 'kill 1' >/dev/null 2>&1
again() {
  [ "$(kubectl get pods -l draft="$name" -o json |
      jq '[.items[].status.containerStatuses[].restartCount] | add')" -ge 1 ]
}
ok '(its container is restarted)' await again
ok '… and gets them too' await holds Live
kubectl scale deployment "$name" --replicas=2 >/dev/null
two() {
  [ "$(pods | wc -l)" = 2 ] &&
    kubectl wait --for=condition=Ready --timeout=1s pod -l draft="$name" >/dev/null && holds Live
}
ok 'an additional pod gets them too' await two || note "$(tail -n 5 words)"
kubectl scale deployment "$name" --replicas=1 >/dev/null
says Later
settled() { one=$(pods) && [ "$(echo "$one" | wc -l)" = 1 ] && answers Later; }
ok 'the next save goes to all pods' await settled || note "$(tail -n 5 words)"
is '… by copying' "$(revision)" "$at"
kill $up
wait $up 2>/dev/null

# Without a running draft-sync, the next one copies them, even if nothing has changed since.
kubectl delete pod "$(pods)" --now >/dev/null
kubectl rollout status deployment "$name" --timeout=60s >/dev/null
draft pack "$app" | draft sync >line 2>"$err"
is 'the next draft sync copies them to the new pod' "$(jq -r .sync.how line)" sync || note "$(cat line "$err")"
ok '… which has them' holds Later
finish
