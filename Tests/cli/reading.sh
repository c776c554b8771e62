# Sourced by the tests of commands that take the name of a release.
#   stage_promises COMMAND    the rules of draft-records(5), as 0000-protocol.t tests them for the stages of the pipe
#   podman_release            runs $app in podman, at $url, from an image with the tag 1; fails if podman cannot run
# shellcheck shell=sh disable=SC2154 # lib.sh's
stage_promises() {
  failed='{"draft":1 , "app":{"name":"a","dir":"/x"},"failure":{"by":"y","code":1,"message":"m"}}'
  run "$1" </dev/null
  is "$1: an empty stream is nothing to do" "$status$(cat "$out" "$err")" 0
  printf '%s\n' "$failed" >lines
  run "$1" <lines
  is "$1: a line that has failed passes as it is" "$status $(cat "$out")" "1 $failed"
  printf '%s\n%s' "$failed" "$failed" >lines
  run "$1" <lines
  is "$1: a truncated line" "$status" 65
  echo '{"draft":1}' >lines
  run "$1" <lines
  is "$1: a line without an application" "$(jq -c .failure.code "$out")" 65
  exits 66 "$1: a directory that is not there" "$1" ./nowhere
  [ "$1" = draft-target ] || {
    exits 64 "$1: what is no name" "$1" Web_1
    echo '{"draft":1,"app":{"name":"--all","dir":""}}' >lines
    run "$1" <lines
    is "$1: a name that would be an option" "$(jq -c .failure.code "$out")" 64
    echo '{"draft":1,"app":{"name":"a","dir":"","namespace":"--all-namespaces"}}' >lines
    run "$1" <lines
    is "$1: a namespace that would be an option" "$(jq -c .failure.code "$out")" 65
  }
  exits 64 "$1: --engine docker, which there is not" "$1" --engine docker .
  run "$1" --kube-context other .
  is "$1: --kube-context other, which there is not" "$status $(jq -c .failure.code "$out")" '1 78'
}

podman_release() {
  cache=${DRAFT_TEST_CACHE:-${real_home:-/root}/.cache/draft-test}
  export DRAFT_TEST_CACHE="$cache"
  export CONTAINERS_CONF="$root/Tests/fixtures/containers/containers.conf" \
    CONTAINERS_REGISTRIES_CONF="$root/Tests/fixtures/containers/registries.conf"
  if ! podman info >/dev/null 2>&1 || ! "$root/Tests/base-image" busybox >/dev/null 2>&1; then return 1; fi
  app=reading-$$
  trap 'podman_remove; cd /; rm -rf "$scratch"' EXIT
  echo one >page
  container=$(buildah from localhost/draft-test/busybox) &&
    buildah add -q "$container" page /www/index.html >/dev/null &&
    buildah config --entrypoint '["/bin/busybox","httpd","-f","-p","8080","-h","/www"]' "$container" &&
    buildah commit -q --rm "$container" "localhost/$app:1" >/dev/null
  mkdir -p "$app"
  cp -r "$root/Tests/fixtures/charts/web" .
  echo 'appVersion: "1.2"' >>web/Chart.yaml
  tar -czf chart.tgz web
  jq -cn --arg app "$app" --arg dir "$scratch/$app" \
    --arg chart "$scratch/chart.tgz" --arg digest "sha256:$(sha256sum chart.tgz | cut -d' ' -f1)" \
    --argjson size "$(stat -c %s chart.tgz)" '{draft: 1, app: {name: $app, dir: $dir},
      chart: {path: $chart, mediaType: "application/gzip", digest: $digest, size: $size, name: "web", version: "0.1.0",
        appVersion: "1.2"},
      image: {repository: $app, tag: "1", store: "containers-storage"}}' >line
  draft-release <line >released 2>"$err"
  url=$(jq -r '.release.urls[0]' released)
  is 'an application that podman runs' "$(curl -s -m 5 "$url")" one
}
podman_remove() {
  pods=$(podman pod ps -q --filter "label=draft=$app" 2>/dev/null)
  # shellcheck disable=SC2086 # a list
  [ -z "$pods" ] || podman pod rm -f -t 0 $pods >/dev/null 2>&1
  buildah rmi -f "localhost/$app:1" >/dev/null 2>&1
}
