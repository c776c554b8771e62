#!/bin/sh
# draft-history with podman. With helm, on a real Kubernetes: Tests/cluster.
# shellcheck disable=SC2034 # reading.sh's
real_home=$HOME
. "$(dirname "$0")/lib.sh"
# shellcheck source=Tests/cli/reading.sh
. "$root/Tests/cli/reading.sh"

stage_promises draft-history
if ! podman_release; then
  skip 'the history of a release of podman' 'podman cannot run here'
  finish
  exit
fi
run draft-history "$app"
is 'the revision that runs' \
  "$status $(jq -c '.history.revisions | map([.revision, .status, .chart, .buildID])' "$out")" \
  '0 [[1,"deployed","web-0.1.0","1"]]'
ok '… is valid' valid_records "$out"
run draft-release --set greeting=again <line
run draft-history -o table "$app"
like 'podman keeps no earlier revisions' "$(cat "$out")" 'REVISION *
2 *deployed *web-0.1.0 *1.2 *1 *released by draft'
for number in 0 -1 all; do exits 1 "--max $number" draft-history --max=$number "$app"; done
finish
