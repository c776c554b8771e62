#!/bin/sh
# All commands: --help, --version, invalid usage, /dev/full. All stages: the rules of draft-records(5), with
# draft-check-stage, and what else our own stages guarantee. With names as arguments, only these commands are tested.
. "$(dirname "$0")/lib.sh"

named() { awk -v names=" $* " '!/^#/ && (names == "  " || index(names, " " $1 " "))' "$root/Sources/draft/commands"; }
commands=$(named "$@" | awk '{ print $1 }')
stages=$(named "$@" | awk '$3 == "loop" { print $1 }')
failed='{"draft":1,"app":{"name":"a","dir":"/nonexistent"},"failure":{"by":"draft-x","code":69,"message":"m"}}'

for command in $commands; do
  draft=draft-$command
  exits 0 "$draft --help" "$draft" --help
  like "$draft --help starts with the usage" "$(cat "$out")" "usage: draft*"
  phrase=$(awk -v c="$command" '$1 == c { $1 = $2 = $3 = ""; sub(/^ */, ""); print }' "$root/Sources/draft/commands")
  like "$draft --help has the summary of the list of commands" "$(cat "$out")" "*
$phrase
*"
  is "$draft --help prints nothing on standard error" "$(cat "$err")" ""
  exits 0 "$draft --version" "$draft" --version
  exits 64 "$draft --no-such-option exits 64" "$draft" --no-such-option
  like "$draft --no-such-option names it" "$(cat "$err")" "draft*no-such-option*"
  is "$draft --no-such-option prints nothing on standard output" "$(cat "$out")" ""
  status=0; "$draft" --help >/dev/full 2>"$err" || status=$?
  is "$draft --help >/dev/full exits 74" "$status" 74
  like "$draft --help >/dev/full prints the error" "$(cat "$err")" "*cannot write*"
done

# No threads can be created. The limit does not apply to root.
compiled=$(named "$@" | awk '$2 == "swift" { print $1 }')
nobody=''
[ "$(id -u)" != 0 ] || nobody='setpriv --reuid=65534 --regid=65534 --clear-groups'
programs=$DRAFT_BIN
# shellcheck disable=SC2086 # $nobody is words
$nobody test -x "$programs/draft-version" || {
  chmod 711 "$scratch"
  cp -r "$DRAFT_BIN/.." installed
  programs=$PWD/installed/bin
}
for command in $commands; do
  # shellcheck disable=SC2086 # $nobody is words
  exits 75 "draft-$command: fails cleanly without threads" timeout 20 $nobody prlimit --nproc=1 \
    "$programs/draft-$command" --version
  case $compiled in
    *"$command"*) is "draft-$command: … is said in one sentence" \
      "$(sed 's/: Resource.*//' "$err" | head -n 1) $(wc -l <"$err")" "draft-$command: cannot start a thread 2" ;;
    *) like "draft-$command: … is said in one sentence" "$(wc -l <"$err") $(cat "$err")" "1 *an*t fork*" ;;
  esac
done
rm -rf installed

# Arguments are known without /proc.
private=-m
[ "$(id -u)" = 0 ] || private=-rm
if [ -n "$compiled" ] && unshare $private sh -c 'mount -t tmpfs none /proc' 2>/dev/null; then
  # shellcheck disable=SC2016,SC2086 # for that shell to expand; $compiled is words
  unshare $private sh -c 'mount -t tmpfs none /proc; for command; do "draft-$command" --no-such-option; echo "draft-$command exits $?"; done' sh $compiled >"$out" 2>"$err"
  # shellcheck disable=SC2086
  is 'every command reads its arguments without /proc' "$(cat "$out")" "$(printf 'draft-%s exits 64\n' $compiled)"
  is '… and names an unknown option' "$(grep -c "unknown option '--no-such-option'" "$err")" \
    "$(echo "$compiled" | wc -l | tr -d ' ')"
  mkdir empty
  # shellcheck disable=SC2016
  unshare $private sh -c 'mount -t tmpfs none /proc; exec draft-create --dry-run --pack python empty' >"$out" 2>"$err"
  is '… and finds its installation' "$(jq -r .pack.name "$out")" python
else
  skip 'every command reads its arguments without /proc' 'nothing can be mounted here'
fi

