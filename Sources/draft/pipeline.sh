# Sourced by draft-create and draft-up: a pipeline of stages, each of them waited for and its status heard.
#
#   pipeline NAME        begins; NAME is whose pipeline it is
#   stage COMMAND...     starts a stage that writes to the next one; `label` is its name where that is not the command's
#   last COMMAND...      starts the last one, which writes where we write, waits for all, and exits
#
# sh has no pipefail, and `a | b | c` tells it neither what became of `a` nor whom to pass a signal to. So each stage is a job of
# its own, between FIFOs that are unlinked as soon as everybody has them open. The exit status is the last stage's, or when that is
# 0 the first stage's in the pipe that is not. Each stage may be killed at any moment: the others end, and the status says so.
# shellcheck shell=sh

pipeline() {
  owner=$1 started='' next=0 caught='' label=''
  export DRAFT_CALLED="$1" DRAFT_FIRST=1 # whose errors of settings are, and whose standard input the first stage has
  sweep
  fifos=$(mktemp -d "${TMPDIR:-/tmp}/draft-$$.XXXXXX") || exit 73
  trap 'forward INT' INT
  trap 'forward TERM' TERM
  trap 'forward HUP' HUP
  # A shell starts its jobs with SIGINT ignored. These belong to the foreground all the same, unless we ourselves do not.
  ignored=
  if [ -r /proc/self/status ]; then
    while read -r key value; do if [ "$key" = SigIgn: ]; then ignored=$value; break; fi; done </proc/self/status
  fi
  case $ignored in *[2367abef]) ;; *) export DRAFT_FOREGROUND=1 ;; esac
  exec 7<&0
}

# Removes what pipelines left that were killed: our own directories of FIFOs whose process is gone.
sweep() {
  for left in "${TMPDIR:-/tmp}"/draft-[0-9]*.??????; do
    left_by=${left##*/draft-}
    left_by=${left_by%.??????}
    case $left_by in *[!0-9]*) continue ;; esac
    # Another user's is not ours to look at, nor is one where /proc does not say who is there.
    if [ -O "$left" ] && [ ! -L "$left" ] && [ -d /proc/self ] && [ ! -d "/proc/$left_by" ]; then
      rm -rf "$left/"[1-9] "$left/"[1-9][0-9]
      rmdir "$left" 2>/dev/null
    fi
  done
}

forward() { # SIGNAL
  caught=$1
  for job in $started; do kill -s "$1" "${job%:*}" 2>/dev/null; done
}

# There is no FIFO for the next stage: those before it have nobody to work for.
give_up() { # CODE
  exec 7<&-
  forward TERM
  wait
  rm -rf "$fifos"
  trap - INT TERM HUP
  # Ctrl-C ends whatever is in the foreground, and that was mkfifo.
  [ "$1" -le 128 ] || kill -s "$(kill -l "$1")" $$
  fail 73 "cannot make a FIFO in '$fifos'" 'have TMPDIR name another directory'
}

stage() {
  next=$((next + 1))
  # Eight at a time: one process is enough for `up`.
  [ -p "$fifos/$next" ] || (cd "$fifos" && exec mkfifo $next $((next + 1)) $((next + 2)) $((next + 3)) $((next + 4)) \
    $((next + 5)) $((next + 6)) $((next + 7))) || give_up $?
  # Opened for both first, because an open for one waits for the other.
  # shellcheck disable=SC2094 # it is a FIFO
  exec 3<>"$fifos/$next" 4<"$fifos/$next" 6>"$fifos/$next" 3>&-
  "$@" <&7 >&6 4<&- 6>&- 7<&- &
  unset DRAFT_FIRST
  started="$!:${label:-${1##*/}} $started"
  label=''
  exec 7<&4 4<&- 6>&-
}

last() {
  "$@" <&7 7<&- &
  started="$!:${1##*/} $started"
  exec 7<&-
  rm -rf "$fifos"
  [ -z "$caught" ] || forward "$caught"
  result=0 broken=0 reader=''
  exec 8>&2 # the shell has words of its own for a job that was killed; ours are better
  for job in $started; do # from the last to the first
    pid=${job%:*} stopped=''
    # What its reader did not read will not be read: a stage still at work then has nobody to work for.
    if [ -n "$reader" ] && at_work "$pid"; then kill -s TERM "$pid" 2>/dev/null && stopped=143; fi
    seen=$caught
    wait "$pid"
    code=$?
    while [ "$caught" != "$seen" ]; do seen=$caught; wait "$pid"; code=$?; done
    if [ -z "$reader" ]; then
      final=$code reader=yes
    else
      case $code in 0 | "$stopped") ;; 141) broken=141 ;; *) result=$code ;; esac
    fi
    if [ "$code" -gt 128 ] && [ "$code" != 141 ] && [ "$code" != "$stopped" ] && [ -z "$caught" ]; then
      tell "$owner: '${job#*:}' was ended by signal $(kill -l "$code")" '  run it again; nothing half-done is taken for done' 2>&8
    fi
  done 2>/dev/null
  if [ -n "$caught" ]; then
    trap - "$caught"
    kill -s "$caught" $$
  fi
  [ "$final" = 0 ] || exit "$final"
  [ "$result" != 0 ] || exit "$broken"
  exit "$result"
}

at_work() { # PID: not when it has ended and only waits to be heard, or is about to: its pipe is closed a moment before
  for pause in 0.05 0.2 ''; do
    state=
    if [ -r "/proc/$1/stat" ]; then read -r _ _ state _ <"/proc/$1/stat"; fi
    case $state in '' | [ZX]) return 1 ;; esac
    [ -z "$pause" ] || sleep "$pause"
  done
}
