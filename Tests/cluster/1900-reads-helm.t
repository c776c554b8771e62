#!/bin/sh
# list, status, history, redeploy and delete on a real Kubernetes API, with helm used by hand in between; and the
# number of requests to the API server, by its own metrics.
# shellcheck source=Tests/cluster/lib.sh
. "$(dirname "$0")/lib.sh"
needs own api

mkdir app
values=image.repository=x,image.tag=y,buildID=z
chart=$root/Tests/fixtures/charts/web
cp -r "$chart" web && echo 'appVersion: "1.2"' >>web/Chart.yaml && tar -czf web.tgz web
record() { # TAG [JQ-FILTER]
  jq -cn --arg dir "$scratch/app" --arg chart "$scratch/web.tgz" --arg tag "$1" \
    --arg digest "sha256:$(sha256sum web.tgz | cut -d' ' -f1)" --argjson size "$(stat -c %s web.tgz)" \
    '{draft: 1, app: {name: "web", dir: $dir}, chart: {path: $chart, mediaType: "application/gzip", digest: $digest,
      size: $size, name: "web", version: "0.1.0", appVersion: "1.2"},
      image: {repository: "registry.test/web", tag: $tag, store: "containers-storage"}} | '"${2:-.}"
}
failure() { jq -r '[.failure.code, .failure.message] | map(tostring) | join(",")' "$out"; }
# The number of bytes that the API server has sent for requests for Secrets.
sent() {
  kubectl get --raw /metrics |
    awk '/^apiserver_response_sizes_sum.*resource="secrets"/ { sum += $NF } END { printf "%d\n", sum }'
}
listed() { jq -c '.release | [.name, .revision, .status, .chart, .appVersion]' "$out"; }

run draft-list
is 'a cluster without releases has no records' "$status $(cat "$out")" '0 '
run draft-status web
is 'an unknown release' "$status $(failure)" \
  "1 66,no release 'web' in namespace 'default' of kube context 'draft-test'"

record 0123 >line
draft-release --no-wait <line >/dev/null 2>&1
run draft-list
is 'a release of draft is listed' "$status $(listed)" '0 ["web",1,"deployed","web-0.1.0","1.2"]'
is '… without a directory, in its namespace' "$(jq -c '.app | [.name, .namespace, .dir, has("context")]' "$out")" \
  '["web","default","",false]'
cp "$out" listed && run draft-pack <listed
is '… and a stage that needs the source fails' "$(jq -c .failure.code "$out")" 65
like '… the time is that of the release' "$(draft-list | jq -r .release.updated)" "$(date -u +%Y-%m-%dT%H)*Z"
run draft-list -o table
is 'on a terminal' "$(awk '{ print $1, $2, $3, $4, $6, $7 }' "$out")" 'NAME NAMESPACE REVISION STATUS CHART APP
web default 1 deployed web-0.1.0 1.2'

# helm by hand.
helm install other "$chart" --set "draft=other,$values" >/dev/null 2>&1
is "a release made by helm is not listed" "$(draft-list | jq -r .app.name)" web
is '… and is listed with -a' "$(draft-list -a | jq -r '.app.name + " " + .release.chart' | tr '\n' ' ')" \
  'other web-0.1.0 web web-0.1.0 '
cp -r "$chart" newer && sed -i 's/^version:.*/version: 9.9.9/' newer/Chart.yaml
helm upgrade web newer --reuse-values >/dev/null 2>&1
run draft-list
is 'after an upgrade by hand the chart is the current one' "$(listed)" '["web",2,"deployed","web-9.9.9",null]'
helm rollback web 1 >/dev/null
run draft-list
is '… also after a rollback by hand' "$(listed)" '["web",3,"deployed","web-0.1.0","1.2"]'
run draft-history web
is 'the history has all revisions, the newest first' \
  "$(jq -c '.history.revisions[] | [.revision, .status, .chart, .image, .buildID]' "$out")" \
  '[3,"deployed","web-0.1.0","registry.test/web:0123","0123"]
[2,"superseded","web-9.9.9","registry.test/web:0123","0123"]
[1,"superseded","web-0.1.0","registry.test/web:0123","0123"]'
is '… with the descriptions of helm' "$(jq -c '[.history.revisions[].description] | reverse' "$out")" \
  "$(helm history web -o json | jq -c 'map(.description)')"
ok '… and is valid' valid_records "$out"
is '--max limits it to the newest' "$(draft-list | draft-history --max 2 | jq -c '[.history.revisions[].revision]')" \
  '[3,2]'