# A record that every stage fails on before it does anything.
echo '{"draft":1,"app":{"name":"a","dir":"/nonexistent"}}' >nowhere
for stage in $stages; do
  draft=draft-$stage
  draft-check-stage -t 120 -r nowhere "$draft" >tap 2>&1
  is "$draft: passes draft-check-stage" "$? $(grep -A 3 '^not ok' tap)" '0 '

  # What is wrong is named.
  for bad in '{"draft":1,"draft":1}' '[1]' '{"a":1'; do
    printf '%s\n%s\n%s\n' "$failed" "$bad" "$failed" >in
    exits 65 "$draft: '$bad' exits 65" sh -c "$draft <in"
    like "$draft: '$bad' is named by line and column" "$(cat "$err")" "$draft: line 2, column *"
  done
  printf '{"a":"\377"}\n' >in; run sh -c "$draft <in"
  like "$draft: bytes that are not UTF-8 are named by column" "$(cat "$err")" "*line 1, column 7*UTF-8*"
  printf '%s\n%s' "$failed" "$failed" >in; run sh -c "$draft <in"
  like "$draft: a last line without a line feed is reported as truncated" "$(cat "$err")" "*line 2 is truncated*"
  printf '{"draft":2,"app":{"name":"a","dir":"/x"}}\n' >in; run sh -c "$draft <in"
  like "$draft: another version of the format is named, with ours" "$(cat "$err")" "*version 2*version 1*"
  {
    printf '%s' '{"draft":1,"failure":{"by":"y","code":1,"message":"'
    head -c 60000 /dev/zero | tr '\0' y
    echo '"}}'
  } >in
  status=0; (ulimit -f 100; $draft <in >small 2>"$err") || status=$?
  is "$draft: a file size limit exits 74" "$status" 74
  like "$draft: … and prints the error" "$(cat "$err")" "$draft: cannot write*File too large*"
  printf '{"draft":1}\n' >in; run sh -c "$draft <in"
  is "$draft: a record without 'app' fails" "$status" 1
  is "$draft: … with code 65" "$(jq -c .failure.code "$out")" 65
  printf '{"draft":1,"app":{"name":1,"dir":"/x"}}\n' >in; run sh -c "$draft <in"
  is "$draft: a member of the wrong type fails" "$status $(jq -c .failure.code "$out")" "1 65"
  like "$draft: … and is named" "$(jq -r .failure.message "$out")" "*app.name*"

  { printf '%s\n' "$failed"; echo '{"draft":1,"failure":{"by":"y","code":1,"message":"z"}}'; } >in
  run sh -c "$draft --debug <in"; mv "$out" got
  ok "$draft --debug: only JSON on standard output" cmp in got

  # Standard output full, gone.
  status=0; echo "$failed" | $draft >/dev/full 2>"$err" || status=$?
  is "$draft: >/dev/full exits 74" "$status" 74
  like "$draft: … and prints the error" "$(cat "$err")" "$draft: cannot write the records: No space left on device*"
  sh -c "trap '' PIPE; { status=0; yes '$failed' | head -n 200000 | $draft || status=\$?; echo \$status >status; } | head -n 1 >/dev/null" 2>/dev/null
  is "$draft: dies of SIGPIPE when the reader exits, even if the parent ignores SIGPIPE" "$(cat status)" 141

  # A directory that is not there; an unknown option value.
  exits 66 "$draft: a missing directory exits 66" "$draft" /nonexistent
  is "$draft: … and writes no record" "$(cat "$out")" ""
  like "$draft: … and is named" "$(cat "$err")" "$draft: *'/nonexistent'*"
  # draft-watch starts its records one after another and has no --jobs.
  [ "$stage" = watch ] || exits 64 "$draft: -j 0 exits 64" "$draft" -j 0 .
  exits 64 "$draft: -o xml exits 64" "$draft" -o xml .
done

[ $# = 0 ] || { finish; exit; }
# A record of 64 MB, through one stage: all stages share the reader.
{
  printf '%s' '{"draft":1,"failure":{"by":"y","code":1,"message":"z"},"x":"'
  head -c 67108864 /dev/zero | tr '\0' y
  echo '"}'
} >in
run sh -c "draft-detect <in"; mv "$out" got
ok "a record of 64 MB passes" cmp in got
ok "DRAFT_EVENTS receives events as JSON lines" sh -c 'mkdir -p app; echo "print(1)" >app/app.py; DRAFT_EVENTS=events draft-detect app >/dev/null && jq -e -s "map(.event) == [\"started\",\"finished\"] and .[1].code == 0 and (.[1].seconds >= 0)" events'
finish
