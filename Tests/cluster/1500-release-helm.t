#!/bin/sh
# draft-release with helm, on a real Kubernetes API: helm lists what draft has released, and helm may be used in
# between.
DRAFT_TEST_CACHE=${DRAFT_TEST_CACHE:-${HOME:-/root}/.cache/draft-test}
export DRAFT_TEST_CACHE
# shellcheck source=Tests/cli/lib.sh
. "$(dirname "$0")/../cli/lib.sh"

trap '"$root/Tests/cluster/cluster" stop "$scratch/cluster"; cd /; rm -rf "$scratch"' EXIT
if ! "$root/Tests/cluster/build-kubernetes" api >"$out" 2>"$err"; then
  tail -n 3 "$err" | sed 's/^/# /'
  skip 'releases to Kubernetes' 'kube-apiserver cannot be built here'
  finish
  exit
fi
ok 'a cluster' "$root/Tests/cluster/cluster" start api "$scratch/cluster" $$ || { finish; exit 1; }
# shellcheck source=/dev/null
. "$scratch/cluster/env"

mkdir app
tar -C "$root/Tests/fixtures/charts" -czf web.tgz web
record() { # TAG [JQ-FILTER]
  jq -cn --arg dir "$scratch/app" --arg chart "$scratch/web.tgz" --arg tag "$1" \
    --arg digest "sha256:$(sha256sum web.tgz | cut -d' ' -f1)" --argjson size "$(stat -c %s web.tgz)" \
    '{draft: 1, app: {name: "web", dir: $dir}, chart: {path: $chart, mediaType: "application/gzip", digest: $digest,
      size: $size, name: "web", version: "0.1.0"},
      image: {repository: "registry.test/web", tag: $tag, store: "containers-storage"}} | '"${2:-.}"
}
failure() { jq -r '[.failure.code, .failure.message] | map(tostring) | join(",")' "$out"; }
told() { jq -c '.release | [.revision, .status, .changed, .engine]' "$out"; }
# No pods run here, so nothing becomes ready.
release() { draft-release --no-wait "$@"; }
listed() { helm list -o json | jq -r '.[] | "\(.name) \(.revision) \(.status)"'; }

record 0123 >line
run release <line
is 'the first release, to a local cluster that is not named' "$status $(told)" '0 [1,"deployed",true,"helm"]'
is 'helm lists it' "$(listed)" 'web 1 deployed'
like 'classic progress messages' "$(cat "$err")" '*--> Deploying to Kubernetes
    Release "web" does not exist. Installing it now.
--> Status: DEPLOYED
--> Notes:
     web says hello.*'
is 'the notes are in the record' "$(jq -r .release.notes "$out")" 'web says hello.'
is 'a tag of digits stays a string' \
  "$(helm get values web -o json | jq -c '[.image.tag, .buildID, .ondraft, .draft]')" '["0123","0123",true,"web"]'
is 'the pods carry the labels' "$(kubectl get deployment web -o json |
    jq -r '.spec.template.metadata | [.labels.draft, .annotations.buildID] | join(" ")')" 'web 0123'
is 'the objects of the release' "$(jq -c .release.objects "$out")" '["ConfigMap/web","Service/web","Deployment/web"]'

run release <line
is 'unchanged: does nothing' "$(told) $(listed)" '[1,"deployed",false,"helm"] web 1 deployed'
like '… and reports that it is not ready' "$(cat "$err")" \
  '*Release "web" is already at revision 1, but not ready: Deployment/web *'
record 2 >line2
run release <line2
is 'a new image is a new revision' "$(told) $(listed)" '[2,"deployed",true,"helm"] web 2 deployed'
helm rollback web 1 >/dev/null
run release <line2
is 'released again after a rollback by hand' "$(told)" '[4,"deployed",true,"helm"]'
run release <line2
is '… once' "$(told)" '[4,"deployed",false,"helm"]'
run release --set image.tag=evil,ondraft=false --set 'draft=evil,greeting=a\,b' <line2
is "draft's own values override those of the user" \
  "$(helm get values web -o json | jq -c '[.image.tag, .ondraft, .draft, .greeting]')" '["2",true,"web","a,b"]'
run release --set service.type=NodePort <line2
like 'a node port has an address' "$(jq -c .release.urls "$out")" '?"http://127.0.0.1:3[0-9]*/"?'
record 2 | DRAFT_BASEDOMAIN=example.test release --set ingress.enabled=true >"$out" 2>/dev/null
is 'an ingress has an address' "$(jq -c .release.urls "$out")" '["http://web.example.test/"]'
run release --namespace team <line2
is 'a missing namespace is created' "$(told) $(helm list -n team -q)" '[1,"deployed",true,"helm"] web'
run env HELM_DRIVER=configmap draft-release --no-wait --namespace maps <line2
run env HELM_DRIVER=configmap draft-release --no-wait --namespace maps <line2
is 'releases in ConfigMaps are read through helm' "$(told)" '[1,"deployed",false,"helm"]'
mkdir bin && ln -s "$(command -v helm)" bin/helm
run env PATH="$DRAFT_BIN:$scratch/bin:$(command -v pyenv >/dev/null && dirname "$(command -v bash)")" \
  draft-release --no-wait --namespace team <line2