exits 1 '--max 0 is refused' draft-history --max 0 web
run draft-history -o table web
like 'on a terminal' "$(sed -n 2p "$out")" '3 *deployed *web-0.1.0 *1.2 *0123 *Rollback to 1'
helm uninstall web --keep-history >/dev/null
is 'an uninstalled release does not exist' "$(draft-list | wc -l)" 0
like '… although its history is kept' "$(draft-history web | jq -r '.history.revisions[0].status')" uninstalled
run draft-release --no-wait <line
is '… and draft installs it again' "$(jq -c '.release | [.revision, .changed]' "$out") $(helm list -q --filter web)" \
  '[4,true] web'
is '… and lists it' "$(draft-list | jq -c .release.revision)" 4

# Status; no pods run here, so the status of the workload is written by hand.
set_status() {
  kubectl get deployment web -o json |
    jq ".status = $1" | kubectl replace --raw /apis/apps/v1/namespaces/default/deployments/web/status -f - >/dev/null
}
generation=$(kubectl get deployment web -o json | jq .metadata.generation)
set_status "{observedGeneration: $generation, replicas: 1, updatedReplicas: 1}"
kubectl create -f - >/dev/null <<'EOF'
{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web-1", "labels": {"app": "web", "draft": "web"}}, "spec": {"containers": [{"name": "web", "image": "x"}]}}
EOF
kubectl get pod web-1 -o json | jq '.status = {phase: "Pending", containerStatuses: [{name: "web", ready: false,
  restartCount: 3, image: "x", imageID: "", state: {waiting: {reason: "ImagePullBackOff"}}}]}' |
  kubectl replace --raw /api/v1/namespaces/default/pods/web-1/status -f - >/dev/null
run draft-status web
is 'a release whose pods are not ready is not healthy' \
  "$status $(jq -c '[.status.well, .status.workloads, .status.pods]' "$out")" \
  '1 [false,[{"name":"Deployment/web","ready":0,"wanted":1,"well":false,"reason":"not ready"}],[{"name":"web-1","workload":"Deployment/web","phase":"Pending","ready":false,"restarts":3,"reason":"ImagePullBackOff"}]]'
is '… which is not a failure' "$(jq 'has("failure")' "$out")" false
ok '… and is valid' valid_records "$out"
run draft-status -o table web
like '… on a terminal' "$(cat "$out")" 'web: not well
  revision 4 deployed, *, chart web-0.1.0, namespace default, helm
  Deployment/web 0/1 ready, not ready
      web-1 Pending, ImagePullBackOff, 3 restarts'
kubectl get pod web-1 -o json | jq '.status = {phase: "Running", conditions: [{type: "Ready", status: "True"}],
  containerStatuses: [{name: "web", ready: true, restartCount: 0, image: "x", imageID: "", state: {}}]}' |
  kubectl replace --raw /api/v1/namespaces/default/pods/web-1/status -f - >/dev/null
set_status "{observedGeneration: $generation, replicas: 1, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1}"
run draft-status web
is 'a release whose pods are ready is healthy' "$status $(jq -c .status.well "$out")" '0 true'
DRAFT_BASEDOMAIN=example.test draft-release \
  --no-wait --set service.type=NodePort,ingress.enabled=true <line >/dev/null 2>&1
set_status "{observedGeneration: 9, replicas: 1, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1}"
run sh -c 'draft-list | draft-status -o table'
like 'list | status, with the address' "$status $(cat "$out")" '0 web: OK
*Located at: http://web.example.test/
  Located at: http://127.0.0.1:3*'
set_status "{observedGeneration: 9, replicas: 2, updatedReplicas: 1, readyReplicas: 1}"
is 'while the old pods exist it is rolling out' "$(draft-status web | jq -r '.status.workloads[].reason')" \
  'rolling out'
kubectl delete deployment web >/dev/null
is 'a missing workload' "$(draft-status web | jq -c '.status | [.well, .workloads[].reason]')" \
  '[false,"is missing"]'
body() { kubectl get secret "sh.helm.release.v1.$1" -o json | jq -r .data.release | base64 -d | base64 -d | gzip -dc; }
store() { # NAME VERSION STATUS < BODY: a Secret as helm would write it
  gzip -c | base64 -w0 | base64 -w0 >stored
  jq -n --rawfile body stored --arg name "$1" --arg version "$2" --arg status "$3" \
    '{apiVersion: "v1", kind: "Secret", type: "helm.sh/release.v1",
    metadata: {name: "sh.helm.release.v1.\($name).v\($version)", labels: {owner: "helm", name: $name, version: $version,
      status: $status}}, data: {release: $body}}' |
    kubectl replace --force -f - >/dev/null
}
body other.v1 | jq -c '.version = 2 | .info.status = "pending-upgrade"' | store other 2 pending-upgrade
run draft-status other
is 'a pending release is reported' "$status $(jq -c '[.release.status, .status.reason]' "$out")" \
  '1 ["pending-upgrade","an upgrade is running, or was killed half-way"]'
