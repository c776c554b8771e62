#!/bin/sh
# Charts without helm on PATH: what podman would be given, and 'draft up' on podman; a chart that makes keys is refused.
cache=${DRAFT_TEST_CACHE:-${HOME:-/root}/.cache/draft-test}
. "$(dirname "$0")/lib.sh"
export DRAFT_TEST_CACHE="$cache" CONTAINERS_CONF="$root/Tests/fixtures/containers/containers.conf" \
  CONTAINERS_REGISTRIES_CONF="$root/Tests/fixtures/containers/registries.conf"
without=
IFS=:
for element in $PATH; do [ -x "$element/helm" ] || without=$without${without:+:}$element; done
unset IFS
PATH=$without
is 'there is no helm' "$(command -v helm)" ''

app=no-helm-$$
mkdir -p "$app/www"
printf 'FROM localhost/draft-test/busybox\nCOPY www /www\nEXPOSE 8080\n' >"$app/Dockerfile"
# shellcheck disable=SC2016 # the image's own
echo 'CMD ["/bin/busybox", "httpd", "-f", "-p", "8080", "-h", "/www"]' >>"$app/Dockerfile"
echo one >"$app/www/index.html"
exits 0 'draft create' draft create -q "$app"
# Trust goes by the directory.
mkdir copy
cp -r "$app" copy/
exits 0 'what the chart uses of this machine is known' draft trust --show --engine podman "copy/$app"
chart=copy/$app/charts/$app/templates
printf 'spec: [\n' >"$chart/bad.yaml"
exits 65 'a chart that is no YAML' draft trust --show --engine podman "copy/$app"
like '… is told as by helm' "$(cat "$err")" "*chart 'charts/$app' does not render: YAML parse error on $app/templates/bad.yaml: *"
echo '{{ fail "not like this" }}' >"$chart/bad.yaml"
exits 65 'a chart that fails' draft trust --show --engine podman "copy/$app"
like '… is told as by helm' "$(cat "$err")" \
  "*chart 'charts/$app' does not render: execution error at ($app/templates/bad.yaml:1:3): not like this*"
printf 'a: b\nc: {{ genCA "a" 1 | toYaml | quote }}\n' >"$chart/bad.yaml"
exits 69 'a chart that makes keys' draft trust --show --engine podman "copy/$app"
is '… needs helm, and says why' "$(cat "$err")" \
  "draft-trust: the chart cannot be rendered without helm: genCA at $app/templates/bad.yaml:2
  install helm: what the function gives is different each time, or known only to helm"

clean_up() {
  podman pod ls -q --filter "label=draft=$app" | xargs -r podman pod rm -f -t 0 >/dev/null 2>&1
  buildah images -q "localhost/$app" 2>/dev/null | sort -u | xargs -r buildah rmi -f >/dev/null 2>&1
  cd /
  rm -rf "$scratch"
}
if ! podman info >/dev/null 2>&1 || ! "$root/Tests/base-image" busybox >/dev/null 2>&1; then
  skip 'draft up' 'podman cannot run here'
  finish
  exit
fi
trap clean_up EXIT
cp "$chart/bad.yaml" "$app/charts/$app/templates/"
failure() { jq -r '"\(.failure.code) \(.failure.by) \(.failure.message)"' "$out"; }
run draft up --no-auto-connect "$app"
is 'draft up refuses a chart that makes keys' "$status $(failure)" \
  "1 69 draft-release the chart cannot be rendered without helm: genCA at $app/templates/bad.yaml:2"
is '… before it creates anything' "$(podman pod ps -q --filter "label=draft=$app")" ''
rm "$app/charts/$app/templates/bad.yaml"
run draft up --no-auto-connect "$app"
is 'draft up without helm' "$status $(jq -c '[.release.engine, .release.changed, .failure]' "$out")" \
  '0 ["podman",true,null]'
url=$(jq -r '.release.urls[0]' "$out")
is '… runs the application' "$(curl -sS --retry 5 --retry-connrefused --retry-delay 1 "$url/index.html")" one
echo two >"$app/www/index.html"
run draft up --no-auto-connect "$app"
is '… and again after a change' "$status $(curl -sS --retry 5 --retry-connrefused --retry-delay 1 "$url/index.html")" \
  '0 two'
run draft up --no-auto-connect "$app"
is '… and does nothing without one' "$status $(jq -c .release.changed "$out")" '0 false'
finish
