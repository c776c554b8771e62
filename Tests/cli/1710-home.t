#!/bin/sh
# draft-home: the path, from --home, DRAFT_HOME and HOME in this order.
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
status=0; draft-home >/dev/full 2>"$err" || status=$?
is "a full disk" "$status" 74
finish
