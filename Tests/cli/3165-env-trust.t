#!/bin/sh
# A kube context that a file of environments names is used like one that draft.toml names: only if the directory is
# trusted, the cluster is plainly on this machine, or the user has named the context.
. "$(dirname "$0")/lib.sh"
mkdir -p bin repo/clusters
cat >bin/kubectl <<'EOT'
#!/bin/sh
case $* in *apply*) cat >/dev/null; echo 'configmap/a created'; echo "$*" >>"$LOG" ;; esac
EOT
chmod +x bin/kubectl
PATH=$scratch/bin:$PATH LOG=$scratch/log KUBECONFIG=$scratch/kubeconfig
export PATH LOG KUBECONFIG
cat >kubeconfig <<'EOT'
contexts:
  - {name: far, context: {cluster: f}}
  - {name: near, context: {cluster: here}}
  - {name: other, context: {cluster: f}}
clusters:
  - {name: f, cluster: {server: 'https://203.0.113.9'}}
  - {name: here, cluster: {server: 'https://127.0.0.1:1'}}
EOT
environments() { # FILE CONTEXT
  cat >"$1" <<EOT
environments:
  - &one
    name: prod
    provider: {existingContext: {contextName: $2}}
    kubeNamespace: default
    releases: [{name: objects, resourceFiles: [objects.yaml]}]
  - {<<: *one, name: test, provider: {existingContext: {contextName: near}}}
EOT
}
cd repo || exit 1
repo=$PWD
printf 'kind: ConfigMap\nmetadata: {name: a}\n' | tee clusters/objects.yaml >objects.yaml
environments environments.yaml far
release() { draft env -q "$@" | draft release -q; }
failure() { release "$@" >"$out" 2>"$err"; jq -c '[.failure.code, .failure.message]' "$out"; }

is 'a context of a repository' "$(failure prod)" \
  "[77,\"'$repo' is not trusted: it releases to kube context 'far', https://203.0.113.9 (environment 'prod')\"]"
like 'says how to allow it' "$(cat "$err")" "*run 'draft trust *repo'*"
not_ok 'nothing was applied' test -e "$LOG"
exits 1 'an operand of release' draft release prod/objects
is 'is the same' "$(jq .failure.code "$out")" 77
(cd / && draft env -q -f "$repo/environments.yaml" prod) >line
exits 1 'the line elsewhere' draft release <line
jq -c 'del(.app.declaredIn)' line >mine
exits 0 'a context that the user has in a line' draft release -q <mine
exits 0 'or names' sh -c 'draft env -q prod | draft release -q --kube-context far'
exits 0 'or has in the environment' env DRAFT_KUBE_CONTEXT=far sh -c 'draft env -q prod | draft release -q'
exits 0 'a cluster on this machine' release test
exits 1 'draft trust --show' draft trust --show
is 'shows it' "$(cat "$out")" "'$repo' is not trusted:
  releases to kube context 'far', https://203.0.113.9 (environment 'prod')"
exits 0 'draft trust' draft trust
exits 0 'allows it' release prod
environments environments.yaml other
is 'but no other context' "$(failure prod | jq '.[0]')" 77
environments clusters/all.yaml far
failure -f clusters/all.yaml prod >/dev/null
like 'a file of another name is named' "$(jq -r .failure.hint "$out")" \
  "*run 'draft trust -f *clusters/all.yaml* *clusters*'*"
exits 0 'as it says' draft trust -f clusters/all.yaml
exits 0 'allows that' release -f clusters/all.yaml prod
jq -c '.app.declaredIn = "x"' line >relative
run draft release <relative
is 'a path that is not absolute' "$(jq .failure.code "$out")" 65
exits 0 'DRAFT_TRUST is for CI' env DRAFT_TRUST=1 sh -c 'draft env -q prod | draft release -q'
finish
