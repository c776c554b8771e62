#!/bin/sh
# Messages while draft waits for a release of podman: what it waits for, the last log lines, and the port that is
# really used.
# shellcheck disable=SC2034 # reading.sh's
real_home=$HOME
. "$(dirname "$0")/lib.sh"
# shellcheck source=Tests/cli/reading.sh
. "$root/Tests/cli/reading.sh"
if ! podman_release; then
  skip 'what is told while a release is waited for' 'podman cannot run here'
  finish
  exit
fi
failure() { jq -r '.failure.message // "none"' "$out"; }
# serve WHERE    a server that listens there and logs two lines
serve() { printf 'command={/bin/busybox,sh,-c,echo one; echo two >&2; exec busybox httpd -f -p %s -h /www}' "$1"; }

run draft-release --timeout 16 --set "$(serve 9090)" <line
like "the container listens on another port than the chart's" "$(cat "$err")" "*
--> Waiting, [0-9]* s: container 'web' does not answer on port 8080: it listens on 9090; the chart says 8080
    one
    two
--> Waiting, [0-9]* s: *"
is '… its log is shown when it is new, and at the end' "$(grep -c '^    two$' "$err")" 2
is '… and it is in the failure' "$(failure)" \
  "container 'web' did not answer on port 8080 within 16 s: it listens on 9090; the chart says 8080"
ok '… and is printed every few seconds' [ "$(grep -c -- '--> Waiting' "$err")" -gt 1 ]
run draft-release --timeout 5 --set "$(serve 127.0.0.1:8080)" <line
is 'the container listens on the right port of 127.0.0.1' "$(failure)" \
  "container 'web' did not answer on port 8080 within 5 s: it listens on 127.0.0.1 only; listen on 0.0.0.0 to be reachable"
run draft-release --timeout 1 --set 'command={/bin/busybox,sleep,60}' <line
is 'the container does not listen' "$(failure)" "container 'web' did not answer on port 8080 within 1 s"
run draft-release --timeout 7 -q --set "$(serve 9090)" <line
not_ok '--quiet waits without a message' grep Waiting "$err"
run draft-release --no-wait --set "$(serve 9090)" <line
tries=0
until podman exec "$app-2-web" /bin/busybox wget -q -O /dev/null http://127.0.0.1:9090/ || [ $tries -gt 100 ]; do
  sleep 0.1
  tries=$((tries + 1))
done
run draft-status "$app"
is 'draft-status reports it too' "$(jq -r '.status.workloads[0].reason' "$out")" \
  "container 'web' does not answer on port 8080: it listens on 9090; the chart says 8080"
finish
