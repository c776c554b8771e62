#!/bin/sh
# draft help: the groups, a page shown by man, by mandoc, or the command's own --help; also for plugins.
# shellcheck disable=SC2086,SC2016,SC2119,SC2120 # $shell is words; run passes the arguments
. "$(dirname "$0")/lib.sh"

list=$root/Sources/draft/commands
for shell in dash 'bash --posix' 'busybox sh'; do
  help() { $shell "$DRAFT_BIN/draft-help" "$@"; }
  exits 0 "$shell: without arguments" help
  is "$shell: … lists every command in the order of the list" "$(sed -n 's/^  \([a-z0-9-]*\)  .*/\1/p' "$out")" \
    "$(awk '!/^#/ { print $1 }' "$list")"
  for group in loop app charts environments setup pipe; do
    if grep -q "^[^ ]* [^ ]* $group " "$list"; then
      not_ok "$shell: group '$group' has a title" grep -qx "$group" "$out"
    fi
  done
  exits 0 "$shell: a page" help which
  like "$shell: … is that of the command" "$(cat "$out")" '*draft-which*where a command comes from*'
  exits 0 "$shell: by the long name" help draft-which
  like "$shell: … is the same" "$(cat "$out")" '*draft-which*'
  for topic in draft records plugins; do
    exits 0 "$shell: '$topic' has a page" help $topic
  done
  exits 1 "$shell: an unknown command" help nope
  like "$shell: … is reported" "$(cat "$err")" "draft-help: there is no manual page and no command 'nope'*"
  exits 64 "$shell: two names" help build push
  exits 64 "$shell: no name" help ../x
  exits 64 "$shell: an unknown option" help --nope
done
exits 0 'draft --help NAME' draft --help which
like '… is the same as draft help NAME' "$(cat "$out")" '*draft-which*'

# Readers: man, else mandoc, else --help. PATH only has what the scripts need.
mkdir tools
for tool in sh readlink head awk cat sed dirname find sort cut grep; do ln -s "$(command -v $tool)" tools/$tool; done
for reader in man mandoc; do
  printf '#!/bin/sh\necho "%s $*"\n' $reader >tools/$reader
  chmod +x tools/$reader
done
PATH=$PWD/tools "$DRAFT_BIN/draft-help" which >"$out" 2>"$err"
like 'man is tried first' "$(cat "$out")" "man -l */draft-which.1"
rm tools/man
PATH=$PWD/tools "$DRAFT_BIN/draft-help" which >"$out" 2>"$err"
like '… then mandoc' "$(cat "$out")" "mandoc * */draft-which.1"
rm tools/mandoc
PATH=$PWD/tools "$DRAFT_BIN/draft-help" which >"$out" 2>"$err"
like '… then --help of the command' "$(cat "$out")" 'usage: draft-which*'

# A plugin.
mkdir -p "$DRAFT_HOME/plugins" pre/bin pre/share/man/man1
printf '#!/bin/sh\necho "plugin $*"\n' >"$DRAFT_HOME/plugins/draft-scan"
chmod +x "$DRAFT_HOME/plugins/draft-scan"
is 'a plugin without a page is run with --help' "$(draft help scan)" 'plugin --help'
printf '#!/bin/sh\nexit 9\n' >pre/bin/draft-paged
chmod +x pre/bin/draft-paged
sed 's/draft-which/draft-paged/g' "$root/man/draft-which.1" >pre/share/man/man1/draft-paged.1
PATH=$PATH:$PWD/pre/bin
exits 0 'a plugin with a page' draft help paged
like '… opens its page' "$(cat "$out")" '*draft-paged*'
finish
