#!/bin/sh
# draft-status with podman. With helm, on a real Kubernetes: Tests/cluster.
# shellcheck disable=SC2034 # reading.sh's
real_home=$HOME
. "$(dirname "$0")/lib.sh"
# shellcheck source=Tests/cli/reading.sh
. "$root/Tests/cli/reading.sh"

stage_promises draft-status
if ! podman_release; then
  skip 'the status of a release of podman' 'podman cannot run here'
  finish
  exit
fi
run draft-status "$app"
is 'a directory' \
  "$status $(jq -c '[.app.dir != "", .status.well, .status.pods[0].phase]' "$out")" '0 [true,true,"running"]'
run sh -c "cd / && draft-status $app"
is 'the name of a release, anywhere' "$status $(jq -c '[.app.dir != "", .status.well, .release.revision]' "$out")" \
  '0 [false,true,1]'
run draft-status -o table "$app"
like 'on a terminal' "$(cat "$out")" "$app: OK
  revision 1 deployed, *, chart web-0.1.0, namespace default, podman
  Pod/$app-1 1/1 ready
      $app-1-web running
  Located at: $url"
run draft-status <released
is 'the record of draft-release' "$status $(jq -c '[.status.well, .release.changed, .image.tag]' "$out")" \
  '0 [true,false,"1"]'
podman pod stop -t 0 "$app-1" >/dev/null 2>&1
run draft-status "$app"
is 'a stopped release is not healthy' \
  "$status $(jq -c '[.status.well, .release.status, .status.pods[0].ready]' "$out")" '1 [false,"stopped",false]'
ok '… and is valid' valid_records "$out"
is '… which is not a failure' "$(jq 'has("failure")' "$out")" false
run draft-status nothing-of-this-name
is 'an unknown release' "$status $(jq -c '[.failure.code, .failure.message]' "$out")" \
  "1 [66,\"no release 'nothing-of-this-name' in podman on this machine\"]"
finish
