#!/bin/sh
# draft-doctor on a real cluster: everything works; a release is stuck; a user may not read anything.
# shellcheck source=Tests/cluster/lib.sh
. "$(dirname "$0")/lib.sh"
needs node
namespace doctor
state() { jq -r --arg n "$1" '[.doctor.checks[] | select(.name == $n) | "\(.state) \(.message)"] | join("; ")' "$out"; }
mkdir -p web "$DRAFT_HOME" chart/templates
echo 'FROM scratch' >web/Dockerfile
printf 'apiVersion: v2\nname: web\nversion: 0.1.0\n' >chart/Chart.yaml
printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n' >chart/templates/map.yaml
helm install web chart >/dev/null
doctor() { run draft-doctor --namespace "$namespace" "$@" web; }

doctor
like 'the cluster answers' "$(state cluster)" \
  "ok answers: Kubernetes v$(kubectl version -o json | jq -r .serverVersion.gitVersion | tr -d v)"
like 'helm, and its version' "$(state helm)" "ok $(helm version --template '{{.Version}}')"
like 'the size of the release' "$(state secrets)" 'ok the largest release is stored in [0-9]* KiB of at most 1024'
is 'the registry answers' "$(state registry)" "ok '$REGISTRY' answers, and needs no login"

# Killed during a release: following the advice restores what ran last, whatever failed in between.
hint() {
  jq -r --arg n "'$1' in namespace '$namespace'" \
    '.doctor.checks[] | select(.name == "releases" and (.message | startswith($n))) | .hint' "$out"
}
advised() { hint "$1" | sed "s/.*in that case '\\(.*\\)'$/\\1/"; }
history() { helm history "$1" -o json | jq -r 'map(.status) | join(" ")'; }
stuck() { # NAME VALUES...: an upgrade that waits for ever, killed
  _name=$1; shift
  helm upgrade --install "$_name" chart --wait --timeout 300s "$@" >/dev/null 2>&1 &
  _helm=$!
  await sh \
    -c "helm history '$_name' -o json | jq -e 'last.status | startswith(\"pending\")' && kubectl get pod '$_name'"
  # helm may be a script with a child
  # shellcheck disable=SC2046
  kill -9 $(pgrep -P $_helm) $_helm
  wait $_helm 2>/dev/null
}
cat >chart/templates/map.yaml <<'END'
apiVersion: v1
kind: ConfigMap
metadata: {name: "{{ .Release.Name }}-map"}
data: {version: "{{ .Values.version }}"}
---
{{- if .Values.hang }}
apiVersion: v1
kind: Pod
metadata: {name: "{{ .Release.Name }}"}
spec: {nodeName: nowhere, containers: [{name: main, image: nosuch.invalid/image}]}
{{- end }}
END
version() { kubectl get configmap "$1-map" -o 'jsonpath={.data.version}'; }
for revision in 1 2; do helm upgrade --install again chart --set "version=$revision" >/dev/null; done
helm upgrade again chart --set version=3,hang=true --wait --timeout 1s >/dev/null 2>&1
stuck again --set version=4,hang=true
stuck first --set version=1,hang=true
doctor
like 'a pending release' "$status $(state releases)" \
  "1 *failure 'again' in namespace '$namespace' is pending-upgrade at revision *"
before=$(history again)
sh -c "$(advised again)" >/dev/null 2>&1
is '… the advice is taken' "$(history again | sed 's/.* //')" deployed || note "$before: $(advised again)"
is '… and the last revision runs' "$(version again)" 2
sh -c "$(advised first)" >/dev/null 2>&1
is '… without a previous revision nothing is left' "$(helm list -aq --filter first; version first 2>/dev/null)" ''
doctor
like '… and there is no problem, although a revision was pending' "$(state releases) $(history again)" \
  "ok none is stuck* *pending-upgrade*deployed"
doctor --kube-context nobody
like 'a user who may not read releases' "$(state releases)" "warning cannot be read in namespace '$namespace'"
is '… with the needed permission' "$(jq -r '.doctor.checks[] | select(.name == "releases") | .hint' "$out")" \
  'draft-release needs to read and write Secrets there'
kubectl create role secrets --verb=get,list,create,update,patch,delete --resource=secrets >/dev/null
kubectl create rolebinding secrets --role=secrets --user=nobody >/dev/null
doctor --kube-context nobody
is '… which is granted, and they are checked' "$(state releases)" "ok none is stuck in namespace '$namespace'"

# A Secret that is nearly full, because of a file in the chart.
secrets() { jq -r '.doctor.checks[] | select(.name == "secrets") | .hint' "$out"; }
head -c 720000 /dev/urandom >chart/dump.bin
helm upgrade web chart >/dev/null
doctor
like 'a Secret that is nearly full' "$(state secrets)" \
  "warning release 'web' is stored in 9[0-9][0-9] KiB of at most 1024"
is '… with a hint' "$(secrets)" \
  'keep large files out of its chart: name them in .helmignore, or put them into the image'
echo dump.bin >chart/.helmignore
helm upgrade web chart >/dev/null
doctor
like '… named in .helmignore' "$(state secrets)" 'ok the largest release is stored in [0-9] KiB of at most 1024'
finish
