#!/bin/sh
# draft-target: what the settings and the kubeconfig come to.
. "$(dirname "$0")/lib.sh"
# shellcheck source=Tests/cli/reading.sh
. "$root/Tests/cli/reading.sh"

stage_promises draft-target
mkdir web bin
cat >web/draft.toml <<'EOF'
[environments.development]
registry = "127.0.0.1:5000"
[environments.staging]
namespace = "team"
kube-context = "far"
builder = "docker"
EOF
cat >kubeconfig <<'EOF'
current-context: far
contexts: [{name: far, context: {cluster: c}}, {name: near, context: {cluster: l}}]
clusters: [{name: c, cluster: {server: 'https://10.21.21.21'}}, {name: l, cluster: {server: 'https://127.0.0.1:1'}}]
EOF
run draft-target web
is 'nothing configured: this machine' "$status $(jq -c '.target | del(.engineVersion)' "$out")" \
  '0 {"engine":"podman","allowed":true,"namespace":"default","registry":"127.0.0.1:5000","builder":"buildah"}'
KUBECONFIG=$scratch/kubeconfig
export KUBECONFIG
run draft-target -e staging web
is 'a context that draft.toml names' "$status $(jq -c '.target | [.engine, .context, .contextSource, .server, .allowed, .namespace, .builder]' "$out")" \
  '0 ["helm","far","draft.toml:5","https://10.21.21.21",true,"team","docker"]'
like '… and the version of helm' "$(jq -r .target.engineVersion "$out")" 'v[34].*'
run draft-target web
is 'one that nobody named would be refused' "$(jq -c '.target | [.context, .contextSource, .allowed]' "$out")" '["far","current",false]'
run draft-target --kube-context near --namespace n web
is 'options count for more' "$(jq -c '.target | [.context, .contextSource, .server, .allowed, .namespace]' "$out")" '["near","--kube-context","https://127.0.0.1:1",true,"n"]'
run draft-target --engine podman web
is 'and so does the engine' "$(jq -c '.target | [.engine, .context]' "$out")" '["podman",null]'
run draft-target -o table -e staging web
like 'in words' "$(cat "$out")" 'application  web, environment staging
engine       helm v*
context      far (draft.toml:5)
cluster      https://10.21.21.21
namespace    team
registry     none: images are not pushed
builder      docker'
run draft-target -o table web
like '… and the refusal' "$(sed -n 3p "$out")" 'context      far (current), not plainly local: *--kube-context*'
run env PATH="$DRAFT_BIN:$scratch/bin" draft-target web
is 'without helm' "$(jq -c '.target.engineVersion' "$out")" null
run env DRAFT_REMOTE=ssh://build draft-target web
is 'the server of draft remote' "$(jq -c '.target | [.remote, .remoteImage, .remoteTrouble]' "$out")" '["ssh://build",null,null]'
run env DRAFT_REMOTE=kube draft-target web
like '… in a cluster nobody named' "$(jq -r .target.remoteTrouble "$out")" "*far*not*local*" || note "$(cat "$out")"
run env DRAFT_REMOTE=kube draft-target --kube-context near -o table web
like '… in one that does not answer' "$(tail -n 1 "$out")" "remote       kube: cannot reach the server at 'kube:draft'*"
echo 'a: [' >broken
run env KUBECONFIG="$scratch/broken" draft-target web
is 'a kubeconfig that is broken' "$(jq -c .failure.code "$out")" 78
finish
