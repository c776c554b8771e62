#!/bin/sh
# A release is up to date if its objects exist, are what was released, and are ready; and what draft-status reports
# otherwise.
# shellcheck source=Tests/cluster/lib.sh
. "$(dirname "$0")/lib.sh"
needs node
namespace look
app=web-$$
"$root/Tests/base-image" busybox >/dev/null || { echo 'Bail out! no base image'; exit 1; }
mkdir app
cp -r "$root/Tests/fixtures/charts/web" web
# A program that exits at once is never ready.
sed -i 's|livenessProbe:|readinessProbe:\n            periodSeconds: 1|' web/templates/deployment.yaml
cat >web/templates/more.yaml <<'END'
apiVersion: batch/v1beta1
kind: CronJob
metadata:
  name: {{ .Release.Name }}
spec:
  schedule: "0 3 1 1 *"
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers: [{name: tick, image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}", command: [/bin/busybox, "true"]}]
---
apiVersion: v1
kind: List
items:
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: {{ .Release.Name }}, namespace: {{ .Values.elsewhere }}}, data: {a: b}}
  - {apiVersion: v1, kind: Secret, metadata: {name: {{ .Release.Name }}-listed, labels: {own: "yes"}}, stringData: {password: not-to-be-told}}
{{- if .Values.custom }}
---
apiVersion: {{ .Release.Name }}.test/v1
kind: Thing
metadata: {name: {{ .Release.Name }}, labels: {own: "yes"}}
{{- end }}
---
apiVersion: v1
kind: Pod
metadata: {name: {{ .Release.Name }}-hook, annotations: {helm.sh/hook: post-install, helm.sh/hook-delete-policy: hook-succeeded}}
spec:
  restartPolicy: Never
  containers: [{name: hook, image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}", command: [/bin/busybox, "true"]}]
END
kubectl create namespace "$namespace-elsewhere" >/dev/null
later "kubectl --kubeconfig $cluster/kubeconfig delete namespace $namespace-elsewhere --wait=false"
printf 'elsewhere: %s\ncustom: false\n' "$namespace-elsewhere" >>web/values.yaml
tar -czf web.tgz web
c=$(buildah from localhost/draft-test/busybox)
echo page >page
buildah add -q "$c" page /www/index.html >/dev/null
buildah config --entrypoint '["/bin/busybox","httpd","-f","-p","8080","-h","/www"]' "$c" 2>/dev/null
buildah commit -q --rm "$c" "localhost/$app:1" >/dev/null
later "buildah rmi -f localhost/$app:1"
buildah push -q "localhost/$app:1" "docker://$REGISTRY/$app:1"
record() { # TAG
  jq -cn --arg app "$app" --arg dir "$scratch/app" \
    --arg chart "$scratch/web.tgz" --arg tag "$1" --arg namespace "$namespace" --arg repository "$REGISTRY/$app" \
    --arg digest "sha256:$(sha256sum web.tgz | cut -d' ' -f1)" --argjson size "$(stat -c %s web.tgz)" \
    '{draft: 1, app: {name: $app, dir: $dir, namespace: $namespace}, image: {repository: $repository, tag: $tag,
      store: "containers-storage"},
      chart: {path: $chart, mediaType: "application/gzip", digest: $digest, size: $size, name: "web",
        version: "0.1.0"}}'
}
failure() { jq -r '[.failure.code, .failure.message] | map(tostring) | join(",")' "$out"; }
told() { jq -c '.release | [.status, .changed]' "$out"; }
page() { fetch "http://$(kubectl get service "$app" -o 'jsonpath={.spec.clusterIP}')/"; }
again='["deployed",true]' nothing='["deployed",false]'
record 1 >one
record 2 >two

run draft-release <one
is 'a release' "$status $(told) $(page)" "0 $again page" || note "$(cat "$err")"
run draft-release --debug <one
is 'up to date: does nothing' "$status $(told)" "0 $nothing" || note "$(cat "$err")"
is '… with two queries: the release and its objects' \
  "$(grep -c '^draft-release: kubectl' "$err")" 2
not_ok '… and no secret is printed' grep not-to-be-told "$err"

