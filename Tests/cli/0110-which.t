#!/bin/sh
# draft which: lists every candidate, and the first is the one that the dispatcher runs.
# shellcheck disable=SC2086,SC2016,SC2119,SC2120 # $shell is words; run passes the arguments
. "$(dirname "$0")/lib.sh"

plugins=$DRAFT_HOME/plugins
mkdir -p "$plugins/deep" bin other
for file in "$plugins/draft-scan" bin/draft-scan other/draft-scan bin/draft-build "$plugins/deep/draft-deep"; do
  printf '#!/bin/sh\ntouch "%s/ran"\necho "$0"\n' "$PWD" >"$file"
  chmod +x "$file"
done
PATH=$PWD/bin:$PATH:$PWD/other:$PWD/bin

for shell in dash 'bash --posix' 'busybox sh'; do
  which() { $shell "$DRAFT_BIN/draft-which" "$@"; }
  exits 0 "$shell: a core command" which home
  is "$shell: … is in the directory of draft" "$(cat "$out")" "$DRAFT_BIN/draft-home"
  exits 0 "$shell: a plugin" which scan
  is "$shell: every candidate once, the winner first" "$(cat "$out")" "$plugins/draft-scan
$PWD/bin/draft-scan
$PWD/other/draft-scan"
  exits 0 "$shell: a core command with a rival" which build
  is "$shell: … the core command comes first" "$(cat "$out")" "$DRAFT_BIN/draft-build
$PWD/bin/draft-build"
  run which deep
  is "$shell: a plugin in its own directory" "$(cat "$out")" "$plugins/deep/draft-deep"
  is "$shell: no candidate was run" "$(ls ran 2>/dev/null)" ''
  exits 1 "$shell: an unknown command" which scan nope home
  is "$shell: … the other commands are still printed" "$(wc -l <"$out" | tr -d ' ')" 4
  like "$shell: … and it is named" "$(cat "$err")" "draft-which: there is no command 'nope'*"
  exits 1 "$shell: a pattern is not a name" which '*'
  exits 64 "$shell: no name" which
  exits 64 "$shell: an unknown option" which --nope
  run which --home /nonexistent scan
  is "$shell: --home" "$(head -n 1 "$out")" "$PWD/bin/draft-scan"
done
is 'the first candidate is the one that runs' "$(draft scan)" "$(draft which scan | head -n 1)"
rm -f ran

chmod -x "$plugins/draft-scan"
is 'a file that is not executable is not a candidate' "$(draft which scan | head -n 1)" "$PWD/bin/draft-scan"
cd bin || exit 1
PATH=:.:../bin:/usr/bin:/bin
exits 1 'relative elements of PATH are ignored' "$DRAFT_BIN/draft-which" scan
finish