run draft-redeploy other
like '… and not redeployed' "$(failure)" "75,release 'other' is pending-upgrade at revision 2"
kubectl delete secret sh.helm.release.v1.other.v2 >/dev/null

# Redeployed from what is stored.
deployed() {
  kubectl get deployment "$1" -o json |
    jq -r '.spec.template.metadata.annotations["kubectl.kubernetes.io/restartedAt"] // "never"'
}
helm get values other -o json >before
run draft-redeploy --no-wait other
is 'redeploy makes a new revision' "$status $(jq -c '.release | [.revision, .status, .changed]' "$out")" \
  '0 [2,"deployed",true]'
is '… with the same values' "$(helm get values other -o json)" "$(cat before)"
is '… and the same manifest' "$(helm get manifest other --revision 1)" "$(helm get manifest other --revision 2)"
like '… and new pods' "$(deployed other)" '20*Z'
like '… with a message' "$(cat "$err")" '*Redeployed other*'
run draft-redeploy --no-wait --set 'greeting=good day,replicaCount=2' other
is 'new values are added' "$(helm get values other -o json | jq -cS .)" \
  "$(jq -cS '. + {greeting: "good day", replicaCount: 2}' before)"
echo 'greeting: from a file' >values.yaml
run draft-redeploy --no-wait -f values.yaml other
is '… also from a file, and earlier ones stay' \
  "$(helm get values other -o json | jq -c '[.greeting, .replicaCount]')" '["from a file",2]'
run draft-redeploy --no-wait --revision 1 other
is '--revision takes the values of that revision only' "$(helm get values other -o json)" "$(cat before)"
is '… in a new revision' \
  "$(helm history other -o json | jq -c 'last | [.revision, .status, .description]')" \
  '[5,"deployed","Redeployment of revision 1"]'
run draft-redeploy --revision 77 other
is 'an unknown revision' "$(failure)" "66,release 'other' has no revision 77, only 1, 2, 3, 4, 5"
run draft-redeploy --revision none other
is '--revision takes a number' "$(jq .failure.code "$out")" 64
run draft-release --no-wait <line
run draft-redeploy --no-wait web
is 'a redeployed release is up to date for draft-release' \
  "$(draft-release --no-wait <line 2>/dev/null | jq -c .release.changed)" false
is '… and is listed from its labels' "$(kubectl get secret -l owner=helm,name=web,status=deployed -o json |
    jq -r '.items[].metadata.labels | .["sh.draft.revision"] == .version')" true
run draft-redeploy --no-wait --set a.b=c web
is '… not with another value' "$(draft-release --no-wait <line 2>/dev/null | jq -c .release.changed)" true
run draft-redeploy --timeout 1 web
like 'pods that do not come up in time' "$(failure)" "69,release 'web' was not ready after 1 s*"
mkdir -p umbrella/charts &&
  cp -r "$chart" umbrella/charts/ && printf 'apiVersion: v2\nname: umbrella\nversion: 1.0.0\n' >umbrella/Chart.yaml
helm install umbrella umbrella \
  --set "web.image.repository=x,web.image.tag=y,web.buildID=z,web.draft=umbrella" >/dev/null 2>&1
run draft-redeploy umbrella
is 'a chart with sub-charts is not stored' "$(failure)" \
  "65,release 'umbrella' has subcharts, which helm does not store"
is '… and nothing is changed' "$(helm history umbrella -o json | jq length)" 1

# A helm that does not support labels, as before 3.13.
mkdir older && cat >older/helm <<EOF
#!/bin/sh
case "\$*" in *--labels*) echo 'Error: unknown flag: --labels' >&2; exit 1 ;; esac
exec $(command -v helm) "\$@"
EOF
chmod +x older/helm
record 7 '.app.name = "old"' >line7
run env PATH="$scratch/older:$PATH" draft-release --no-wait <line7
is 'an older helm does not set labels' "$status $(jq -c '.release | [.revision, .status]' "$out") $(draft-list -a |
    jq -r .app.name | grep -c '^old$')$(draft-list | jq -r .app.name | grep -c '^old$')" '0 [1,"deployed"] 10'