is 'without kubectl all are read through helm' "$(told)" '[1,"deployed",false,"helm"]'

# After an error, the release stays as it is.
before=$(listed)
cp -r "$root/Tests/fixtures/charts/web" broken && echo '{{ .Values.a.b.c }}' >broken/templates/broken.yaml
mv web.tgz whole.tgz && tar -czf web.tgz --transform 's/^broken/web/' broken &&
  record 2 >line3 && mv web.tgz broken.tgz && mv whole.tgz web.tgz
sed 's/web\.tgz/broken.tgz/' line3 >line4
run release <line4
like 'a chart that does not render' "$(failure)" \
  "65,chart 'web' does not render: template: web/templates/broken.yaml:1:10: *"
is '… nothing was deployed' "$(listed)" "$before"
run release --set service.type=Nope <line2
like 'a chart that the cluster rejects' "$(failure)" \
  "65,the cluster rejects chart 'web': *Unsupported value: \"Nope\"*"
run release <line2
is '… and the next release works' "$(jq -r .release.status "$out")" deployed
run release --kube-context nobody <line2
like 'a user without permission' "$(failure)" '77,the cluster does not allow it: secrets is forbidden: User "nobody" *'
record 3 >line5
run draft-release --timeout 1 <line5
like 'a release that is not ready in time' "$(failure)" "69,release 'web' was not ready after 1 s*"
run release <line5
is '… is replaced by the next one' "$(jq -r .release.changed "$out")" true

# Killed while helm is running; helm waits for pods that never start.
record 4 >line6
draft-release --timeout 60 <line6 >/dev/null 2>&1 &
victim=$!
pending() { [ "$(helm history web -o json | jq -r 'last.status')" = pending-upgrade ]; }
helm_of() { pgrep -f "helm upgrade .*$scratch"; }
await pending
# shellcheck disable=SC2046 # helm may be a script with a child
kill -9 $victim $(helm_of)
wait $victim 2>/dev/null
is 'a killed release is pending' "$(helm history web -o json | jq -r 'last.status')" pending-upgrade
run release <line6
like '… and is repaired by the next one' \
  "$status $(jq -r '.release.status, .release.changed' "$out" | tr '\n' ' ')$(cat "$err")" \
  '0 deployed true *was interrupted at revision*'

helm upgrade web "$root/Tests/fixtures/charts/web" \
  --wait --timeout 60s --set "image.repository=$scratch,draft=web,buildID=other" >/dev/null 2>&1 &
other=$!
await pending
run release <line6
like 'a pending release of another user is left alone' "$(failure)" "75,release 'web' is pending-upgrade at revision *"
like '… with a hint' "$(jq -r .failure.hint "$out")" "*'draft doctor --namespace default'*"
# shellcheck disable=SC2046
kill -TERM $other $(helm_of) 2>/dev/null
wait $other 2>/dev/null
run release <line6
is '… until it has finished' "$(jq -r '.release.status' "$out")" deployed

record 5 >line7
draft-release --timeout 60 <line7 >/dev/null 2>&1 &
victim=$!
await pending
kill -TERM $victim
code=0
wait $victim || code=$?
is 'a signal ends draft-release' "$code" 143
is '… and helm leaves nothing pending' "$(helm history web -o json | jq -r 'last.status')" failed

# A stage that keeps running notices changes by hand between its records, and only asks then.
mkfifo lines
draft-release --no-wait --debug <lines >records 2>words &
stage=$!
exec 4>lines
sent=0
send() { # TAG: its record comes back
  sent=$((sent + 1))
  record "$1" >&4
  for _ in $(seq 600); do [ "$(wc -l <records)" -lt $sent ] || break; sleep 0.1; done
}
came_back() { tail -n 1 records | jq -c '.release | [.status, .changed]'; }
asked() { grep -c 'kubectl get secrets --namespace' words; }
send a1
before=$(asked)
send a2
is 'a running stage: the second record queries the cluster' "$(($(asked) - before))" 1
# It takes a moment until the watch has reported the first time.
tag=2 before=0
until [ "$(asked)" = "$before" ] || [ $tag = 20 ]; do
  tag=$((tag + 1)) before=$(asked)
  sleep 0.5
  send a$tag
done
is '… later ones do not' "$(asked) $(came_back)" "$before [\"deployed\",true]"
send a$tag
is '… except one that may be up to date' "$(asked) $(came_back)" "$((before + 1)) [\"deployed\",false]"
helm rollback web >/dev/null
send a$tag
is 'rolled back by hand meanwhile: released again' "$(came_back) $(helm get values web -o json | jq -r .image.tag)" \
  "[\"deployed\",true] a$tag"
helm uninstall web >/dev/null
send b1
is 'removed by hand meanwhile: installed again' "$(came_back) $(listed)" '["deployed",true] web 1 deployed'
children=$(pgrep -P $stage)
exec 4>&-
code=0
wait $stage || code=$?
is 'it ends with its input' "$code" 0
for child in $children; do not_ok '… and its watch' kill -0 "$child"; done

"$root/Tests/cluster/cluster" stop "$scratch/cluster"
run release <line7
like 'a cluster that is down: unavailable' "$(failure)" "69,cannot reach the cluster at 'https://127.0.0.1:*"
finish
