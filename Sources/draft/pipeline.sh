# Sourced by draft-create and draft-up: runs a pipeline of stages, waits for each and collects its status.
#
#   pipeline NAME        begins a pipeline of the command NAME
#   stage COMMAND...     starts a stage that writes to the next one; set `label` to give it another name in messages
#   last COMMAND...      starts the last stage, which writes to our standard output, waits for all, and exits
#
# sh has no pipefail: in `a | b | c` it neither knows the status of `a` nor the processes to send a signal to. So each
# stage is a job of its own, connected by FIFOs that are unlinked as soon as both sides have opened them. The exit
# status is that of the last stage, or if that is 0, that of the first stage in the pipe that failed. If a stage is
# killed, the others end, and the status reports it.
# shellcheck shell=sh

pipeline() {
  owner=$1 started='' next=0 caught='' label=''
  export DRAFT_CALLED="$1" DRAFT_FIRST=1 # who reports errors in settings; marks the stage with our standard input
  sweep
  fifos=$(mktemp -d "${TMPDIR:-/tmp}/draft-$$.XXXXXX") || exit 73
  trap 'forward INT' INT
  trap 'forward TERM' TERM
  trap 'forward HUP' HUP
  # A shell starts background jobs with SIGINT ignored. These are in the foreground nevertheless, unless we are not.
  ignored=
  if [ -r /proc/self/status ]; then
    while read -r key value; do if [ "$key" = SigIgn: ]; then ignored=$value; break; fi; done </proc/self/status
  fi
  case $ignored in *[2367abef]) ;; *) export DRAFT_FOREGROUND=1 ;; esac
  exec 7<&0
}

# Removes the FIFO directories of killed pipelines: those that belong to us and whose process is gone.
sweep() {
  for left in "${TMPDIR:-/tmp}"/draft-[0-9]*.??????; do
    left_by=${left##*/draft-}
    left_by=${left_by%.??????}
    case $left_by in *[!0-9]*) continue ;; esac
    # Skip directories of other users, and systems where /proc cannot tell whether the process exists.
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

# Without a FIFO for the next stage, stop the stages before it.
give_up() { # CODE
  exec 7<&-
  forward TERM
  wait
  rm -rf "$fifos"
  trap - INT TERM HUP
  # Ctrl-C also reaches mkfifo, which is in the foreground.
  [ "$1" -le 128 ] || kill -s "$(kill -l "$1")" $$
  fail 73 "cannot make a FIFO in '$fifos'" 'set TMPDIR to another directory'
}

stage() {
  next=$((next + 1))
  # Create eight at a time, so that one process is enough for `up`.
  [ -p "$fifos/$next" ] || (cd "$fifos" && exec mkfifo $next $((next + 1)) $((next + 2)) $((next + 3)) $((next + 4)) \
    $((next + 5)) $((next + 6)) $((next + 7))) || give_up $?
  # Open it for reading and writing first, because an open for one of them waits for the other.
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
  exec 8>&2 # hides the shell's own message about a killed job
  for job in $started; do # from the last to the first
    pid=${job%:*} stopped=''
    # Its reader is gone, so the output of a stage that is still at work will not be read.
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
      hint='  run it again; unfinished work is not mistaken for finished'
      tell "$owner: '${job#*:}' was ended by signal $(kill -l "$code")" "$hint" 2>&8
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

at_work() { # PID: fails for a process that has ended or is about to end: its pipe is closed a moment before
  for pause in 0.05 0.2 ''; do
    state=
    if [ -r "/proc/$1/stat" ]; then read -r _ _ state _ <"/proc/$1/stat"; fi
    case $state in '' | [ZX]) return 1 ;; esac
    [ -z "$pause" ] || sleep "$pause"
  done
}
