#!/bin/sh
# draft-doctor on a real cluster: all is well; a release that is stuck; somebody who may see nothing.
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
like 'the cluster answers' "$(state cluster)" "ok answers: Kubernetes v$(kubectl version -o json | jq -r .serverVersion.gitVersion | tr -d v)"
like 'helm, and its version' "$(state helm)" "ok $(helm version --template '{{.Version}}')"
like 'the size of the release' "$(state secrets)" 'ok the largest release is stored in [0-9]* KiB, of 1024 there may be'
is 'the registry answers' "$(state registry)" "ok '$REGISTRY' answers, and wants no login"
kubectl label secret sh.helm.release.v1.web.v1 status=pending-upgrade --overwrite >/dev/null
doctor
like 'a release that is stuck' "$status $(state releases)" "1 *failure 'web' in namespace '$namespace' is pending-upgrade at revision 1*"
doctor --kube-context nobody
like 'somebody who may see no releases' "$(state releases)" "warning may not be read in namespace '$namespace'"
finish
