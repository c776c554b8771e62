#!/bin/sh
# draft up: the pipe, the status of all stages, signals, one up of an application at a time. The plumbing is tested
# with fake stages; the test of the whole pipe runs the real ones.
# shellcheck disable=SC2086,SC2016 # $shell is words
. "$(dirname "$0")/lib.sh"
# shellcheck source=stages.sh
. "$root/Tests/cli/stages.sh"
install_stages fake
mkdir -p tmp
TMPDIR=$PWD/tmp CALLS=$PWD/calls
export TMPDIR CALLS
calls() { LC_ALL=C sort "$CALLS"; : >"$CALLS"; }
: >calls
mkdir -p "$DRAFT_HOME/plugins"
for plugin in scan sign tell; do cp fake/bin/stage "$DRAFT_HOME/plugins/draft-$plugin"; done
cp "$DRAFT_BIN/draft-which" "$DRAFT_BIN/draft-commands" fake/bin
gone() { ! kill -0 "$1" 2>/dev/null; }

for shell in dash 'bash --posix' 'busybox sh'; do
  : >calls
  up() { $shell "$scratch/fake/bin/draft-up" "$@"; }
  status=0; up web </dev/null >"$out" 2>"$err" || status=$?
  is "$shell: writes a record" "$status $(cat "$out")" \
    '0 {"draft":1,"app":{"name":"web"},"tasks":{},"target":{},"watch":{},"pack":{},"build":{},"push":{},"release":{},"tasks":{},"connect":{}}'
  is "$shell: the stages and their options" "$(calls)" 'build 
connect --auto
pack 
push 
release 
target --check
tasks --post-deploy --post-up
tasks --pre-up -- web
watch --auto'
  up -qe staging -j2 --skip-image-push --watch --auto-connect -o table web </dev/null >"$out"
  is "$shell: options are passed to the right stages" "$(calls)" 'build -j 2 -q
connect -q -o table
pack -j 2 -q
release -j 2 -q
target --check --skip-image-push --auto-connect -j 2 -q
tasks --post-deploy --post-up -j 2 -q
tasks --pre-up -e staging -j 2 -q -- web
watch -q'
  up --no-watch --no-auto-connect --environment=staging -otable one two </dev/null >"$out"
  is "$shell: --no-watch --no-auto-connect" "$(calls)" 'build 
pack 
push 
release 
target --check --no-auto-connect
tasks --post-deploy --post-up -o table
tasks --pre-up -e staging -- one two'
  up --no-watch --no-auto-connect --remote kube web </dev/null >"$out"
  is "$shell: --remote: the server is checked before anything is packed" "$(calls)" 'pack 