# What is missing.
elsewhere=$namespace-elsewhere
goes() { # KIND NAME NAMESPACE: it does, and comes back
  kubectl delete "$1" "$2" --namespace="$3" >/dev/null
  run draft-status "$app"
  cp "$out" seen
  [ "$status" = 1 ] || note "status: $status"
  run draft-release <one
  is "a deleted $1 is restored" \
    "$status $(told) $(kubectl get "$1" "$2" --namespace="$3" -o 'jsonpath={.metadata.name}')" "0 $again $2" ||
    note "$(cat "$err")"
}
goes deployment "$app" "$namespace"
is '… it answers' "$(page)" page
is '… and status reported it' "$(jq -c \
    '[.status.well, (.status.workloads[] | select(.name | startswith("Dep")) | .reason), .status.missing]' seen)" \
  '[false,"is missing",null]'
goes service "$app" "$namespace"
is '… and status reported it' "$(jq -c '[.status.well, .status.missing]' seen)" "[false,[\"Service/$app\"]]"
goes configmap "$app" "$elsewhere"
is '… in another namespace, and status reported it' "$(jq -c '[.status.well, .status.missing]' seen)" \
  "[false,[\"ConfigMap/$app\"]]"
goes secret "$app-listed" "$namespace"
is '… of a List, and status reported it' "$(jq -c '[.status.well, .status.missing]' seen)" \
  "[false,[\"Secret/$app-listed\"]]"
goes cronjob "$app" "$namespace"
is '… and status reported it' \
  "$(jq -c '[.status.well, (.status.workloads[] | select(.name | startswith("Cron")) | .reason)]' seen)" \
  '[false,"is missing"]'
run draft-status -o table "$app"
like 'nothing is missing: healthy' "$status $(cat "$out")" "0 $app: OK
*
  CronJob/$app runs at '0 3 1 1 \\*'*"
kubectl delete service "$app" >/dev/null
run draft-status -o table "$app"
like 'missing objects on a terminal' "$status $(cat "$out")" "1 $app: not well
*
  Service/$app is missing"
run draft-release <one

# What was changed by hand.
now() { kubectl get deployment "$app" -o "jsonpath={$1}"; }
kubectl scale deployment "$app" --replicas=0 >/dev/null
run draft-release <one
is 'scaled by hand: reset' "$status $(told) $(now .spec.replicas) $(page)" "0 $again 1 page"
like '… with a message' "$(cat "$err")" "*Deployment/$app: number of replicas was changed by hand*"
kubectl set image deployment "$app" "web=$REGISTRY/$app:other" >/dev/null
run draft-release <one
is 'image changed by hand: reset' "$status $(told) $(now '.spec.template.spec.containers[0].image')" \
  "0 $again $REGISTRY/$app:1"
kubectl label deployment "$app" draft- >/dev/null
kubectl label --overwrite secret "$app-listed" own=no >/dev/null
run draft-release <one
is 'labels changed by hand: reset' "$status $(told) $(now .metadata.labels.draft) $(kubectl get secret \
    "$app-listed" -o 'jsonpath={.metadata.labels.own}')" "0 $again $app yes"
kubectl annotate deployment "$app" note=mine >/dev/null
kubectl patch deployment "$app" --field-manager=kube-controller-manager -p '{"spec":{"replicas":2}}' >/dev/null
run draft-release <one
is 'replicas set by an autoscaler, and fields that are not compared, stay' "$status $(told) $(now .spec.replicas)" \
  "0 $nothing 2" || note "$(cat "$err")"
kubectl autoscale deployment "$app" --min=3 --max=3 >/dev/null
kubectl scale deployment "$app" --replicas=3 >/dev/null
run draft-release <one
is '… also with a new autoscaler' "$status $(told) $(now .spec.replicas)" "0 $nothing 3" || note "$(cat "$err")"
kubectl delete horizontalpodautoscaler "$app" >/dev/null
kubectl scale deployment "$app" --replicas=1 >/dev/null
run draft-release <one
is '(one replica again, as in the chart)' "$status $(told)" "0 $nothing"

# What is not ready.
run draft-release --no-wait <two
is '--no-wait with a missing image' "$status $(told)" "0 $again"
run draft-release --no-wait <two
like '… again with --no-wait: reports that it is not ready' "$status $(told) $(cat "$err")" \
  "0 ?\"deployed\",false? *but not ready: Deployment/$app *"
