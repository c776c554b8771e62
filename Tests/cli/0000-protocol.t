#!/bin/sh
# Every command by loop: --help, --version, bad usage, /dev/full, SIGPIPE. Every stage by loop: the promises of draft-records(5).
. "$(dirname "$0")/lib.sh"

commands=$(awk '!/^#/ { print $1 }' "$root/Sources/draft/commands")
stages=$(awk '!/^#/ && $3 == "loop" { print $1 }' "$root/Sources/draft/commands")
failed='{"draft":1,"app":{"name":"a","dir":"/nonexistent"},"failure":{"by":"draft-x","code":69,"message":"m"}}'

for command in $commands; do
  draft=draft-$command
  exits 0 "$draft --help" "$draft" --help
  like "$draft --help starts with the usage" "$(cat "$out")" "usage: draft*"
  phrase=$(awk -v c="$command" '$1 == c { $1 = $2 = $3 = ""; sub(/^ */, ""); print }' "$root/Sources/draft/commands")
  like "$draft --help says what the list of commands says" "$(cat "$out")" "*
$phrase
*"
  is "$draft --help says nothing on standard error" "$(cat "$err")" ""
  exits 0 "$draft --version" "$draft" --version
  exits 64 "$draft --no-such-option exits 64" "$draft" --no-such-option
  like "$draft --no-such-option names it" "$(cat "$err")" "draft*no-such-option*"
  is "$draft --no-such-option prints nothing on standard output" "$(cat "$out")" ""
  status=0; "$draft" --help >/dev/full 2>"$err" || status=$?
  is "$draft --help >/dev/full exits 74" "$status" 74
  like "$draft --help >/dev/full says so" "$(cat "$err")" "*cannot write*"
done

# Nobody has a thread to give. root is not counted.
compiled=$(awk '!/^#/ && $2 == "swift" { print $1 }' "$root/Sources/draft/commands")
nobody=''
[ "$(id -u)" != 0 ] || nobody='setpriv --reuid=65534 --regid=65534 --clear-groups'
programs=$DRAFT_BIN
# shellcheck disable=SC2086 # $nobody is words
$nobody test -x "$programs/draft-version" || { chmod 711 "$scratch"; cp -r "$DRAFT_BIN/.." installed; programs=$PWD/installed/bin; }
for command in $commands; do
  # shellcheck disable=SC2086 # $nobody is words
  exits 75 "draft-$command: no thread to be had" timeout 20 $nobody prlimit --nproc=1 "$programs/draft-$command" --version
  case $compiled in
    *"$command"*) is "draft-$command: … is said in one sentence" "$(sed 's/: Resource.*//' "$err" | head -n 1) $(wc -l <"$err")" "draft-$command: cannot start a thread 2" ;;
    *) like "draft-$command: … is said in one sentence" "$(wc -l <"$err") $(cat "$err")" "1 *an*t fork*" ;;
  esac
done
rm -rf installed

# Nor is /proc needed to know what one was called with.
private=-m
[ "$(id -u)" = 0 ] || private=-rm
if unshare $private sh -c 'mount -t tmpfs none /proc' 2>/dev/null; then
  # shellcheck disable=SC2016,SC2086 # for that shell to expand; $compiled is words
  unshare $private sh -c 'mount -t tmpfs none /proc; for command; do "draft-$command" --no-such-option; echo "draft-$command exits $?"; done' sh $compiled >"$out" 2>"$err"
  # shellcheck disable=SC2086
  is 'without /proc every command knows its arguments' "$(cat "$out")" "$(printf 'draft-%s exits 64\n' $compiled)"
  is '… and says which it does not know' "$(grep -c "unknown option '--no-such-option'" "$err")" "$(echo "$compiled" | wc -l | tr -d ' ')"
  mkdir empty
  # shellcheck disable=SC2016
  unshare $private sh -c 'mount -t tmpfs none /proc; exec draft-create --dry-run --pack python empty' >"$out" 2>"$err"
  is '… and where it was installed' "$(jq -r .pack.name "$out")" python
else
  skip 'without /proc every command knows its arguments' 'nothing can be mounted here'
fi

