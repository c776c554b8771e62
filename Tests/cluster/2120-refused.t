#!/bin/sh
# What a cluster rejects, and how it is reported: immutable fields, a login program that failed.
# shellcheck source=Tests/cluster/lib.sh
. "$(dirname "$0")/lib.sh"
needs api
namespace refused
mkdir app job job/templates
cp "$root/Tests/fixtures/charts/web/Chart.yaml" job/Chart.yaml
cat >job/templates/objects.yaml <<'END'
apiVersion: batch/v1
kind: Job
metadata: {name: migrate}
spec:
  template: {spec: {restartPolicy: Never, containers: [{name: c, image: "x:{{ .Values.image.tag }}"}]}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: {{ .Values.service }}
  selector: {matchLabels: {a: b}}
  template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: x}]}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {accessModes: [ReadWriteOnce], storageClassName: {{ .Values.storage }}, resources: {requests: {storage: 1Gi}}}
END
printf 'service: one\nstorage: one\n' >job/values.yaml
tar -czf job.tgz job
record() { # TAG
  jq -cn --arg dir "$scratch/app" --arg namespace "$namespace" --arg chart "$scratch/job.tgz" --arg tag "$1" \
    --arg digest "sha256:$(sha256sum job.tgz | cut -d' ' -f1)" --argjson size "$(stat -c %s job.tgz)" \
    '{draft: 1, app: {name: "web", dir: $dir, namespace: $namespace}, image: {repository: "registry.test/web",
      tag: $tag, store: "containers-storage"},
      chart: {path: $chart, mediaType: "application/gzip", digest: $digest, size: $size, name: "web",
        version: "0.1.0"}}'
}
record v1 >one
record v2 >two
failure() { jq -r '"\(.failure.code) \(.failure.message)"' "$out"; }
hint() { jq -r .failure.hint "$out"; }
advice() { hint | sed -n "s/^[^']*'\(kubectl [^']*\)'.*/\1/p"; }
# Values as printed by Go must not appear in a message.
go() { grep -E '[a-z0-9]+\.[A-Z][A-Za-z]*[{(]|\(nil\)|&[a-z0-9]*\.?[A-Za-z]*\{' "$@"; }

run draft-release --no-wait <one
is 'a Job, a StatefulSet and a claim' "$status $(jq -r .release.status "$out")" '0 deployed' || note "$(cat "$err")"
run draft-release --no-wait <two
is 'a Job with another image: the message has the object and the field' "$status $(failure)" \
  "1 65 the cluster rejects chart 'web': field 'spec.template' of Job 'migrate' is immutable"
like '… with a hint' "$(hint)" \
  "'kubectl delete job/migrate --namespace $namespace' and release again; *helm.sh/hook*"
not_ok '… without a Go struct, in the record and on standard error' go "$out" "$err"
command=$(advice)
# shellcheck disable=SC2086 # words
ok '… which works' $command
run draft-release --no-wait <two
is '… and then it is released' "$status $(jq -r .release.status "$out")" '0 deployed' || note "$(cat "$err")"
run draft-redeploy --set image.tag=three --no-wait web
is 'draft-redeploy reports the same' "$(failure)" \
  "65 the cluster rejects chart 'web': field 'spec.template' of Job 'migrate' is immutable"

run draft-release --no-wait --set service=two <two
is 'a StatefulSet: forbidden changes are not missing permissions' "$(failure)" \
  "65 the cluster rejects chart 'web': field 'spec' of StatefulSet 'db' is immutable"
command=$(advice)
like '… and its pods stay' "$command" "kubectl delete statefulset/db --namespace $namespace --cascade=orphan"
# A release that is not touched must be reported.
# shellcheck disable=SC2086
ok '… by the hint' $command --wait=false
kubectl patch statefulset db --type=merge -p '{"metadata":{"finalizers":null}}' >/dev/null
run draft-release --no-wait --set service=two <two
is '… and then it is released' "$status $(jq -r .release.status "$out")" '0 deployed' || note "$(cat "$err")"
run draft-release --no-wait --set service=two --set storage=two <two
is 'a PersistentVolumeClaim' "$(failure)" \
  "65 the cluster rejects chart 'web': field 'spec' of PersistentVolumeClaim 'data' is immutable"
like '… must not be deleted' "$(hint)" 'put the field back*'
not_ok '… without a Go struct, also from helm' go "$out" "$err"

# The login comes from a program: aws, gcloud, kubelogin. Its own message says what to do.
mkdir bin
plugin() { printf '#!/bin/sh\n%s\n' "$1" >bin/corp-login; chmod +x bin/corp-login; }
cp kubeconfig login
kubectl --kubeconfig login config set-credentials \
  corp --exec-command="$scratch/bin/corp-login" --exec-api-version=client.authentication.k8s.io/v1beta1 >/dev/null
