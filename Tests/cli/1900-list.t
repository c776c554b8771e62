#!/bin/sh
# draft-list with podman. With helm, on a real Kubernetes: Tests/cluster.
# shellcheck disable=SC2034 # reading.sh's
real_home=$HOME
. "$(dirname "$0")/lib.sh"
# shellcheck source=Tests/cli/reading.sh
. "$root/Tests/cli/reading.sh"

exits 64 'no operand' draft-list web
exits 64 'an unknown engine' draft-list --engine docker
exits 78 'an unknown context' draft-list --kube-context other
exits 78 'an invalid namespace' env DRAFT_NAMESPACE=--all draft-list
exits 64 'an unknown output format' draft-list --engine podman -o xml
if ! podman_release; then
  skip 'releases of podman' 'podman cannot run here'
  finish
  exit
fi
run draft-list
is 'releases of podman are listed' "$status $(jq -c --arg app "$app" \
    'select(.app.name == $app) | .release | [.revision, .status, .chart, .appVersion, .engine, .urls[0]]' "$out")" \
  "0 [1,\"deployed\",\"web-0.1.0\",\"1.2\",\"podman\",\"$url\"]"
like '… with their time' "$(jq -r --arg app "$app" 'select(.app.name == $app) | .release.updated' "$out")" \
  "$(date -u +%Y-%m-%d)T*Z"
# shellcheck disable=SC2016 # a script of bash
is '… and completed by the shell' "$(cd / && DRAFT_ENGINE=podman bash -c 'source "$0"
  COMP_WORDS=(draft status "$1") COMP_CWORD=2; _draft; echo "${COMPREPLY[@]}"' \
  "$root/completions/draft.bash" "$(printf %.9s "$app")" |
  tr ' ' '\n' | grep -xF -e "$app")" "$app"
run draft-list -o table
like 'in a table' "$(grep -e NAME -e "$app" "$out")" "NAME *
$app *default *1 *deployed *web-0.1.0 *1.2"
is '… not in another namespace' "$(draft-list --namespace team | grep -c "$app")" 0
is '… but with --all-namespaces' "$(draft-list --namespace team -A | grep -c "$app")" 1
is 'the namespace of draft.toml is that of the directory' "$(mkdir -p in &&
    cd in && printf '[environments.development]\nnamespace = "team"\n' >draft.toml && draft-list | grep -c "$app")" 0
run sh -c "draft-list | grep '\"$app\"' | draft-status | draft-history"
is 'the members are those of --describe' "$(jq -r 'keys - ["draft"] | join(" ")' "$out")" \
  "$(for command in list status history; do draft-$command --describe; done |
    jq -rs 'map(.writes.members[]) | unique | join(" ")')"
run draft-list -o record
is 'the records can be piped to stages'"'"' lines' \
  "$(grep "\"$app\"" "$out" | draft-status | jq -c '[.release.name, .status.well]')" "[\"$app\",true]"
finish
