#!/bin/sh
# draft-redeploy without a cluster. On a real Kubernetes: Tests/cluster.
. "$(dirname "$0")/lib.sh"
# shellcheck source=Tests/cli/reading.sh
. "$root/Tests/cli/reading.sh"

stage_promises draft-redeploy
run draft-redeploy --engine podman web
is 'podman keeps no chart' "$status $(jq -c '[.failure.code, .failure.message]' "$out")" \
  "1 [66,\"podman stores no chart of release 'web'\"]"
for number in 0 x; do
  run draft-redeploy --revision $number web
  is "--revision $number" "$(jq -c .failure.code "$out")" 64
done
cat >kubeconfig <<'EOF'
current-context: far
contexts: [{name: far, context: {cluster: c}}, {name: near, context: {cluster: l}}]
clusters: [{name: c, cluster: {server: 'https://192.0.2.1:6443'}}, {name: l, cluster: {server: 'https://127.0.0.1:1'}}]
EOF
run env KUBECONFIG="$scratch/kubeconfig" draft-redeploy web
is 'a context that is not plainly local is refused' "$(jq -c '[.failure.code, .failure.message]' "$out")" \
  "[78,\"kube context 'far' is not plainly local: its server is 'https://192.0.2.1:6443'\"]"
run env KUBECONFIG="$scratch/kubeconfig" draft-redeploy --kube-context near web
like 'a cluster that is down' "$(jq -c '[.failure.code, .failure.message]' "$out")" \
  "?69,\"cannot reach the cluster at 'https://127.0.0.1:1': *"
run env KUBECONFIG="$scratch/kubeconfig" draft-redeploy --kube-context near -f nowhere.yaml web
is 'a missing values file' "$(jq -c .failure.code "$out")" 66
exits 66 '… that is to name the releases' draft-redeploy -f nowhere.yaml </dev/null
finish
