#!/bin/sh
# draft-charts, and draft-release of a chart, without a cluster. On a real Kubernetes:
# Tests/cluster/3230-releases-of-charts.t.
. "$(dirname "$0")/lib.sh"

cat >kubeconfig <<'K'
current-context: near
contexts: [{name: near, context: {cluster: l}}, {name: far, context: {cluster: f}}]
clusters: [{name: l, cluster: {server: 'https://127.0.0.1:1'}}, {name: f, cluster: {server: 'https://192.0.2.1:6443'}}]
K
mkdir -p web/templates
printf 'apiVersion: v2\nname: web\nversion: 0.1.0\n' >web/Chart.yaml
failure() { jq -r '[.failure.code, .failure.message] | map(tostring) | join(",")' "$out"; }

export KUBECONFIG="$scratch/kubeconfig"
run draft-release --name mine web
like 'a chart goes to the cluster' "$status $(failure)" "1 69,cannot reach the cluster at 'https://127.0.0.1:1': *"
is '… by its name' "$(jq -r '[.app.name, .app.dir, .chart.name] | join(" ")' "$out")" 'mine  web'
is '… and says what it is called' "$(grep Uploading "$err")" '--> Uploading web as localchart/web-0.1.0.tgz'
run draft-release web
like '… or by a random one' "$(jq -r .app.name "$out")" '*-*'
like '… which is another each time' "$(jq -r .app.name "$out") $(draft-release web 2>/dev/null | jq -r .app.name)" '* *'
run draft-release --engine podman --name mine web
is 'podman runs no charts' "$status $(failure)" \
  "1 78,there is no cluster for release 'mine', and podman runs applications only"
printf 'a: 1\n' >plain.yaml
printf '# what it is\n# chart: ./web\na: 1\n' >named.yaml
run draft-release -f plain.yaml
is 'values that name no chart' "$status $(head -n 1 "$err")" "64 draft-release: 'plain.yaml' does not name its chart"
run draft-release --name mine -f named.yaml
is 'values that do' "$(jq -c '[.chart.name, .values.files[0].path]' "$out")" "[\"web\",\"$scratch/named.yaml\"]"
exits 66 'values that are not there' draft-release -f nowhere.yaml web
exits 64 '--name that is none' draft-release --name Mine web
exits 64 '--name of two' draft-release --name mine web web
printf 'name = "web"\n' >web/draft.toml
run draft-release web
is 'a directory with draft.toml is an application' "$(jq -r .app.dir "$out")" "$scratch/web"
rm web/draft.toml
run draft-release nobody/web
like 'a repository that helm does not know' "$status $(jq -r .failure.message "$out")" "1 *nobody*"

exits 69 'charts: a cluster that is down' draft-charts
exits 78 '… an unknown context' draft-charts --kube-context other
exits 64 '… -o yaml' draft-charts -o yaml
exits 64 '… an operand' draft-charts web
like '… is told who takes one' "$(cat "$err")" "*'draft instances CHART'*"
finish
