#!/bin/sh
# The answer of the URL of a release: one GET after a release that has changed something, and by draft-status. URLs of
# helm use the same function: see Tests/cluster.
# shellcheck disable=SC2034 # reading.sh's
real_home=$HOME
. "$(dirname "$0")/lib.sh"
# shellcheck source=Tests/cli/reading.sh
. "$root/Tests/cli/reading.sh"
if ! podman_release; then
  skip 'what a release of podman answers' 'podman cannot run here'
  finish
  exit
fi
is 'the answer is in the record' "$(jq -c .release.answers released)" "[{\"url\":\"$url\",\"status\":200}]"
# serve SCRIPT    a release whose port runs the script for each connection, after reading the request
serve() {
  run draft-release --set \
    "command={/bin/busybox,nc,-ll,-p,8080,-e,/bin/busybox,sh,-c,busybox head -n 1 >/dev/null; $1}" <line
}
told() { grep -- "--> $app" "$err"; }

serve 'echo HTTP/1.0 500 Oops; echo; echo no'
is 'a 500 is not a failure, and is in the record' "$status $(jq -c '[.release.changed, .release.answers]' "$out")" \
  "0 [true,[{\"url\":\"$url\",\"status\":500}]]"
is '… and is reported' "$(told)" "--> $app answers 500 at $url: draft logs $app"
run draft-status "$app"
is 'draft-status sends a request' "$status $(jq -c '[.status.well, .release.answers[0].status]' "$out")" '0 [true,500]'
run draft-status -o table "$app"
like '… and reports the answer' "$(cat "$out")" "*Located at: $url, answers 500: draft logs $app*"

serve 'echo HTTP/1.0 404 No; echo'
is 'a 404 is reported' "$(jq -c '.release.answers[0].status' "$out") $(told)" \
  "404 --> $app answers 404 at $url: draft logs $app"
serve "echo HTTP/1.0 302 There; echo Location: ${url}other; echo"
is 'a redirect is not followed' "$(jq -c '.release.answers' "$out") $(told)" \
  "[{\"url\":\"$url\",\"status\":302}] --> $app answers at $url"
serve 'echo HTTP/1.0 200 Well; echo; sleep 100'
is 'an answer without an end: its status is reported' "$(jq -c '.release.answers[0].status' "$out")" 200
serve 'echo hello'
is 'a server that does not speak HTTP is reported as a port' \
  "$status $(jq -c '[.release.answers, .release.urls]' "$out")" \
  "0 [null,[\"$url\"]]"
is '… without an answer' "$(told)" "--> $app is at $url, which does not answer a GET"
run draft-release --no-wait --set 'command={/bin/busybox,sleep,60}' <line
is 'with --no-wait no request is sent' "$(jq -c '.release.answers' "$out") $(told)" \
  "null --> $app will answer at $url"
finish