for stage in $stages; do
  draft=draft-$stage

  # Framing.
  status=0; $draft </dev/null >"$out" 2>"$err" || status=$?
  is "$draft: an empty stream exits 0" "$status" 0
  is "$draft: an empty stream writes nothing" "$(cat "$out" "$err")" ""
  printf '\n  \n' >in; status=0; $draft <in >"$out" 2>"$err" || status=$?
  is "$draft: blank lines are nothing" "$status$(cat "$out" "$err")" 0
  for bad in '{"draft":1,"draft":1}' '{"a":{"b":1,"b":2}}' '[1]' '{"a":01}' '{"a":1' '{}{}' '{"a":"	"}' "{'a':1}" 'usage: x'; do
    printf '%s\n%s\n%s\n' "$failed" "$bad" "$failed" >in
    status=0; $draft <in >"$out" 2>"$err" || status=$?
    is "$draft: '$bad' exits 65" "$status" 65
    is "$draft: the line before '$bad' has been handled, the one after not" "$(cat "$out")" "$failed"
    like "$draft: '$bad' is named by line and column" "$(cat "$err")" "$draft: line 2, column *"
  done
  printf '{"a":"\377"}\n' >in; exits 65 "$draft: bytes that are not UTF-8 exit 65" sh -c "$draft <in"
  like "$draft: bytes that are not UTF-8 are named by column" "$(cat "$err")" "*line 1, column 7*UTF-8*"
  printf '\357\273\277{}\n' >in; exits 65 "$draft: a byte order mark exits 65" sh -c "$draft <in"
  printf '%s\n%s' "$failed" "$failed" >in; exits 65 "$draft: a last line without line feed exits 65" sh -c "$draft <in"
  is "$draft: and the line before it has been handled" "$(cat "$out")" "$failed"
  like "$draft: and is called truncated" "$(cat "$err")" "*line 2 is truncated*"
  printf '{"draft":2,"app":{"name":"a","dir":"/x"}}\n' >in; exits 65 "$draft: another version exits 65" sh -c "$draft <in"
  like "$draft: another version is named, and ours" "$(cat "$err")" "*version 2*version 1*"
  { printf '%s' '{"draft":1,"failure":{"by":"y","code":1,"message":"'; head -c 60000 /dev/zero | tr '\0' y; echo '"}}'; } >in
  status=0; (ulimit -f 100; $draft <in >small 2>"$err") || status=$?
  is "$draft: a file that may not become larger exits 74" "$status" 74
  like "$draft: … and says so" "$(cat "$err")" "$draft: cannot write*File too large*"
  printf '{"draft":1}\n' >in; run sh -c "$draft <in"
  is "$draft: a line without an application fails" "$status" 1
  is "$draft: with code 65" "$(jq -c .failure.code "$out")" 65
  printf '{"draft":1,"app":{"name":1,"dir":"/x"}}\n' >in; run sh -c "$draft <in"
  is "$draft: a member of the wrong type fails" "$status $(jq -c .failure.code "$out")" "1 65"
  like "$draft: and is named" "$(jq -r .failure.message "$out")" "*app.name*"

  # What is not ours passes byte for byte.
  { printf '%s\n' "$failed" '{ "draft":1 ,"x" : [1.0, 1E+2,"\u00e9\/", {"b":1 ,"a":2}] , "failure":{"by":"y","code":1,"message":"z"},"\u0061":"é" }'
    printf '{"draft":1,"failure":{"by":"y","code":1,"message":"z"},"deep":'
    head -c 100000 /dev/zero | tr '\0' '['; head -c 100000 /dev/zero | tr '\0' ']'; printf '}\n'; } >in
  # draft-watch begins its lines one after another and has no --jobs.
  parallel=; case $("$draft" --help) in *--jobs*) parallel='-j8' ;; esac
  for jobs in '' $parallel; do
    run sh -c "$draft $jobs <in"; mv "$out" got
    is "$draft $jobs: a failed line makes exit 1" "$status" 1
    ok "$draft $jobs: and passes byte for byte, deep or odd as it may be" cmp in got
  done
  run sh -c "$draft --debug <in"; mv "$out" got
  ok "$draft --debug: only JSON on standard output" cmp in got
  i=0; while [ $i -lt 200 ]; do echo "{\"draft\":1,\"failure\":{\"by\":\"y\",\"code\":1,\"message\":\"$i\"}}"; i=$((i + 1)); done >in
  run sh -c "$draft $parallel <in"; mv "$out" got
  ok "$draft $parallel: two hundred lines in the order they came in" cmp in got

  # Standard output full, gone, closed.
  status=0; echo "$failed" | $draft >/dev/full 2>"$err" || status=$?
  is "$draft: >/dev/full exits 74" "$status" 74
  like "$draft: >/dev/full says so" "$(cat "$err")" "$draft: cannot write the records: No space left on device*"
  status=0; echo "$failed" | $draft >&- 2>"$err" || status=$?
  is "$draft: >&- exits 74" "$status" 74
  for ignored in '' "trap '' PIPE;"; do
    sh -c "$ignored { status=0; yes '$failed' | head -n 200000 | $draft || status=\$?; echo \$status >status; } | head -n 1 >/dev/null" 2>/dev/null
    is "$draft: a reader that leaves ends it by SIGPIPE${ignored:+ though its parent ignores that}" "$(cat status)" 141
  done

  # A directory that is not there; an unknown option value.
  exits 66 "$draft: a directory that is not there exits 66" "$draft" /nonexistent
  is "$draft: and begins no line" "$(cat "$out")" ""
  like "$draft: and is named" "$(cat "$err")" "$draft: *'/nonexistent'*"
  [ -z "$parallel" ] || exits 64 "$draft: -j 0 exits 64" "$draft" -j 0 .
  exits 64 "$draft: -o xml exits 64" "$draft" -o xml .
done

# A line of 64 MB, through one stage: they share the reader.
{ printf '%s' '{"draft":1,"failure":{"by":"y","code":1,"message":"z"},"x":"'; head -c 67108864 /dev/zero | tr '\0' y; echo '"}'; } >in
run sh -c "draft-detect <in"; mv "$out" got
ok "a line of 64 MB passes" cmp in got
ok "DRAFT_EVENTS takes events as JSON lines" sh -c 'mkdir -p app; echo "print(1)" >app/app.py; DRAFT_EVENTS=events draft-detect app >/dev/null && jq -e -s "map(.event) == [\"started\",\"finished\"] and .[1].code == 0 and (.[1].seconds >= 0)" events'
finish
