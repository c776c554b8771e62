#!/bin/sh
# draft-sync where nothing can be copied, and later stages with a record that it has handled. Copying is tested on
# Kubernetes: Tests/cluster/2300-sync.t.
. "$(dirname "$0")/lib.sh"
mkdir -p web/charts/web
printf 'FROM scratch\nCOPY . /\n' >web/Dockerfile
printf 'name: web\nversion: 0.1.0\n' >web/charts/web/Chart.yaml
why() { jq -r '"\(.sync.how): \(.sync.why)"' "$out"; }

run draft-sync web
ok 'its records are valid' valid_records "$out"
is 'podman runs it: needs a build' "$status $(why)" \
  '0 build: it runs in podman, and files are copied only into pods of Kubernetes'
is '… with a message' "$(cat "$err")" \
  "--> 'web' needs a build: it runs in podman, and files are copied only into pods of Kubernetes"
is '… packed on the way' "$(jq -r 'keys_unsorted | join(" ")' "$out")" 'draft app context chart sync'
run draft-sync -q web
is '… not with -q' "$(cat "$err")" ''
is 'the tree is that of the context' "$(jq '.sync.tree == .context.tree' "$out")" true
cat >kubeconfig <<'Y'
apiVersion: v1
kind: Config
current-context: local
clusters: [{name: c, cluster: {server: "https://127.0.0.1:9"}}]
users: [{name: u, user: {}}]
contexts: [{name: local, context: {cluster: c, user: u}}]
Y
run env KUBECONFIG="$scratch/kubeconfig" draft-sync web
like 'a cluster that does not answer: needs a build, draft-release reports it' "$status $(why)" \
  "0 build: cannot reach the cluster at 'https://127.0.0.1:9': *"
draft-pack web | jq -c '.change = {sequence: 0, paths: []}' >first
run draft-sync <first
is 'the first record of a watch' "$(why)" 'build: the first record of a watch is always built and released'
sed 's/server: .*/server: "https:\/\/cluster.example:6443"}}]/' kubeconfig >far
run env KUBECONFIG="$scratch/far" draft-sync web
like 'a cluster that was not named' "$(why)" "build: kube context 'local' is not plainly local*"

exits 64 'a signal that would end the program' draft-sync --signal KILL web
is '… is reported' "$(head -n 1 "$err")" "draft-sync: option '--signal' is HUP, USR1, USR2 or WINCH, not 'KILL'"
exits 66 'a missing directory' draft-sync nosuch
run draft-sync --restart=x web
is 'an option with an unknown value' "$status" 64
exits 64 'draft up: not with a server' draft-up --sync --remote local web
like '… is reported' "$(cat "$err")" \
  "draft-up: option '--sync' cannot be used with '--remote' or the setting 'remote'*"
exits 64 '… which may be set in the environment' env DRAFT_REMOTE=local draft-up --sync web
draft-config set remote local
exits 64 '… or in the configuration' draft-up --sync web
draft-config unset remote

# A record that was handled is passed on unchanged, and nothing is done.
draft-pack web | jq -c '.sync = {how: "sync", why: "x", tree: .context.tree}' >synced
for stage in build push release tasks remote; do
  status=0
  draft-$stage <synced >"$out" 2>"$err" || status=$?
  is "draft-$stage passes it on" "$status $(cmp synced "$out") $(cat "$err")" '0  '
done
jq -c '.sync.how = "unchanged"' synced >unchanged
run draft-build <unchanged
is '… also if unchanged' "$status $(cmp unchanged "$out")" '0 '
jq -c '.sync.tree = "sha256:0"' synced >other
DRAFT_BUILDER=nosuch draft-build <other >"$out" 2>"$err"
is '… not for another tree' "$(jq -r .failure.by "$out")" draft-build
jq -c '.sync.how = "teleport"' synced >unknown
DRAFT_BUILDER=nosuch draft-build <unknown >"$out" 2>"$err"
is '… nor from a later version' "$(jq -r .failure.by "$out")" draft-build
jq -c 'del(.context)' synced >bare
DRAFT_BUILDER=nosuch draft-build <bare >"$out" 2>"$err"
is '… nor without a context' "$(jq -r .failure.by "$out")" draft-build
finish