run env PATH="$scratch/older:$PATH" draft-redeploy --no-wait old
is '… also when it redeploys' "$status $(jq -c .release.revision "$out")" '0 2'
helm uninstall old >/dev/null

# Data that someone wrote into a Secret.
body other.v5 | jq -c \
  '.name = "evil" | .version = 1 | .chart.templates[0].name = "../../../../../../../../../../../'"$scratch"'/escaped"' |
  store evil 1 deployed
run draft-redeploy --no-wait evil
like 'a path outside of the chart' "$(failure)" \
  "65,the chart of release 'evil' has a file '../*escaped', which is outside of it"
is '… and nothing is written' "$(find . -name 'escaped*')" ''
body other.v5 | jq -c '.name = "twice" | .version = 1 | .chart.templates[0].name = "Chart.yaml"' |
  store twice 1 deployed
run draft-redeploy --no-wait twice
like 'two files of the same name' "$(failure)" "65,the chart of release 'twice' has a file 'Chart.yaml'*"
body other.v5 | store liar 1 deployed
run draft-status liar
is 'a release that does not match its labels' "$(failure)" "65,cannot read Secret 'sh.helm.release.v1.liar.v1' in namespace 'default': it holds a release other than its labels say"
head -c 300000000 /dev/zero | store bomb 1 deployed
run draft-status bomb
is 'a release that unpacks to more than the limit' "$(failure)" \
  "65,cannot read Secret 'sh.helm.release.v1.bomb.v1' in namespace 'default': it cannot be decompressed"
kubectl create secret generic \
  sh.helm.release.v1.odd.v1 --type=helm.sh/release.v1 --from-literal=release='&&&' >/dev/null
kubectl label secret sh.helm.release.v1.odd.v1 owner=helm name=odd version=1 status=deployed >/dev/null
run draft-list -a
is 'unreadable releases have a failure, the others are listed' \
  "$status $(jq -r 'select(.failure) | .app.name + " " + (.failure.code | tostring)' "$out" |
    tr '\n' ' ')$(jq -r 'select(.failure | not) | .app.name' "$out" | tr '\n' ' ')" \
  '1 bomb 65 liar 65 odd 65 evil other twice umbrella web '
like '… each by the name of its Secret' "$(cat "$err")" \
  "*'sh.helm.release.v1.odd.v1' in namespace 'default': it is not base64*"
kubectl delete secret sh.helm.release.v1.odd.v1 >/dev/null
is 'labels that only look like helm'"'"'s are passed over' \
  "$(kubectl create secret generic x --type=helm.sh/release.v1 >/dev/null &&
    kubectl label secret x owner=helm name=--all version=1 status=deployed 2>/dev/null
  kubectl label secret x owner=helm name=x version=1 status=deployed >/dev/null; draft-list -a 2>/dev/null |
  jq -r .app.name | grep -c '^x$')" 0

# ConfigMaps, if helm is configured for them.
HELM_DRIVER=configmap helm install mapped "$chart" --set "draft=mapped,$values" --labels draft=mapped >/dev/null 2>&1
is 'releases in ConfigMaps' "$(HELM_DRIVER=configmap draft-list | jq -c \
    '.release | [.name, .revision, .chart]') $(HELM_DRIVER=configmap draft-status mapped | jq -c .release.status)" \
  '["mapped",1,"web-0.1.0"] "deployed"'
is '… and nowhere else' "$(draft-list -a 2>/dev/null | jq -r .app.name | grep -c mapped)" 0
run env HELM_DRIVER=sql draft-list
is 'an unsupported storage' "$status $(head -n 1 "$err")" \
  "78 draft-list: HELM_DRIVER is 'sql', but releases are read only from Secrets and ConfigMaps"

# Rights, contexts.
run draft-list --kube-context nobody
like 'a user without permission' "$status $(cat "$err")" \
  "77 draft-list: the cluster does not allow it: secrets is forbidden: *"
sed 's/127\.0\.0\.1/127.0.0.1.nip.example/; s/current-context: .*/current-context: draft-test/' "$KUBECONFIG" >far
for command in delete redeploy; do
  run env KUBECONFIG="$scratch/far" draft-$command web
  like "$command: a context that is not plainly local is refused" "$(failure)" \
    "78,kube context 'draft-test' is not plainly local: *"
done
run env KUBECONFIG="$scratch/far" draft-list
like 'list is allowed, since it only reads' "$status $(cat "$err")" \
  "69 draft-list: cannot reach the cluster at 'https://127.0.0.1.nip.example:*"
