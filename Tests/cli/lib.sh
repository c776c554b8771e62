# shellcheck shell=sh
# Sourced by every Tests/cli/*.t: TAP for sh, a private HOME, the tested commands first on PATH.
#   ok NAME COMMAND...        passes when the command succeeds
#   not_ok NAME COMMAND...    passes when it fails
#   is NAME GOT WANT          passes when they are equal
#   like NAME TEXT PATTERN    passes when the text matches the shell pattern
#   run COMMAND...            runs it; sets $status, and writes the files $out and $err; so do ok, not_ok and exits
#   exits CODE NAME COMMAND   runs it and compares the exit status
#   skip NAME REASON          counts as skipped, with a message; in CI (CI=true) as a failure
#   free_port                 prints a port of 127.0.0.1 that is not in use and that no other test is given
#   await COMMAND...          waits until it succeeds, at most a minute
#   valid_records FILE...     every line is valid against 'draft records --schema', without additional fields
#   no_process PATTERN        no process has this in its command line
#   registry NAME HOST:PORT [YAML...]   starts docker-registry, images in NAME, log in NAME.log, and waits: $daemon
#   docker_daemon NAME        starts a docker daemon, files in NAME, log in NAME.log, and waits: $daemon, $DOCKER_HOST;
#                             fails if it cannot be started
#   finish                    prints the plan; the last line of a test
# DRAFT_BIN is the directory of the commands (default: the release build).
set -u
# The tests may be started with signals ignored (nohup, a background job), and a shell cannot undo that.
[ "${DRAFT_TEST_SIGNALS:-}" = $$ ] || {
  export DRAFT_TEST_SIGNALS=$$
  exec env --default-signal "$(readlink /proc/$$/exe)" "$0" "$@"
}
root=$(cd "$(dirname "$0")/../.." && pwd -P)
DRAFT_BIN=${DRAFT_BIN:-$root/.build/draft/bin}
[ -x "$DRAFT_BIN/draft-version" ] || { echo "Bail out! no commands in $DRAFT_BIN: run make"; exit 1; }
PATH=$DRAFT_BIN:$PATH
# The name is not ASCII, like names of home directories and desktops: the number of bytes is not that of Characters.
scratch=$(mktemp -d "${TMPDIR:-/tmp}/draft-test.Büro.日本.XXXXXX") || exit 1
trap 'cd /; rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM
HOME=$scratch/home DRAFT_HOME=$scratch/draft LC_ALL=C.UTF-8 NO_COLOR=1 KUBECONFIG=/dev/null
export PATH HOME DRAFT_HOME LC_ALL NO_COLOR KUBECONFIG
unset DRAFT_ENV DRAFT_TRUST DRAFT_ENGINE \
  DRAFT_DEBUG DRAFT_EVENTS DRAFT_PLUGIN DRAFT_REGISTRY DRAFT_BUILDER SOURCE_DATE_EPOCH DOCKER_CONFIG REGISTRY_AUTH_FILE
mkdir -p "$HOME"
cd "$scratch" || exit 1
out=$scratch/stdout err=$scratch/stderr count=0 status=0 depth=0

