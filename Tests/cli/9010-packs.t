#!/bin/sh
# Each shipped pack, on the example it carries: create, up, and the application answers. The base images come from Debian packages.
. "$(dirname "$0")/lib.sh"
export CONTAINERS_CONF="$root/Tests/fixtures/containers/containers.conf"
# shellcheck disable=SC2317 # called by the trap
clean_up() {
  for pack in python javascript go; do
    podman pod ls -q --filter "label=draft=$pack-$$" | xargs -r podman pod rm -f >/dev/null 2>&1
    buildah images -q "localhost/$pack-$$" 2>/dev/null | sort -u | xargs -r buildah rmi -f >/dev/null 2>&1
  done
  cd /
  rm -rf "$scratch"
}
trap clean_up EXIT

for pack in python javascript go; do
  case $pack in javascript) base=node ;; *) base=$pack ;; esac
  "$root/Tests/base-image" $base >/dev/null || { echo "Bail out! no base image"; exit 1; }
  app=$scratch/$pack-$$
  cp -r "$root/packs/$pack/example" "$app"
  run draft create "$app"
  is "$pack: create" "$status $(jq -r .pack.name "$out")" "0 $pack"
  printf '\n    [environments.development.image-build-args]\n      BASE = "localhost/draft-test/%s"\n' $base >>"$app/draft.toml"
  run draft up "$app"
  is "$pack: up" "$status" 0 || note "$(tail -n 20 "$err")"
  is "$pack: the example answers" "$(curl -sS --retry 5 --retry-connrefused "$(jq -r '.release.urls[0]' "$out")")" "Hello, World!"
  is "$pack: not as root, on a root it cannot write to" "$(podman ps -q --filter "label=draft=$pack-$$" | xargs podman inspect |
    jq -c '[.[] | select(.IsInfra | not) | [.Config.User, .HostConfig.ReadonlyRootfs]][0]')" '["10001:10001",true]'
done
finish
