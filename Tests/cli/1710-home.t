#!/bin/sh
# draft-home: the path from --home, DRAFT_HOME and HOME, in this order.
. "$(dirname "$0")/lib.sh"

is "DRAFT_HOME" "$(draft-home)" "$scratch/draft"
not_ok "… is not created" test -e "$scratch/draft"
is "--home takes precedence" "$(draft-home --home /elsewhere)" /elsewhere
is "a relative path starts at the current directory" "$(DRAFT_HOME=here draft-home)" "$scratch/here"
is "without DRAFT_HOME, HOME" "$(unset DRAFT_HOME; draft-home)" "$HOME/.draft"
is "an empty DRAFT_HOME is ignored" "$(DRAFT_HOME='' draft-home)" "$HOME/.draft"
exits 78 "without HOME" env -u DRAFT_HOME -u HOME draft-home
is "without HOME, the message" "$(head -n 1 "$err")" "draft-home: cannot tell where the draft home is"
exits 64 "no operand" draft-home x
mkdir -p "$DRAFT_HOME/cache/images/old/empty" "$DRAFT_HOME/logs/web"
for file in cache/images/old/blob cache/images/new cache/images/open logs/web/1; do echo x >"$DRAFT_HOME/$file"; done
find "$DRAFT_HOME" -mindepth 1 ! -name new -exec touch -h -d '2 hours ago' {} +
exec 7<"$DRAFT_HOME/cache/images/open"; flock -s 7
exits 0 "--prune" draft-home --prune
is "--prune: prints how much" "$(cat "$out" "$err")" "--> Removed 1 file, 1 MB, from '$DRAFT_HOME/cache'"
is "--prune: removes files unused for an hour that are not open" \
  "$(cd "$DRAFT_HOME" && find . -type f | sort | tr '\n' ' ')" "./cache/images/new ./cache/images/open ./logs/web/1 "
exec 7<&-
status=0; draft-home >/dev/full 2>"$err" || status=$?
is "a full disk" "$status" 74
finish