report() { # STATUS NAME
  count=$((count + 1))
  if [ "$1" = 0 ]; then printf 'ok %d - %s\n' $count "$2"; else printf 'not ok %d - %s\n' $count "$2"; fi
  return "$1"
}
note() { printf '%s\n' "$*" | sed 's/^/# /'; }
ok() {
  _name=$1
  shift
  if capture "$@"; then
    report 0 "$_name"
  else
    _status=$?
    report 1 "$_name"
    note "$* exited $_status"
    said
    return 1
  fi
}
not_ok() {
  _name=$1; shift
  # Nothing is found in what says nothing.
  _read='' _size=0
  for _word; do case $_word in "$out" | "$err") _read=$_word _size=$((_size + $(wc -c <"$_word"))) ;; esac; done
  if [ -n "$_read" ] && [ $_size = 0 ]; then report 1 "$_name"; note "$_read is empty: this cannot fail"; return 1; fi
  if capture "$@"; then _status=0; else _status=$?; fi
  # A command that took too long or is not there has not said no.
  case $_status in
    0 | 124 | 126 | 127) report 1 "$_name"; note "$* exited $_status"; said; return 1 ;;
    *) report 0 "$_name" ;;
  esac
}
is() { if [ "$2" = "$3" ]; then report 0 "$1"; else report 1 "$1"; note "got:  $2"; note "want: $3"; return 1; fi; }
like() {
  # shellcheck disable=SC2254 # the pattern is a pattern
  case $2 in $3) report 0 "$1" ;; *) report 1 "$1"; note "got:  $2"; note "want: $3"; return 1 ;; esac
}
run() { status=0; capture "$@" || status=$?; }
exits() {
  _code=$1 _name=$2
  shift 2
  run "$@"
  if [ "$status" = "$_code" ]; then
    report 0 "$_name"
  else
    report 1 "$_name"
    note "exit $status, wanted $_code"
    said
    return 1
  fi
}
# Runs a command whose output becomes $out and $err when it has ended, so it can read those of the previous command.
# Commands that are told to read them, such as grep, do not change them.
capture() {
  depth=$((depth + 1)) # a function of the test's may call these itself
  if "$@" >"$out.$depth" 2>"$err.$depth"; then set -- 0 "$@"; else set -- $? "$@"; fi
  for _word; do case $_word in "$out" | "$err") depth=$((depth - 1)); return "$1" ;; esac; done
  mv -f "$out.$depth" "$out"
  mv -f "$err.$depth" "$err"
  depth=$((depth - 1))
  return "$1"
}
# Prints the output of the last command.
said() {
  for _file in "$out" "$err"; do [ ! -s "$_file.1" ] || _file=$_file.1; head -n 20 "$_file"; done | sed 's/^/#   /'
}
skip() {
  count=$((count + 1))
  if [ "${CI:-}" = true ]; then
    echo "not ok $count - $1 # CI must not skip: $2"
  else
    echo "ok $count - $1 # SKIP $2"
    echo "$0: SKIPPED: $1: $2" >&2
  fi
}
free_port() { "$root/Tests/free-port"; }
no_process() { ! pgrep -f "$1" >/dev/null; }
valid_records() {
  draft-records --schema >"$scratch/schema.json" &&
    /usr/bin/python3 "$root/Tests/cli/valid-records.py" "$scratch/schema.json" "$@"
}
await() {
  _tries=0
  until "$@" >/dev/null 2>&1; do _tries=$((_tries + 1)); [ $_tries -lt 600 ] || return 1; sleep 0.1; done
}
registry() {
  { printf \
    'version: 0.1\nlog: {level: error}\nstorage: {filesystem: {rootdirectory: "%s"}, delete: {enabled: true}}\n' \
    "$scratch/$1"
    case "${3:-}" in http:*) ;; *) printf 'http: {addr: "%s", secret: draft-test}\n' "$2" ;; esac
    [ $# -lt 3 ] || printf '%s\n' "$3"; } >"$1.yml"
  # Not a descriptor of the test's, whose end somebody may wait for.
  docker-registry serve "$1.yml" >>"$1.log" 2>&1 3>&- &
  daemon=$!
  _tries=0
  until curl -sS -o /dev/null "http://$2/v2/" 2>/dev/null; do
    _tries=$((_tries + 1))
    [ $_tries -lt 100 ] || { cat "$1.log"; echo 'Bail out! docker-registry does not start'; exit 1; }
    sleep 0.1
  done
}
docker_daemon() {
  export DOCKER_HOST="unix://$scratch/$1/socket"
  mkdir "$1"
  # It gives its containerd 15 s to start, which is not enough on a busy machine.
  for _ in 1 2 3; do
    dockerd -H "$DOCKER_HOST" \
      --data-root "$scratch/$1/data" --exec-root "$scratch/$1/run" -p "$scratch/$1/pid" --bridge=none --iptables=false \
      --oom-score-adjust 0 --storage-driver overlay2 >>"$1.log" 2>&1 3>&- &
    daemon=$!
    _tries=0
    while kill -0 $daemon 2>/dev/null && [ $_tries -lt 600 ]; do
      if docker version >/dev/null 2>&1; then return; fi
      _tries=$((_tries + 1))
      sleep 0.1
    done
    kill -KILL $daemon 2>/dev/null
  done
  return 1
}
finish() { echo "1..$count"; }
