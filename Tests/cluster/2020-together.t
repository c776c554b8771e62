#!/bin/sh
# Two at once, and Ctrl-C. Whenever it comes, nothing is left pending in the cluster, no process remains, and the next
# up works.
# shellcheck source=Tests/cluster/lib.sh
. "$(dirname "$0")/lib.sh"
needs node
namespace together
name=hello-$$ app=$scratch/hello-$$
example "$app"

history() { helm history "$name" -o json 2>/dev/null | jq -r '[.[].status] | unique | join(" ")'; }
told() { jq -c '[.release.status, .release.changed]' "$1"; }
answer() { greeting "$name" "$@"; }
says() { sed -i "s/Hello, [A-Za-z0-9]*!/Hello, $1!/" "$app/app.py"; }
pending() { case $(helm history "$name" -o json | jq -r 'last.status') in pending-*) ;; *) return 1 ;; esac; }

# Two ups of one application at once, on one machine: one works, the other reports it.
draft up "$app" >one 2>one.err &
one=$!
draft up "$app" >two 2>two.err &
two=$!
status=0; wait $one || status=$?
codes=$status
status=0; wait $two || status=$?
case $codes in 0) codes="$codes $status" winner=one loser=two ;; *) codes="$status $codes" winner=two loser=one ;; esac
is 'two ups at once: one works' "$(told $winner)" '["deployed",true]' || note "$(tail $winner.err)"
is '… the other is refused' "$codes" '0 75'
like '… with the reason' "$(cat $loser.err)" "*another 'draft up' of '$name' is running*"
is '… one revision' "$(helm history "$name" -o json | jq -c 'map(.revision)')" '[1]'

# As if on two machines: the second finds the pending release of the first.
cp -r "$app" other
mkdir other.home
sed -i 's/Hello, [A-Za-z0-9]*!/Hello, Two!/' other/app.py
DRAFT_HOME=$scratch/other.home sh -c 'draft pack other | draft build | draft push' >line 2>/dev/null
says One
draft up "$app" >one 2>one.err &
one=$!
await pending
run env DRAFT_HOME="$scratch/other.home" draft release <line
like 'two ups on two machines: the second is refused' "$(jq -r '"\(.failure.code) \(.failure.message)"' "$out")" \
  "75 release '$name' is pending-upgrade at revision 2*"
status=0; wait $one || status=$?
is '… the first works' "$status $(told one) $(answer One)" '0 ["deployed",true] Hello, One!' || note "$(tail one.err)"
run env DRAFT_HOME="$scratch/other.home" draft release <line
is '… now the second does' "$status $(told "$out") $(answer Two)" '0 ["deployed",true] Hello, Two!'
rm -rf other other.home
run draft up "$app"
is '… the first again: its answer' "$(told "$out") $(answer One)" '["deployed",true] Hello, One!'

# Ctrl-C reaches everything in the foreground: here, a separate process group.
nothing_runs() { ! pgrep -g "$1"; }
at_work() { grep -qs "\"started\".*draft-$1\"" events; }
interrupt() { # WHAT CONDITION...
  what=$1; shift
  round=$((${round:-0} + 1))
  says "$round"
  rm -f events
  DRAFT_EVENTS=$scratch/events perl -e 'setpgrp; $SIG{INT} = "DEFAULT"; exec @ARGV' draft up \
    "$app" >"$out" 2>"$err" </dev/null &
  up=$!
  await "$@" || note "no $*"
  env kill -INT -- "-$up"
  status=0
  wait $up 2>/dev/null || status=$?
  is "Ctrl-C in $what: ends it" "$status" 130 || note "$(tail -n 3 "$err")"
  ok '… no process is left' await nothing_runs $up
  case $(history) in
    *pending*) report 1 '… nothing is pending'; note "$(history)" ;;
    *) report 0 '… nothing is pending' ;;
  esac
  like '… the application answers' "$(answer)" 'Hello, *!'
  run draft up "$app"
  is '… the next up works' "$status $(jq -r .release.status "$out") $(answer $round)" "0 deployed Hello, $round!" ||
    note "$(tail "$err")"
}
for stage in pack build push release; do interrupt "draft-$stage" at_work $stage; done
interrupt 'draft-release, helm at work' pending
begun() { pgrep -g "$up"; }
interrupt 'the beginning' begun
finish
