#!/bin/sh
# Signals: SIGINT and SIGTERM reach the child, temporary files are removed, and the command dies of the same signal. A
# builder plugin stands in for a slow builder; see draft-builder(7).
. "$(dirname "$0")/lib.sh"
mkdir -p bin web
cat >bin/draft-builder-slow <<'B'
#!/bin/sh
trap 'echo INT >>"$DRAFT_TEST_SEEN"; exit 130' INT
trap 'echo TERM >>"$DRAFT_TEST_SEEN"; exit 143' TERM
cat >/dev/null
echo started >"$DRAFT_TEST_SEEN"
i=0; while [ $i -lt 200 ]; do sleep 0.05; i=$((i + 1)); done
B
chmod +x bin/draft-builder-slow
PATH=$scratch/bin:$PATH DRAFT_BUILDER=slow DRAFT_TEST_SEEN=$scratch/seen
export PATH DRAFT_BUILDER DRAFT_TEST_SEEN
printf 'FROM scratch\nCOPY . /\n' >web/Dockerfile

for signal in INT TERM HUP; do
  rm -f seen
  # A shell without job control has its background jobs ignore SIGINT; perl gives it back.
  perl -e '$SIG{INT} = "DEFAULT"; exec @ARGV' draft-build web >"$out" 2>"$err" </dev/null &
  pid=$!
  await [ -s seen ]
  kill -s $signal $pid
  wait $pid; code=$?
  is "SIG$signal: draft-build dies of it" "$(kill -l $code)" $signal
  # A shell does not take SIGHUP for a reason of its own here: it has no trap, so it just dies.
  [ $signal = HUP ] || is "SIG$signal: the builder receives it" "$(tail -n 1 seen)" $signal
  is "SIG$signal: temporary files are removed" "$(find "$DRAFT_HOME" -name '*tmp-*' -o -path '*/cache/tmp/*')" ""
  is "SIG$signal: no unfinished record is written" "$(cat "$out")" ""
done

rm -f seen
(trap '' INT; exec draft-build web >/dev/null 2>&1 </dev/null) &
pid=$!
await [ -s seen ]
kill -s INT $pid
sleep 0.2
ok "SIGINT: a command that was started with it ignored continues" kill -0 $pid
kill -s TERM $pid; wait $pid 2>/dev/null
finish