remote --to=kube
target --check --remote kube
tasks --post-deploy --post-up
tasks --pre-up -- web'
  run env FAKE_tasks='case $* in *--post-up*) echo "$DRAFT_KUBE_CONTEXT $DRAFT_HOME $DRAFT_DEBUG" ;; esac' $shell \
    fake/bin/draft-up --no-auto-connect --kube-context kind --home rel --debug web
  is "$shell: variables for all stages" "$(head -n 1 "$out")" "kind $PWD/rel 1"
  run env DRAFT_ENGINE=helm FAKE_tasks='case $* in *--post-up*) echo "$DRAFT_ENGINE" ;; esac' $shell \
    fake/bin/draft-up --no-auto-connect --engine podman web
  is "$shell: … and the engine" "$(head -n 1 "$out")" podman
  run env DRAFT_ENGINE=podman FAKE_tasks='case $* in *--post-up*) echo "${DRAFT_ENGINE-none}" ;; esac' $shell \
    fake/bin/draft-up --no-auto-connect --kube-context kind web
  is "$shell: … --kube-context selects helm" "$(head -n 1 "$out")" none
  rm -rf rel; calls >/dev/null
  printf '{"draft":1,"x":1}\n' | up >"$out"
  is "$shell: records on standard input" "$(jq -c .x "$out")" 1
  calls >/dev/null
  up >"$out" <&-
  like "$shell: no standard input: the current directory" "$(calls)" '*tasks --pre-up -- .*'

  # Plugins in the pipe.
  up --no-watch --no-auto-connect --with scan@pack \
    --with=tell@release --with sign@pack --with scan@build web </dev/null >"$out"
  is "$shell: --with: each plugin after its stage, in the given order" "$(cat "$out")" \
    '{"draft":1,"app":{"name":"web"},"tasks":{},"target":{},"pack":{},"scan":{},"sign":{},"build":{},"scan":{},"push":{},"release":{},"tell":{},"tasks":{}}'
  calls | grep -q '^tell $'; is "$shell: … started without an argument" $? 0
  up --no-watch --no-auto-connect --skip-image-push --with scan@push --remote kube --no-remote web </dev/null >"$out"
  is "$shell: … also without draft-push" "$(jq -c 'keys_unsorted[3:]' "$out")" \
    '["target","pack","build","scan","release"]'
  up --no-watch --no-auto-connect --remote kube --with scan@pack --with tell@release web </dev/null >"$out"
  is "$shell: … with a server" "$(jq -c 'keys_unsorted[3:]' "$out")" '["target","pack","scan","remote","tell"]'
  for place in build push; do
    exits 64 "$shell: … not after $place" up --remote kube --with scan@$place web
  done
  run env DRAFT_WITH='scan@build' $shell fake/bin/draft-up --no-watch --no-auto-connect --with tell@build web
  is "$shell: … in addition to the setting" "$(jq -c 'keys_unsorted[5:]' "$out")" \
    '["build","scan","tell","push","release"]'
  run env DRAFT_WITH='scan@build' $shell fake/bin/draft-up --no-watch --no-auto-connect --no-with --with tell@build web
  is "$shell: … and without the setting" "$(jq -c 'keys_unsorted[5:]' "$out")" '["build","tell","push","release"]'
  calls >/dev/null
  for word in scan scan@ scan@deploy @pack Scan@pack scan@x@pack ../scan@pack 'scan@pack x' draft-scan; do
    exits 64 "$shell: --with '$word'" up --with "$word" web
  done
  exits 64 "$shell: --with a command of draft" up --with build@pack web
  exits 127 "$shell: --with a missing plugin" up --with scna@pack web
  is "$shell: … with a suggestion" "$(cat "$err")" "draft-up: there is no plugin 'scna'
  did you mean 'scan'? 'draft commands' lists them"
  is "$shell: … and starts nothing" "$(calls)" ''
  exits 69 \
    "$shell: a plugin that fails" env FAKE_scan='code=69' $shell fake/bin/draft-up --no-watch --with scan@pack web
  exits 137 \
    "$shell: … that is killed" env FAKE_scan='kill -9 $$' $shell fake/bin/draft-up --no-watch --with scan@pack web
  like "$shell: … is named" "$(cat "$err")" "*draft-up: 'draft-scan' was ended by signal KILL*"
  calls >/dev/null

  for words in --nope -x -e --environment= --watch=yes --engine=docker --with; do
    exits 64 "$shell: $words" up $words
  done

  # How stages end.
  for stage in tasks target watch pack build push release connect; do
    exits 69 "$shell: $stage fails" env FAKE_$stage='code=69' $shell fake/bin/draft-up web
    exits 137 "$shell: $stage is killed" env FAKE_$stage='kill -9 $$' $shell fake/bin/draft-up web
    like "$shell: … is reported" "$(cat "$err")" "*draft-up: 'draft-$stage' was ended by signal KILL*"
    exits 143 \
      "$shell: $stage is ended by somebody else's SIGTERM" env FAKE_$stage='kill $$' $shell fake/bin/draft-up web
  done
  exits 1 "$shell: the status of the last stage takes precedence" \
    env FAKE_pack='code=65' FAKE_connect='code=1' $shell fake/bin/draft-up web
  exits 65 \
    "$shell: then the first in the pipe" env FAKE_pack='code=65' FAKE_build='code=69' $shell fake/bin/draft-up web
  exits 137 "$shell: a stage dies while an earlier one still runs" \
    timeout 10 env FAKE_watch='echo $$ >watcher; exec sleep 60' FAKE_build='kill -9 $$' $shell fake/bin/draft-up web
  ok "$shell: … which is ended" await gone "$(cat watcher)"
  status=0; up web </dev/null 2>"$err" | true || status=$?
  is "$shell: a reader that exits early is not an error" "$status$(grep -v ' ' "$err")" 0

  # Signals to draft-up alone reach every stage, and it dies by the same.
  for signal in TERM:143 HUP:129; do
    code=${signal#*:} signal=${signal%:*}
    FAKE_watch='echo $$ >p1; exec sleep 60' \
      FAKE_release='echo $$ >p2; exec sleep 60' $shell fake/bin/draft-up web </dev/null >/dev/null 2>&1 &
    pid=$!
    await [ -s p1 ]; await [ -s p2 ]
    kill -s $signal $pid
    status=0; wait $pid 2>/dev/null || status=$?
    is "$shell: SIG$signal: dies of it" "$status" "$code"
    ok "$shell: SIG$signal: no stage is left" gone "$(cat p1)"
    ok "$shell: SIG$signal: … not even the last" gone "$(cat p2)"
    rm -f p1 p2
  done
  is "$shell: no temporary file is left" "$(ls tmp)" ''

  # As many stages as there are.
  piped() { # COUNT
    $shell -uc 'me=piped shared=${0%/*}; . "$shared/words.sh"; . "$0"; pipeline piped; stage printf "one\ntwo\n"; n=1; while [ $n -lt "$1" ]; do stage cat; n=$((n + 1)); done; last cat' \
      "$root/Sources/draft/pipeline.sh" "$1"
  }
  is "$shell: no record is lost after many stages" "$(for n in 7 8 9 16 17; do piped $n | tr '\n' ,; done)" \
    'one,two,one,two,one,two,one,two,one,two,'
  is "$shell: … and no file is left" "$(ls tmp)" ''
  # What a killed pipeline left goes with the next; that of one which is at work does not, nor what is no such
  # directory.
  sh -c 'exit 0' & dead=$!
  wait $dead
  mkdir tmp/draft-$dead.a1b2c3 tmp/draft-$$.a1b2c3 tmp/draft-$dead.mine.a1b2c3
  mkfifo tmp/draft-$dead.a1b2c3/1 tmp/draft-$dead.a1b2c3/16
  piped 2 >/dev/null
  is "$shell: files of a killed up are removed" "$(ls tmp)" \
    "$(printf '%s\n' draft-$$.a1b2c3 draft-$dead.mine.a1b2c3 | sort)"
  rm -r tmp/draft-*

  # A home that cannot be written.
  : >file
  exits 73 "$shell: the lock cannot be created" env DRAFT_HOME="$PWD/file" $shell fake/bin/draft-up web
  exits 78 "$shell: no home" env -u HOME -u DRAFT_HOME $shell fake/bin/draft-up web
done

# SIGINT with the real stages, because a shell script that is started in the background cannot stop ignoring it. They
# wait for records that never come. A shell without job control starts background jobs with SIGINT ignored; perl
# resets it.
if command -v perl >/dev/null; then
  mkfifo never
  # At the very beginning it reaches what the script has in the foreground.
  mkdir early
  printf '#!/bin/sh\nkill -s INT $$\n' >early/mkfifo
  mkdir late
  printf '#!/bin/sh\n[ "$1" = 1 ] || { echo no more >&2; exit 1; }\nexec %s "$@"\n' "$(command -v mkfifo)" >late/mkfifo
  chmod +x early/mkfifo late/mkfifo
  for shell in dash 'bash --posix' 'busybox sh'; do
    perl -e '$SIG{INT} = "DEFAULT"; exec @ARGV' $shell "$DRAFT_BIN/draft-up" --no-watch <>never >/dev/null 2>&1 &
    pid=$!
    eight() { [ "$(pgrep -c -P $pid draft-)" = 8 ]; }
    ok "$shell: SIGINT: the stages run" await eight
    stages=$(pgrep -P $pid)
    sleep 0.3
    kill -s INT $pid
    status=0; wait $pid 2>/dev/null || status=$?
    is "$shell: SIGINT: dies of it" "$status" 130
    for stage in $stages; do ok "$shell: SIGINT: a stage has gone" gone "$stage"; done
    case $shell in busybox*) continue ;; esac # which has a mkfifo of its own
    exits 130 "$shell: SIGINT before the pipe exists" env PATH="$PWD/early:$PATH" TMPDIR="$PWD/early" perl -e \
      '$SIG{INT} = "DEFAULT"; exec @ARGV' $shell fake/bin/draft-up web
    is "$shell: … and nothing is left" "$(ls early)" mkfifo
    # The second lot cannot be made: what has been started ends, and nothing is lost in silence.
    exits 73 \
      "$shell: a FIFO that cannot be created" env PATH="$PWD/late:$PATH" TMPDIR="$PWD/late" timeout 100 $shell -uc \
      'me=piped shared=${0%/*}; . "$shared/words.sh"; . "$0"; pipeline piped; for n in 1 2 3 4 5 6 7 8 9; do stage sh -c "echo \$\$ >job$n; exec sleep 60"; done; last cat' "$root/Sources/draft/pipeline.sh"
    like "$shell: … is reported" "$(cat "$err")" "*no more*piped: cannot make a FIFO in '$PWD/late/draft-*'*TMPDIR*"
    ok "$shell: … and ends the started stages" gone "$(cat job8)"
    is "$shell: … and nothing is left" "$(ls late)" mkfifo
    rm -f job?
  done
  (trap '' INT; exec "$DRAFT_BIN/draft-up" --no-watch <>never >/dev/null 2>&1) &
  pid=$!
  await eight
  kill -s INT $pid $(pgrep -P $pid)
  sleep 0.5
  ok 'SIGINT: a command that was started with it ignored continues' eight
  kill -s TERM $pid
  wait $pid 2>/dev/null
