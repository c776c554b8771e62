# Sourced by every command that is a shell script, after it has set `me` to its name and `shared` to the directory of
# this file:
#
#   tell LINE...              prints lines on standard error; nothing else does
#   fail CODE MESSAGE [HINT]  prints an error message and exits
#   describe help|json        prints the text of --help or --describe from the output of declared(); see describe.awk
#   visible                   copies standard input to standard output, with control characters made visible
#
# Messages may quote text from outside, such as the name of a file. From here on programs are only run from absolute
# directories, as everywhere in draft: with `.` in PATH, anyone who can write to the current directory could have us
# run their program.
# shellcheck shell=sh
given_path=${PATH-}
case :$given_path: in
  *:[!/]*)
    _rest=$given_path: _clean=
    while [ -n "$_rest" ]; do
      case $_rest in /*) _clean=$_clean${_clean:+:}${_rest%%:*} ;; esac
      _rest=${_rest#*:}
    done
    PATH=${_clean:-/usr/local/bin:/usr/bin:/bin} ;;
esac

describe() {
  _text=$(declared | here=${here:?} list=${shared:?}/commands LC_ALL=C awk -v mode="$1" -f "$shared/describe.awk") ||
    fail 69 'cannot generate the help' 'install draft again'
  printf '%s\n' "$_text" 2>/dev/null || fail 74 'cannot write the help'
}

visible() { LC_ALL=C awk -f "${shared:?}/visible.awk" -- "$@"; }

tell() { visible "$@" >&2 || printf '%s: cannot print a message: awk failed\n' "${me:?}" >&2; }

fail() {
  _code=$1
  shift
  if [ $# -gt 1 ]; then tell "${me:?}: $1" "  $2"; else tell "${me:?}: $1"; fi
  exit "$_code"
}
