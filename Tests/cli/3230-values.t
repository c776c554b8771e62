#!/bin/sh
# draft-values and draft-manifest without a cluster. On a real Kubernetes: Tests/cluster/3230-releases-of-charts.t.
. "$(dirname "$0")/lib.sh"

cat >kubeconfig <<'K'
current-context: near
contexts: [{name: near, context: {cluster: l}}]
clusters: [{name: l, cluster: {server: 'https://127.0.0.1:1'}}]
K
for pair in values:values manifest:objects; do
  command=${pair%:*}
  exits 66 "$command: podman" "draft-$command" --engine podman web
  like '… stores none' "$(cat "$err")" "draft-$command: podman stores no ${pair#*:} of release 'web'*"
  exits 64 "$command: what is no name" "draft-$command" Web_1
  exits 66 "$command: a directory that is not there" "draft-$command" ./nowhere
  exits 78 "$command: an unknown context" "draft-$command" --kube-context other web
  exits 64 "$command: --revision 0" "draft-$command" --revision 0 web
  like '… is named' "$(cat "$err")" "draft-$command: option '--revision' takes a number from 1, not '0'*"
  export KUBECONFIG="$scratch/kubeconfig"
  exits 69 "$command: a cluster that is down" "draft-$command" web
  exits 1 "$command: one of two" "draft-$command" web Web_1
  is '… and the other' "$(grep -c "^draft-$command: " "$err")" 2
  exits 69 "$command: --write of two" "draft-$command" --write file web other
  is '… writes no file' "$(cat file 2>&1)" 'cat: file: No such file or directory'
  export KUBECONFIG=/dev/null
  exits 0 "$command: no records" sh -c "true | draft-$command"
  echo '{"draft":1,"app":{"name":"a","dir":""},"failure":{"by":"y","code":1,"message":"m"}}' >failed
  exits 1 "$command: a record that has failed" sh -c "draft-$command <failed"
done
exits 64 'manifest: --write of records' draft-manifest --write file -o record web
exits 64 'manifest: -o table' draft-manifest -o table web
finish