else
  skip 'SIGINT' 'there is no perl'
fi

# Plugins in settings: those of the user, never those of a project.
printf '#!/bin/sh\nexec "%s/draft-config" "$@"\n' "$DRAFT_BIN" >fake/bin/draft-config
chmod +x fake/bin/draft-config
"$DRAFT_BIN/draft-config" set with 'scan@pack tell@release' 2>"$err"
is "up: the setting 'with' is known" "$(cat "$err")" ''
up() { fake/bin/draft-up --no-watch --no-auto-connect "$@" </dev/null; }
is 'up: plugins in the setting' "$(up web | jq -c 'keys_unsorted[4:]')" \
  '["pack","scan","build","push","release","tell"]'
is 'up: … --no-with' "$(up --no-with web | jq -c 'keys_unsorted[4:]')" '["pack","build","push","release"]'
is 'up: … the variable takes precedence' "$(DRAFT_WITH=sign@push up web | jq -c 'keys_unsorted[4:]')" \
  '["pack","build","push","sign","release"]'
echo 'with = "scan@deploy"' >"$DRAFT_HOME/config.toml"
exits 78 'up: … an invalid one' up web
like 'up: … is reported' "$(cat "$err")" "draft-up: cannot use 'scan@deploy'*"
"$DRAFT_BIN/draft-config" unset with
mkdir named
printf '[environments.development]\nwith = "scan@pack"\n' >named/draft.toml
run sh -c 'cd named && ../fake/bin/draft-up --no-watch --no-auto-connect .'
is 'up: draft.toml cannot name plugins' "$(jq -c 'keys_unsorted[4:]' "$out")" '["pack","build","push","release"]'
run draft-line named
like 'up: … with a message' "$(cat "$err")" \
  "draft-line: warning: named/draft.toml:2: 'with' is a key of config.toml and has no effect here"
