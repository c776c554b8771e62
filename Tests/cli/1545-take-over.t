#!/bin/sh
# Releases of others, with podman; with helm: Tests/cluster/1530-take-over.t.
# shellcheck disable=SC2034 # reading.sh's
real_home=$HOME
. "$(dirname "$0")/lib.sh"
# shellcheck source=Tests/cli/reading.sh
. "$root/Tests/cli/reading.sh"

if ! podman_release; then
  skip 'the release of somebody else in podman' 'podman cannot run here'
  finish
  exit
fi
told() { jq -c '.release | [.revision, .changed]' "$out"; }
failure() { jq -r '[.failure.code, .failure.message] | map(tostring) | join(",")' "$out"; }
me=$(id -un)@$(hostname)
run draft-release <line
is 'the same from the same directory' "$status $(told)" '0 [1,false]'
not_ok '… prints nothing' grep 'was made by' "$err"
mkdir -p "other/$app"
jq -c --arg dir "$scratch/other/$app" '.app.dir = $dir' line >elsewhere
run draft-release <elsewhere
like 'the same from another directory: reports the owner, does nothing' "$status $(told) $(cat "$err")" \
  "0 ?1,false? *Release \"$app\" was made by $me:$scratch/$app: revision 1 of chart web-0.1.0, 20*Z
*nothing to do*"
run env DRAFT_EXCLUSIVE=true draft-release --set greeting=other <elsewhere
like 'the setting exclusive refuses it' "$status $(failure)" \
  "1 77,release '$app' was made by $me:$scratch/$app: revision 1 of chart web-0.1.0, 20*Z"
like '… with a hint' "$(jq -r .failure.hint "$out")" '*--take-over *'
run draft-release --set greeting=other <elsewhere
like 'a change from another directory: reports the owner and releases' "$status $(told) $(cat "$err")" \
  "0 ?2,true? *Release \"$app\" was made by $me:$scratch/$app: *"
run env DRAFT_EXCLUSIVE=true draft-release --set greeting=other <elsewhere
is '… which is then the owner' "$status $(told)" '0 [2,false]'
mkdir another
cp -r web another/web-2
sed -i 's/^name: .*/name: web-2/' another/web-2/Chart.yaml
tar -C another -czf another.tgz web-2
jq -c --arg path "$scratch/another.tgz" \
  --arg digest "sha256:$(sha256sum another.tgz | cut -d' ' -f1)" --argjson size "$(stat -c %s another.tgz)" \
  '.chart += {path: $path, digest: $digest, size: $size, name: "web-2"}' line >chart
run draft-release <chart
like 'another chart is refused' "$status $(failure)" \
  "1 77,release '$app' is not of chart 'web-2': revision 2 of chart web-0.1.0, 20*Z, by $me:$scratch/other/$app"
run draft-release --take-over <chart
is '… --take-over releases it' "$status $(told)" '0 [3,true]'
finish
