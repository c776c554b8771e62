#!/bin/sh
# draft-instances without a cluster. On a real Kubernetes: Tests/cluster/3230-releases-of-charts.t.
. "$(dirname "$0")/lib.sh"

cat >kubeconfig <<'K'
current-context: near
contexts: [{name: near, context: {cluster: l}}]
clusters: [{name: l, cluster: {server: 'https://127.0.0.1:1'}}]
K
export KUBECONFIG="$scratch/kubeconfig"
exits 69 'a cluster that is down' draft-instances web
exits 78 'an unknown context' draft-instances --kube-context other web
exits 64 '-o yaml' draft-instances -o yaml web
exits 64 'no chart' draft-instances
like '… is told where charts are' "$(cat "$err")" "*'draft charts' lists all*"
exits 64 'two' draft-instances web redis
finish