calls >/dev/null

# The lock, with a real first stage.
mkdir -p web other
echo 'print(1)' | tee web/app.py >other/app.py
# Under its own name: the release binary is all commands, and its name selects one.
printf '#!/bin/sh\ncase $* in *--pre-up*) exec "%s/draft-tasks" "$@" ;; *) exec cat ;; esac\n' "$DRAFT_BIN" \
  >fake/bin/draft-tasks
# Errors in settings are reported by the command that was called, whichever stage reads them first; the record names
# the stage.
printf '[environments.development]\nwiat = true\n' >other/draft.toml
run fake/bin/draft-up --no-watch other
like 'up: a warning about settings' "$(cat "$err")" "draft-up: warning: other/draft.toml:2: unknown key 'wiat'*"
printf '[environments.development]\nwait = 3\n' >other/draft.toml
exits 78 'up: invalid settings' fake/bin/draft-up --no-watch other
like 'up: … are reported by draft-up' "$(cat "$err")" "draft-up: cannot use 'wait' (other/draft.toml:2)*"
printf '{"draft":1,"app":{"name":"other","dir":"%s","environment":"development","namespace":"default"}}\n' \
  "$(pwd -P)/other" >line
run sh -c 'fake/bin/draft-up --no-watch <line'
like 'up: … also for a record' "$(cat "$err")" "draft-up: cannot use 'wait' (other/draft.toml:2)*"
is 'up: … and the record has the stage' "$(jq -r .failure.by "$out")" draft-tasks
printf '#!/bin/sh\nexec "%s/draft-pack" "$@"\n' "$DRAFT_BIN" >fake/bin/draft-pack
run env FAKE_watch=": >other/Dockerfile; echo '[environments.development]' >other/draft.toml; echo 'wait = 3' >>other/draft.toml" \
  sh -c "echo '[environments.development]' >other/draft.toml; fake/bin/draft-up other"