is '… and its records have the context that was named' \
  "$(draft-list --kube-context draft-test | head -n 1 | jq -r .app.context)" draft-test

# A thousand releases of two revisions, each with a body of 10 KB that cannot be compressed.
head -c 15000000 /dev/urandom | base64 -w0 | fold -w 10000 >bodies
kubectl create namespace many >/dev/null
jq -cRn '{apiVersion: "v1", kind: "List", items: [range(0; 1000) as $n | range(1; 3) as $v | input as $body |
  {apiVersion: "v1", kind: "Secret", type: "helm.sh/release.v1",
  metadata: {namespace: "many", name: "sh.helm.release.v1.app-\($n).v\($v)", labels: {owner: "helm", name: "app-\($n)",
    version: "\($v)", status: (if $v == 1 then "superseded" else "deployed" end),
    draft: "app-\($n)", "sh.draft.revision": "\($v)", "sh.draft.chart": "web-0.1.0", "sh.draft.appversion": "1",
      "sh.draft.time": "1795235468"}}, data: {release: $body}}]}' <bodies >many.json
kubectl create -f many.json >/dev/null
body web.v8 | jq -c '.name = "app-7" | .version = 2 | .namespace = "many"' | gzip -c | base64 -w0 | base64 -w0 >stored
kubectl get secret -n many sh.helm.release.v1.app-7.v2 -o json |
  jq --rawfile body stored '.data.release = $body' | kubectl replace -f - >/dev/null
before=$(sent)
run draft-list --namespace many
after=$(sent)
is 'a thousand releases are listed' \
  "$status $(wc -l <"$out") $(jq -c '[.release.revision, .release.chart]' "$out" | sort -u)" '0 1000 [2,"web-0.1.0"]'
note "list: $((after - before)) bytes from the server"
# 10 MB are the bodies of the newest revisions only.
ok '… without fetching their Secrets' test $((after - before)) -lt 2000000
before=$(sent)
run draft-status --namespace many app-7
after=$(sent)
note "status: $((after - before)) bytes from the server"
is 'the status of one of them' "$(jq -c '[.release.name, .release.revision]' "$out")" '["app-7",2]'
ok '… fetches only that one' test $((after - before)) -lt 40000
before=$(sent)
run draft-history --max 1 --namespace many app-7
after=$(sent)
is 'the history of one of them' "$(jq -c '[.history.revisions[].revision]' "$out")" '[2]'
ok '… fetches only that one' test $((after - before)) -lt 40000
before=$(sent)
run helm list -n many --max 1
after=$(sent)
note "helm list: $((after - before)) bytes from the server"
ok '(helm fetches them all, which proves the count)' test $((after - before)) -gt 10000000

# Deleted.
export DRAFT_TRUST="$scratch"
mkdir -p app && cat >app/.draft-tasks.toml <<'EOF'
[cleanup]
mark = "touch cleaned"
EOF
printf '[environments.development]\nname = "web"\n' >app/draft.toml
run draft-delete app
is 'delete removes the release' "$status $(jq -c .deletion "$out") $(helm list -a -q --filter '^web$')" \
  '0 {"changed":true,"engine":"helm"} '
is '… and cleans up' "$(ls app/cleaned 2>/dev/null) $(jq -c .tasks.cleanup "$out")" 'app/cleaned ["mark"]'
run draft-delete app
is 'a second delete does nothing' "$status $(jq -c .deletion "$out")" '0 {"changed":false,"engine":"helm"}'
like '… with a message' "$(cat "$err")" '*Release "web" is gone already*'
run draft-release --no-wait <line
helm uninstall web >/dev/null
run draft-delete web
is 'a release that helm has uninstalled does not exist' "$status $(jq -c .deletion.changed "$out")" '0 false'
body other.v5 | jq -c '.version = 6 | .info.status = "pending-upgrade"' | store other 6 pending-upgrade
run draft-delete other
is 'a pending release can be deleted' \
  "$status $(jq -c .deletion.changed "$out") $(kubectl get secrets -l name=other -o name)" '0 true '
run sh -c 'draft-list --namespace many | grep -e \"app-1\" -e \"app-2\" | draft-delete'
like 'list | delete' "$(jq -c '[.app.name, .app.namespace, .failure.message // .deletion.changed]' "$out" |
    tr '\n' ' ')" '\["app-1","many",*\["app-2","many",*'

node api down
run draft-list
like 'a cluster that is down: unavailable' "$status $(cat "$err")" \
  "69 draft-list: cannot reach the cluster at 'https://127.0.0.1:*"
finish
