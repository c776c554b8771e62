#!/bin/sh
# The failure quotes the line of the log that contains the error; a write to a read-only root file system has a hint.
# shellcheck disable=SC2034 # reading.sh's
real_home=$HOME
. "$(dirname "$0")/lib.sh"
# shellcheck source=Tests/cli/reading.sh
. "$root/Tests/cli/reading.sh"
if ! podman_release; then
  skip 'the last words of a container' 'podman cannot run here'
  finish
  exit
fi
says() { run draft-release --set "command={/bin/busybox,sh,-c,$1}" <line; }
failure() { jq -r '.failure.message // "none"' "$out"; }

at='    at Module._load (node:internal/modules/cjs/loader:1091:12)'
stack="echo '$at'; echo '$at'; echo '$at'; echo '$at'; echo '$at'; echo '$at'; echo '$at'; echo '$at'; echo '$at'; echo '$at'"
says "echo \"Error: Cannot find module './nope'\"; $stack; echo; echo Node.js v18.20.4; exit 1"
is 'the message has the error above the stack, not the version of the runtime' "$(failure)" \
  "container 'web' exited with status 1: Error: Cannot find module './nope'"
like '… and the log has both' "$(cat "$err")" "*Error: Cannot find module './nope'*Node.js v18.20.4*"
says 'echo one >/file'
like 'a write to a read-only root' "$(failure)" "container 'web' exited with status 1: *Read-only file system"
like '… has a hint' "$(jq -r .failure.hint "$out")" \
  "*in the chart's values.yaml, set 'readOnlyRootFilesystem: false' under securityContext*; the previous revision keeps running"
finish
