#!/bin/sh
# draft-check-stage: a good stage passes; one that breaks a rule fails the check of that rule; one that hangs is
# stopped.
# shellcheck disable=SC2016 # $ is for the stages
. "$(dirname "$0")/lib.sh"
mkdir -p web
stage() { printf '#!/bin/sh\n%s\n' "$2" >"draft-$1"; chmod +x "draft-$1"; }
all_gone() { while read -r pid; do ! kill -0 "$pid" 2>/dev/null || return 1; done <pids; }
failed() { sed -n 's/^not ok [0-9]* - //p' tap; }

stage good 'exec draft each good "$@" -- echo 1.0'
run prove -v -e 'draft-check-stage -t 60 --' ./draft-good
cp "$out" tap
is 'a good stage passes, in valid TAP' "$status $(failed) $(cat "$err") $(tail -n 1 tap)" '0   Result: PASS'
is '… the plan is the number of checks' "$(grep '^1\.\.' tap)" "1..$(grep -c '^ok [0-9]* - ' tap)"

draft-check-stage -t 60 draft-detect >tap
is "a stage of draft that declares two members passes" "$? $(failed)" '0 '
ok '… and is checked for these' grep -q "^ok [0-9]* - a record gets no member but 'language', 'pack'" tap

# Bad stages: the stage in sh, and the start of the names of the checks that find it.
breaks() { # NAME SCRIPT CHECK...
  stage "$1" "$2"
  what=$1
  shift 2
  draft-check-stage -t 5 "./draft-$what" >tap 2>&1
  is "$what: exits 1" $? 1
  for check; do ok "$what: not ok: $check" grep -q "^not ok [0-9]* - $check" tap; done
}
breaks careless 'case ${1-} in -*) exit 0 ;; esac; [ "${1-}" = -j ] || echo hello; draft each x -- echo 1; exit 0' \
  '--help prints something' \
  '--version prints something' 'an unknown option exits 64' 'an empty stream exits 0 and writes nothing' \
  'a failed record passes untouched' \
  'a record that is truncated exits 65' 'a record gets one member' 'standard output on a full disk exits 74' \
  'a closed standard output exits 74' 'SIGPIPE ends it when its reader exits'
like 'careless: … with the reason' "$(grep -A 1 'an empty stream' tap)" "*# it wrote 'hello ' instead of nothing"
breaks eager 'exec jq -c ".x = 1"' 'a failed record passes untouched' \
  'a record that is truncated exits 65' 'a last line without a line feed' 'another version' \
  'a failed record passes byte for byte, even if its' 'a record gets one member'
breaks slow 'lines=$(draft each x "$@" -- echo 1 | sed /missing/q | sort -r); code=$?; [ -z "$lines" ] || printf "%s\n" "$lines"; exit $code' \
  'a record is written before the next one is read' \
  'records come out in the order' 'each record keeps its place' 'a record that cannot be worked on does not end'
like 'slow: … with the reason' "$(grep -A 1 'before the next' tap)" \
  '*# the record was not written within 5.0 seconds: flush each record'

# A stage that hangs.
stage hanging 'echo $$ >>pids; sleep 600 & echo $! >>pids; wait'
draft-check-stage -t 0.3 ./draft-hanging >tap 2>&1
is 'a stage that hangs fails' "$? $(grep -c '^ok' tap)" '1 0'
like '… and is reported' "$(cat tap)" '*# it was still running after 0.3 seconds and was killed*'
ok '… and is ended, with its children' await all_gone

rm pids
draft-check-stage -t 60 ./draft-hanging >tap 2>&1 &
check=$!
await [ -s pids ]
kill "$check"
status=0; wait "$check" 2>/dev/null || status=$?
is 'a signal ends draft-check-stage' "$status" 143
ok '… and the stage' await all_gone

# The record that it works on.
stage needy 'exec draft each needy "$@" -- sh -c "jq -e .image.tag || { echo no image >&2; exit 66; }"'
draft-check-stage -t 60 ./draft-needy >tap
is 'a stage that fails on the record passes' "$? $(failed)" '0 '
like '… and checks that were skipped are reported' "$(cat tap)" \
  '*# SKIP it failed on the record: no image; see --record*'
draft-line web | jq -c '.image = {repository: "web", tag: "t", store: "x"}' >record
draft-check-stage -t 60 -r record -- draft-each needy -- jq -e .image.tag >tap
is '--record, and a command with its own options' "$? $(failed) $(grep -c SKIP tap)" '0  0'
exits 66 'a missing record file' draft-check-stage -r nope ./draft-good
echo usage >bad
exits 65 'a file that is not a record' draft-check-stage -r bad ./draft-good
: >empty
exits 64 'an empty file' draft-check-stage -r empty ./draft-good
exits 69 'a missing command' draft-check-stage no-such-stage
exits 64 'no command' draft-check-stage
for seconds in 0 -1 x nan 1e9; do
  exits 64 "--timeout $seconds" draft-check-stage "--timeout=$seconds" ./draft-good
done
finish