not_ok '… and is not up to date' grep 'up to date' "$err"
run draft-release <two
like '… again with waiting: the reason' "$status $(failure)" \
  "1 69,pod '$app-*' cannot pull the image '$REGISTRY/$app:2': *"
buildah push -q "localhost/$app:1" "docker://$REGISTRY/$app:2"
kubectl delete pods -l draft="$app" --wait=false >/dev/null
run draft-release <two
is '… with the image: waits until it is ready' "$status $(told) $(page)" "0 $nothing page" || note "$(cat "$err")"
run draft-release --set 'command={/bin/busybox,sh,-c,grep -q hello /www/config/greeting && exec /bin/busybox httpd -f -p 8080 -h /www; echo no greeting; exit 3}' <two
is 'a program that needs its ConfigMap' "$status $(told)" "0 $again" || note "$(cat "$err")"
kubectl patch configmap "$app" -p '{"data":{"greeting":"bye"}}' >/dev/null
kubectl delete pods -l draft="$app" --wait=false >/dev/null
loops() { kubectl get pods -l draft="$app" -o json | grep -q CrashLoopBackOff; }
ok '(it crashes repeatedly)' await loops
run draft-release --set 'command={/bin/busybox,sh,-c,grep -q hello /www/config/greeting && exec /bin/busybox httpd -f -p 8080 -h /www; echo no greeting; exit 3}' <two
like 'a crashing release is not up to date' "$status $(failure)" \
  "1 69,container 'web' of pod '$app-*' crashes: it exited with status 3: no greeting"
run draft-release --timeout 1 --set 'command={/bin/busybox,sleep,9m}' <two
run draft-release --timeout 1 --no-wait --set 'command={/bin/busybox,sleep,8m}' <two
run draft-release --timeout 1 --set 'command={/bin/busybox,sleep,8m}' <two
like 'a release that is never ready times out' "$status $(failure)" "1 69,release '$app' was not ready after 1 s: *"
run draft-release <two
is '(it is healthy again)' "$status $(told) $(page)" "0 $again page"

# Objects that may not be read, and kinds that the cluster no longer has.
kubectl create serviceaccount reader >/dev/null
kubectl create role reader --verb=get,list --resource=secrets,deployments.apps >/dev/null
kubectl create rolebinding reader --role=reader --serviceaccount="$namespace:reader" >/dev/null
reader=$(login "$namespace" reader 600)
run env KUBECONFIG="$reader" draft-release --debug <two
is 'kinds that may not be read are skipped' "$status $(told)" "0 $nothing" || note "$(cat "$err")"
like '… with a message of --debug' "$(cat "$err")" '*v1 Service is skipped: *'
kubectl delete deployment "$app" >/dev/null
run env KUBECONFIG="$reader" draft-release <two
like '… but others are checked' "$(cat "$err")" \
  "*Release \"$app\" at revision *: Deployment/$app is missing*"
run draft-release <two
kubectl create -f - >/dev/null <<END
{"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": "things.$app.test"},
  "spec": {"group": "$app.test", "scope": "Namespaced", "names": {"plural": "things", "singular": "thing", "kind": "Thing"},
    "versions": [{"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}}}]}}
END
later "kubectl --kubeconfig $cluster/kubeconfig delete customresourcedefinition things.$app.test --wait=false"
ok '(a custom resource definition)' await kubectl get "things.$app.test"
run draft-release --set custom=true <two
is 'a release with a custom resource' "$status $(told)" "0 $again" || note "$(cat "$err")"
kubectl label --overwrite "things.$app.test" "$app" own=no >/dev/null
run draft-release --set custom=true <two
is '… fields that helm would not reset stay' "$status $(told)" "0 $nothing" || note "$(cat "$err")"
kubectl delete "things.$app.test" "$app" >/dev/null
run draft-release --set custom=true <two
is '… a deleted one is restored' \
  "$status $(told) $(kubectl get "things.$app.test" -o 'jsonpath={.items[*].metadata.name}')" "0 $again $app"
kubectl delete customresourcedefinition "things.$app.test" >/dev/null
gone() { ! kubectl get "things.$app.test"; }
ok '(the definition is deleted)' await gone
run draft-release --debug --set custom=true <two
is 'a deleted kind is skipped' "$status $(told)" "0 $nothing" || note "$(cat "$err")"
run draft-status "$app"
is '… also by status' "$status $(jq -c .status.well "$out")" '0 true'
finish