kubectl --kubeconfig login config set-context --current --user=corp >/dev/null
export KUBECONFIG="$scratch/login"
plugin "printf '\nError: the token of corp has expired.\nrun: aws sso login\n' >&2; exit 255"
said="the login plugin 'corp-login' says: Error: the token of corp has expired. run: aws sso login"
run draft-release --no-wait <two
is 'an expired login, reported by kubectl' "$(failure)" \
  "77 cannot log in to the cluster of context 'draft-test': $said"
is '… with a hint' "$(hint)" 'do what it says and try again'
mkdir only
ln -s "$(command -v helm)" only/helm
ln -s "$(command -v sh)" only/sh
run env PATH="$scratch/only" "$DRAFT_BIN/draft-release" --no-wait <two
is '… by helm, without kubectl' "$(failure)" "77 cannot log in to the cluster of context 'draft-test': $said"
exits 77 '… draft-list' draft-list
like '… reports it too' "$(cat "$err")" "draft-list: cannot log in to *: $said*"
run draft-status -o record web
is '… draft-status' "$(failure)" "77 cannot log in to the cluster of context 'draft-test': $said"
echo 'FROM scratch' >app/Dockerfile
run draft-remote --to=kube <two
like '… and draft-remote' "$(cat "$err") $(jq -r '.failure.code' "$out")" "*run: aws sso login* 77"
plugin 'exit 3'
run draft-release --no-wait <two
like 'a login plugin without a message' "$(failure)" \
  "77 cannot log in to the cluster of context 'draft-test': the login plugin 'corp-login' failed: *exit code 3"
rm bin/corp-login
run draft-release --no-wait <two
is 'a missing login plugin' "$(failure)" \
  "69 cannot log in to the cluster of context 'draft-test': the login plugin 'corp-login' cannot be found"

# The advice of draft-doctor works.
kubectl --kubeconfig "$cluster/kubeconfig" create serviceaccount corp -n "$namespace" >/dev/null
jq -cn --arg token "$(node token "$namespace" corp 600)" \
  '{apiVersion: "client.authentication.k8s.io/v1beta1", kind: "ExecCredential", status: {token: $token}}' >credential
kubectl config set-credentials \
  corp --exec-command=corp-login --exec-api-version=client.authentication.k8s.io/v1beta1 >/dev/null
doctor() { run env PATH="$PATH:${1:-/nonexistent}" draft-doctor -o record; }
cluster() { jq -r --arg it "$1" '.doctor.checks[] | select(.name == "cluster") | .[$it]' "$out"; }
plugin "cat '$scratch/credential'"
doctor
is 'doctor: a missing login plugin' "$(cluster state) $(cluster hint)" \
  'failure install it, or add its directory to PATH: the kubeconfig uses it to log in'
doctor "$scratch/bin"
is '… its directory put on PATH' "$(cluster state)" ok
plugin "[ -e '$scratch/corp' ] || { echo \"run: echo me >'$scratch/corp'\" >&2; exit 1; }; cat '$scratch/credential'"
doctor "$scratch/bin"
is 'doctor: a login plugin with advice' "$(cluster state) $(cluster hint)" 'failure do what it says and try again'
sh -c "$(cluster message | sed 's/.*run: //')"
doctor "$scratch/bin"
is '… which is followed' "$(cluster state)" ok
rm corp
plugin "if [ -t 0 ] || [ -n \"\${BY_HAND:-}\" ]; then echo me >'$scratch/corp'; fi; [ -e '$scratch/corp' ] && cat '$scratch/credential'"
doctor "$scratch/bin"
is 'doctor: a login plugin without a message' "$(cluster state) $(cluster hint)" \
  "failure it printed nothing: run the command that the kubeconfig has under 'exec' by hand"
BY_HAND=1 PATH="$PATH:$scratch/bin" sh \
  -c "$(kubectl config view -o 'jsonpath={.users[?(@.name=="corp")].user.exec.command}')" >/dev/null
doctor "$scratch/bin"
is '… run by hand' "$(cluster state)" ok
kubectl config set-credentials late --token=no.such.token >/dev/null
kubectl config set-context --current --user=late >/dev/null
doctor
is 'doctor: a rejected login' "$(cluster state) $(cluster hint)" \
  'failure it may have expired: log in to the cluster again and retry'
kubectl config set-credentials late --token="$(jq -r .status.token credential)" >/dev/null
doctor
is '… logged in again' "$(cluster state)" ok
finish
