# Sourced by every command that is a shell script, once it has put its name into `me` and the directory of this file into `shared`:
#
#   tell LINE...              says something on standard error, which nothing else does
#   fail CODE MESSAGE [HINT]  says why this ends, and ends
#   describe help|json        prints what --help and --describe do, out of what declared() prints; see describe.awk
#   visible                   standard input to standard output, without what would speak to a terminal
#
# What they quote may be anybody's: the name of a file, a variable. And from here on a program is one in an absolute directory, as
# everywhere in draft: with `.` on PATH, whoever can write into the current directory would have it run theirs.
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
    fail 69 'cannot put the help together' 'install draft again'
  printf '%s\n' "$_text" 2>/dev/null || fail 74 'cannot write the help'
}

visible() { LC_ALL=C awk -f "${shared:?}/visible.awk" -- "$@"; }

tell() { visible "$@" >&2 || printf '%s: there are words to be said, and no awk to make them harmless\n' "${me:?}" >&2; }

fail() {
  _code=$1
  shift
  if [ $# -gt 1 ]; then tell "${me:?}: $1" "  $2"; else tell "${me:?}: $1"; fi
  exit "$_code"
}
