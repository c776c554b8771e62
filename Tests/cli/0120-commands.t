#!/bin/sh
# draft commands: commands and plugins, where they come from, shadowed and world-writable ones marked, and nothing is
# run.
# shellcheck disable=SC2086,SC2119,SC2120 # $shell is words; run passes the arguments
. "$(dirname "$0")/lib.sh"

plugins=$DRAFT_HOME/plugins
list=$root/Sources/draft/commands
mkdir -p "$plugins/own" bin open
chmod 777 open
for file in "$plugins/draft-scan" bin/draft-scan bin/draft-build open/draft-anyone \
  "$plugins/own/draft-own" bin/draft-.x bin/draft-UP bin/draft- 'bin/draft-a b' bin/draft-x.sh; do
  printf '#!/bin/sh\ntouch "%s/ran"\n' "$PWD" >"$file"
  chmod 755 "$file"
done
chmod 757 bin/draft-scan
echo >bin/draft-plain
mkdir bin/draft-dir
ln -s nowhere bin/draft-dangling
PATH=$PWD/bin:$PATH:$PWD/open

for shell in dash 'bash --posix' 'busybox sh'; do
  commands() { $shell "$DRAFT_BIN/draft-commands" "$@"; }
  exits 0 "$shell: the table" commands
  cp "$out" table
  line() { grep -E "^$1 +$2" table; }
  is "$shell: … has the core commands in the order of the list" "$(awk '$2 == "core" { print $1 }' table)" \
    "$(awk '!/^#/ { print $1 }' "$list")"
  like "$shell: … each with its summary" "$(line build core)" "build *core *build the image of an application"
  like "$shell: a plugin with its path" "$(line scan "$plugins/")" "scan *$plugins/draft-scan *  plugin"
  like "$shell: a shadowed plugin is marked" "$(line scan "$PWD/bin")" "*shadowed by $plugins/draft-scan*"
  like "$shell: … also if a core command shadows it" "$(line build "$PWD/bin")" "*shadowed by $DRAFT_BIN/draft-build*"
  like "$shell: a world-writable file is marked" "$(line scan "$PWD/bin")" '*world-writable*'
  like "$shell: a world-writable directory is marked" "$(line anyone "$PWD/open")" '*in a world-writable directory*'
  not_ok "$shell: others are not marked" grep -E "^(own|scan) +$plugins/.*writable" table
  like "$shell: a plugin in its own directory" "$(line own "$plugins")" "*$plugins/own/draft-own*"
  not_ok "$shell: other files are not listed" grep -E '^(\.x|UP|a|x|plain|dir|dangling|) ' table
  is "$shell: no plugin was run" "$(ls ran 2>/dev/null)" ''
  exits 0 "$shell: --names" commands --names
  is "$shell: --names are unique and sorted" "$(cat "$out")" "$(LC_ALL=C sort -u "$out")"
  ok "$shell: --names has core commands and plugins" sh -c \
    "'$DRAFT_BIN/draft-commands' --names | grep -cxE 'build|scan|own|anyone' | grep -qx 4"
  exits 0 "$shell: --paths" commands --paths
  is "$shell: --paths has the winner first" "$(awk '$1 == "scan" { print $2 }' "$out")" "$plugins/draft-scan
$PWD/bin/draft-scan"
  exits 64 "$shell: an operand" commands x
  exits 64 "$shell: an unknown option" commands --nope
  status=0; commands >/dev/full 2>"$err" || status=$?
  is "$shell: a full disk" "$status" 74
done

mkdir many
( cd many && seq -f 'file%.0f' 5000 | xargs touch && seq -f 'draft-p%.0f' 300 | xargs touch && chmod +x draft-p* )
PATH=$PATH:$PWD/many draft commands >table
is 'a PATH with thousands of files: every plugin is listed' "$(grep -c '^p[0-9]* ' table)" 300

mkdir -p half/bin half/share/draft
cp "$DRAFT_BIN/draft-commands" "$DRAFT_BIN/draft-help" half/bin
cp "$list" "$DRAFT_BIN"/../share/draft/*.sh "$DRAFT_BIN"/../share/draft/*.awk half/share/draft
like 'a command that is not installed is marked as missing' "$(half/bin/draft-commands | grep '^build *core')" \
  '*missing*'
rm half/share/draft/commands
exits 66 'the list of commands is missing' half/bin/draft-commands
finish
