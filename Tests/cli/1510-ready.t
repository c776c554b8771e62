#!/bin/sh
# draft checks each time whether a release of podman is ready: after a signal or a kill during the wait, nothing is
# mistaken for ready.
# shellcheck disable=SC2034 # used by reading.sh
real_home=$HOME
. "$(dirname "$0")/lib.sh"
# shellcheck source=Tests/cli/reading.sh
. "$root/Tests/cli/reading.sh"
if ! podman_release; then
  skip 'whether a release of podman is ready' 'podman cannot run here'
  finish
  exit
fi
pods() { podman pod ps --filter "label=draft=$app" --format '{{.Name}} {{.Status}}' | sort | tr '\n' ' '; }
page() { curl -s -m 5 "$url"; }
failure() { jq -r '.failure.message // "none"' "$out"; }
clear() {
  # shellcheck disable=SC2046 # a list
  podman pod rm -f -t 0 $(podman pod ps -q --filter "label=draft=$app") >/dev/null 2>&1
}
# Listens on another port than the one in the chart.
elsewhere='command={/bin/busybox,httpd,-f,-p,9090,-h,/www}'
# begin POD OPTION...    draft-release in the background, until it waits for the pod: $victim
begin() {
  pod=$1
  shift
  # A shell without job control has its background jobs ignore SIGINT; perl gives it back.
  perl -e '$SIG{INT} = "DEFAULT"; exec @ARGV' draft-release --set "$elsewhere" "$@" <line >begun 2>begun.err &
  victim=$!
  tries=0
  until [ "$(podman pod ps --filter "name=^$pod\$" --format '{{.Status}}')" = Running ] || [ $tries -gt 200 ]; do
    sleep 0.1
    tries=$((tries + 1))
  done
}
end() { # SIGNAL
  kill -s "$1" $victim
  wait $victim 2>/dev/null
  code=$?
}

for signal in INT TERM HUP; do
  begin "$app-2"
  end $signal
  is "SIG$signal while waiting for an upgrade ends it" "$(kill -l $code)$(cat begun)" $signal
  is "SIG$signal: … and restores the previous revision" "$(pods)$(page)" "$app-1 Running one"
  like "SIG$signal: … with a message" "$(cat begun.err)" "*--> Interrupted: restoring revision 1 of \"$app\"*"
done
run draft-release <line
is 'the previous revision is up to date' "$status $(jq -c '.release | [.revision, .changed]' "$out")" '0 [1,false]'

begin "$app-2"
end KILL
is 'killed while waiting: both revisions exist' "$(pods)" "$app-1 Exited $app-2 Running "
run draft-status "$app"
like 'status is not healthy, with the reason' \
  "$status $(jq -c '[.status.well, .status.workloads[0].reason]' "$out")" \
  "1 ?false,\"container 'web' does not answer on port 8080*\"?"
run draft-release --timeout 1 --set "$elsewhere" <line
like 'the same release is not up to date' "$status $(jq .failure.code "$out"),$(failure)" \
  "1 69,container 'web' did not answer on port 8080 within 1 s*"
like '… it prints what it waits for' "$(cat "$err")" \
  "*is not ready at revision 2: container 'web' does not answer on port 8080*"
not_ok '… and does not print an answer' grep -E 'answers at|up to date' "$err"
is '… restores the previous revision' "$(pods)$(page)" "$app-1 Running one"

begin "$app-2"
end KILL
run draft-release --set 'command={/bin/busybox,sh,-c,echo boom; exit 3}' <line
is 'killed while waiting, then a release that fails' "$(failure)" "container 'web' exited with status 3: boom"
is '… restores the revision that was ready' "$(pods)$(page)" "$app-1 Running one"

begin "$app-2"
end KILL
podman pod stop -t 0 "$app-2" >/dev/null 2>&1
run draft-release --timeout 1 --set "$elsewhere" --set greeting=other <line
like 'killed and stopped, as by a reboot' "$(failure) $(pods)$(page)" \
  "container 'web' did not answer on port 8080 within 1 s* $app-1 Running one"

slowly='command={/bin/busybox,sh,-c,until [ -e /tmp/go ]; do sleep 0.1; done; exec busybox httpd -f -p 8080 -h /www}'
begin "$app-2" --set "$slowly"
end KILL
podman exec "$app-2-web" /bin/busybox touch /tmp/go
run draft-release --set "$elsewhere" --set "$slowly" <line
is 'killed while waiting, and ready later: up to date' "$status $(jq -c '.release | .revision' "$out") $(pods)$(page)" \
  "0 2 $app-2 Running one"

clear
begin "$app-1"
end TERM
is 'a signal while waiting for the first release removes it' "$(pods)" ''
begin "$app-1"
end KILL
run draft-release --timeout 1 --set "$elsewhere" <line
like 'killed while waiting for the first release, then the same' "$(failure)" \
  "container 'web' did not answer on port 8080 within 1 s*"
is '… there is nothing to restore' "$(jq -r .failure.hint "$out"), $(pods)" \
  "it was left as it is; 'draft logs' shows its output, $app-1 Running "
run draft-release --no-wait --set "$elsewhere" <line
is '… without waiting' "$status $(jq -c '.release | [.revision, .changed]' "$out")" '0 [1,false]'
like '… reports that it is not ready' "$(cat "$err")" \
  "*is not ready at revision 1: container 'web' does not answer on port 8080*"
not_ok '… and does not report an answer' grep -E 'answers at|up to date' "$err"

clear
# Accepts connections long enough for a release, but exits repeatedly; each run is long enough to be seen running.
falls='command={/bin/busybox,sh,-c,busybox httpd -f -p 8080 -h /www & until [ -e /tmp/end ]; do sleep 0.1; done; sleep 5; echo no; exit 4}'
run draft-release --set "$falls" <line
is 'a release that is ready' "$status" 0
podman exec "$app-1-web" /bin/busybox touch /tmp/end
tries=0
until [ "$(podman container inspect --format '{{.RestartCount}} {{.State.Status}}' "$app-1-web")" = '1 running' ] ||
  [ $tries -gt 200 ]; do
  sleep 0.1
  tries=$((tries + 1))
done
run draft-release --set "$falls" <line
# podman only knows the exit status until the container is started again.
like '… and has crashed since, is not up to date' "$(jq .failure.code "$out"),$(failure)" \
  "69,container 'web' *: no"
finish
