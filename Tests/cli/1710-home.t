#!/bin/sh
# draft-home: the path from --home, DRAFT_HOME and HOME, in this order.
. "$(dirname "$0")/lib.sh"

is "DRAFT_HOME" "$(draft-home)" "$scratch/draft"
not_ok "nothing is made" test -e "$scratch/draft"
is "--home wins" "$(draft-home --home /elsewhere)" /elsewhere
is "a relative one begins here" "$(DRAFT_HOME=here draft-home)" "$scratch/here"
is "without it, HOME" "$(unset DRAFT_HOME; draft-home)" "$HOME/.draft"
is "an empty one is none" "$(DRAFT_HOME='' draft-home)" "$HOME/.draft"
exits 78 "nowhere" env -u DRAFT_HOME -u HOME draft-home
is "nowhere, in a sentence" "$(head -n 1 "$err")" "draft-home: cannot tell where the draft home is"
exits 64 "no operand" draft-home x
mkdir -p "$DRAFT_HOME/cache/images/old/empty" "$DRAFT_HOME/logs/web"
for file in cache/images/old/blob cache/images/new cache/images/open logs/web/1; do echo x >"$DRAFT_HOME/$file"; done
find "$DRAFT_HOME" -mindepth 1 ! -name new -exec touch -h -d '2 hours ago' {} +
exec 7<"$DRAFT_HOME/cache/images/open"; flock -s 7
exits 0 "--prune" draft-home --prune
is "--prune: says how much" "$(cat "$out" "$err")" "--> Removed 1 file, 1 MB, from '$DRAFT_HOME/cache'"
is "--prune: what nobody used for an hour and nobody has open" \
  "$(cd "$DRAFT_HOME" && find . -type f | sort | tr '\n' ' ')" "./cache/images/new ./cache/images/open ./logs/web/1 "
exec 7<&-
status=0; draft-home >/dev/full 2>"$err" || status=$?
is "a full disk" "$status" 74
finish
