#!/bin/sh
# A save made while the API server is away is done when it is back, without another one.
# shellcheck source=Tests/cluster/lib.sh
. "$(dirname "$0")/lib.sh"
needs own api
namespace away
app=away-$$
mkdir app
tar -C "$root/Tests/fixtures/charts" -czf web.tgz web
record() { # TAG [SEQUENCE]: with a sequence, as draft-watch writes it
  jq -cn --arg app "$app" --arg dir "$scratch/app" --arg namespace "$namespace" --arg chart "$scratch/web.tgz" --arg tag "$1" --argjson sequence "${2:-null}" \
    --arg digest "sha256:$(sha256sum web.tgz | cut -d' ' -f1)" --argjson size "$(stat -c %s web.tgz)" \
    '{draft: 1, app: {name: $app, dir: $dir, namespace: $namespace}, image: {repository: "registry.test/web", tag: $tag, store: "containers-storage"},
      chart: {path: $chart, mediaType: "application/gzip", digest: $digest, size: $size, name: "web", version: "0.1.0"}}
      | if $sequence == null then . else .change = {sequence: $sequence, paths: []} end'
}
lines() { [ "$(wc -l <released)" -ge "$1" ]; }
waits() { [ "$(grep -c 'this waits until it answers' words)" -ge "$1" ]; }
revisions() { helm history "$1" -o json 2>/dev/null | jq length; }
has() { [ "$(revisions "$app")" = "$1" ]; }

# draft-release in a pipe that stays.
mkfifo pipe
draft-release --no-wait <pipe >released 2>words &
pid=$!
exec 4>pipe
record one 0 >&4
ok 'a pipe that stays: the first line is released' await lines 1
node api down
record two 1 >&4
ok 'a line that comes while the API server is away waits, and says so' await waits 1
like '… in a sentence' "$(grep -A1 warning words)" "draft-release: warning: cannot reach the cluster at 'https://127.0.0.1:*': *
  this waits until it answers; a later change takes its place"
record three 2 >&4
ok 'so does the next' await waits 2
node api up
ok '… which is released when it is back, without another save' await lines 2
is '… and not the one before it' "$(jq -c '[.image.tag, .release.revision, .release.changed]' released | tr '\n' ' ')" '["one",1,true] ["three",2,true] '
is '… each was told once' "$(grep -c 'this waits' words)" 2
record four 3 >&4
ok 'the next one is released as ever' await lines 3
node api down
record five 4 >&4
ok 'one waits' await waits 3
exec 4>&-
code=0
wait $pid || code=$?
is '… and fails when the pipe ends' "$code $(tail -n 1 released | jq -r '[.image.tag, .failure.code] | map(tostring) | join(" ")')" '1 five 69'
run draft-release --no-wait -q <<END
$(record six)
END
is 'a line that nobody watches fails at once' "$status $(jq .failure.code "$out") $(grep -c waits "$err")" '1 69 0'
node api up

# The whole of it.
"$root/Tests/base-image" busybox >/dev/null || { echo 'Bail out! no base image'; exit 1; }
app=up-$$
mkdir up up/charts
cp -r "$root/Tests/fixtures/charts/web" "up/charts/$app"
sed -i "s/^name: .*/name: $app/" "up/charts/$app/Chart.yaml"
printf 'FROM localhost/draft-test/busybox\nCOPY page /page\n' >up/Dockerfile
printf '[environments.development]\nname = "%s"\nnamespace = "%s"\nwait = false\nwatch-delay = 1\n' "$app" "$namespace" >up/draft.toml
echo 1 >up/page
later "buildah images -n | awk -v n='/$app\$' '\$1 ~ n { print \$3 }' | sort -u | xargs -r buildah rmi -f"
draft up --watch --skip-image-push "$scratch/up" </dev/null >released 2>words &
pid=$!
later "kill $pid"
ok 'draft up --watch' await has 1 || note "$(cat words)"
node api down
echo 2 >up/page
ok '… a save while the API server is away waits' await waits 1 || note "$(cat words)"
node api up
ok '… and is released when it is back' await has 2 || note "$(cat words)"
kill $pid
wait $pid 2>/dev/null
finish