like 'up: … and for a setting of a later stage' "$(cat "$err")" "draft-up: cannot use 'wait' (other/draft.toml:2)*"
cp fake/bin/stage fake/bin/draft-pack
run draft-tasks other
like 'a stage that is run alone reports its own name' "$(cat "$err")" "draft-tasks: cannot use 'wait' *"
printf '[pre-up]\nsay = "draft-target other"\n' >web/.draft-tasks.toml
cp -r other web/other
run env DRAFT_TRUST="$PWD/web" fake/bin/draft-up --no-watch web
like '… and so does one run by a task' "$(cat "$err")" "*draft-target: cannot use 'wait' *"
rm -rf other/draft.toml web/.draft-tasks.toml web/other
for shell in dash 'bash --posix' 'busybox sh'; do
  up() { (cd web && $shell "$scratch/fake/bin/draft-up" -q --no-watch --skip-image-push); }
  run up </dev/null
  is "$shell: /dev/null: the current directory" "$status $(jq -r .app.name "$out")" '0 web'
  exits 66 "$shell: an empty pipe" sh -c ": | $shell fake/bin/draft-up"
  is "$shell: … is reported" "$(cat "$out" "$err")" "draft-up: no records on standard input
  name a directory: 'draft up .'"
  : >empty
  exits 66 "$shell: an empty file" $shell fake/bin/draft-up -q <empty
done
FAKE_release='echo $$ >p2; exec sleep 60' fake/bin/draft-up -q --watch web </dev/null >/dev/null 2>&1 &
pid=$!
await [ -s p2 ]
exits 75 'a second up of the same application' timeout 20 fake/bin/draft-up -q --no-watch ./web/../web
like '… is refused' "$(cat "$err")" "draft-up: another 'draft up' of 'web' is running*"
printf '{"draft":1,"app":{"name":"web","dir":"%s"}}\n' "$(pwd -P)/web" >line
exits 1 'a second up of a record of it' timeout 20 sh -c 'fake/bin/draft-up -q --no-watch --skip-image-push <line'
is '… is refused in the record' "$(jq -c .failure.code "$out")" 75
exits 0 'another application is not locked' timeout 20 fake/bin/draft-up -q --no-watch other
kill -9 $pid
wait $pid 2>/dev/null
exits 75 'up is killed and a stage still runs: locked' timeout 20 fake/bin/draft-up -q --no-watch web
kill -9 "$(cat p2)"
await gone "$(cat p2)"
ok 'the last stage has exited: not locked' await timeout 20 fake/bin/draft-up -q --no-watch web
finish
