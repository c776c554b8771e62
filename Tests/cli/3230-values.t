#!/bin/sh
# draft-values without a cluster. On a real Kubernetes: Tests/cluster/3230-releases-of-charts.t.
. "$(dirname "$0")/lib.sh"

cat >kubeconfig <<'K'
current-context: near
contexts: [{name: near, context: {cluster: l}}]
clusters: [{name: l, cluster: {server: 'https://127.0.0.1:1'}}]
K
exits 66 'podman' draft-values --engine podman web
like '… stores none' "$(cat "$err")" "draft-values: podman stores no values of release 'web'*"
exits 64 'what is no name' draft-values Web_1
exits 66 'a directory that is not there' draft-values ./nowhere
exits 78 'an unknown context' draft-values --kube-context other web
exits 64 '--revision 0' draft-values --revision 0 web
like '… is named' "$(cat "$err")" "draft-values: option '--revision' takes a number from 1, not '0'*"
exits 0 'no records' sh -c 'true | draft-values'
echo '{"draft":1,"app":{"name":"a","dir":""},"failure":{"by":"y","code":1,"message":"m"}}' >failed
exits 1 'a record that has failed' sh -c 'draft-values <failed'

export KUBECONFIG="$scratch/kubeconfig"
exits 69 'a cluster that is down' draft-values web
exits 1 'one of two' draft-values web Web_1
is '… and the other' "$(grep -c '^draft-values: ' "$err")" 2
exits 69 '--write of two' draft-values --write file web other
is '… writes no file' "$(cat file 2>&1)" 'cat: file: No such file or directory'
finish
