#!/bin/sh
# draft-watch: no change is missed or reported twice, and it ends when it should.
. "$(dirname "$0")/lib.sh"

watcher=
# shellcheck disable=SC2317 # called by the trap
clean_up() { [ -z "$watcher" ] || kill "$watcher" 2>/dev/null; cd /; rm -rf "$scratch"; }
trap clean_up EXIT
start() {
  : >records
  draft-watch --watch-delay 0.3 "$@" >records 2>words &
  watcher=$!
  lines "${first:-1}" && sleep 0.2
}
stop() { kill "$watcher"; wait "$watcher" 2>/dev/null; watcher=; }
has() { [ "$(wc -l <records)" -ge "$1" ]; }
lines() { await has "$1"; }
line() { lines "$1"; sed -n "$1p" records | jq -r '.change | "\(.sequence) \(.paths | join(" "))"'; }

mkdir -p web/sub && echo a >web/f
start web
is 'the first record' "$(line 1)" '0 '
is 'the messages' "$(cat words)" 'Watching local files for changes...'
echo b >web/f; echo c >web/sub/g
is 'changes are collected' "$(line 2)" '1 f sub/g'
mkdir -p web/n/e/w && echo x >web/n/e/w/file
is 'no file in a new directory is missed' "$(line 3)" '2 n n/e n/e/w n/e/w/file'
echo y >web/n/e/w/file
is '… and it is watched' "$(line 4)" '3 n/e/w/file'
mv web/n web/m
is 'a directory is renamed' "$(line 5)" '4 m m/e m/e/w m/e/w/file n'
echo z >web/m/e/w/file
is '… and is watched under its new name' "$(line 6)" '5 m/e/w/file'
rm -r web/m
like 'a directory is removed' "$(line 7)" '6 m m/e*'
echo new >web/.f.tmp1; mv web/.f.tmp1 web/f
is 'a save by rename is one change' "$(line 8)" '7 f'
touch web/4913; rm web/4913; mv web/f web/f~; echo v >web/f; rm web/f~
is 'a save by vim is one change' "$(line 9)" '8 f'
chmod +x web/f
is 'a change of mode' "$(line 10)" '9 f'
touch web/f
echo s >web/.f.swp
mkdir web/.git
echo x >web/.git/index
ln -s / web/root-link 2>/dev/null
rm web/root-link
sleep 1
is 'touches, ignored files and temporary files are not changes' "$(wc -l <records)" 10
printf 'sub\n' >web/.draftignore
is 'a change of .draftignore is a change' "$(line 11)" '10 .draftignore'
echo i >web/sub/g; sleep 0.8
is '… and takes effect at once' "$(wc -l <records)" 11
seq 3000 | (cd web && mkdir many && cd many && xargs touch)
# On a slow machine this may take several records: the delay has an end.
many() {
  for _ in $(seq 100); do
    [ "$(sed 1,11d records | jq -s '[.[].change.paths[]] | unique | length')" = 3001 ] && return
    sleep 0.1
  done
  return 1
}
ok 'many changes at once' many
is 'all output is records' "$(jq -r .app.name records | sort -u)" web
kill "$watcher"; wait "$watcher"
is 'SIGTERM ends it' "$?" 143
watcher=

# Files that never get into the image and files of editors cause no record and no delay: with a delay as long as this,
# its end would be too late for `tells`.
mkdir -p noisy/logs noisy/tmp
printf 'logs\ntmp/*\n!tmp/keep\n*.日本\n' >noisy/.dockerignore
tells() {
  for _ in $(seq 100); do
    sed 1d records | jq -e --arg path "$1" '.change.paths | index($path)' >"$out" 2>&1 && return
    sleep 0.1
  done
  return 1
}
noise() { # COMMAND on and on, until `quiet`
  rm -f silence
  while [ ! -e silence ]; do "$@"; sleep 0.05; done & noise=$!
}
quiet() { : >silence; wait "$noise"; }
# shellcheck disable=SC2317 # called by noise
left_out() {
  for name in logs/dev.log tmp/x x.日本 'app.py~' .app.py.swo '#app.py#' app.py___jb_tmp___ .goutputstream-7XQ; do
    echo x >"noisy/$name"
  done
  ln -sf nobody@nowhere:1 'noisy/.#app.py'
}
start --watch-delay 1.5 noisy
noise left_out
echo e >noisy/app.py; echo k >noisy/tmp/keep
is 'ignored files and files of editors cause no record and no delay' "$(line 2)" '1 app.py tmp/keep'
quiet
echo logs/dev.log >noisy/.dockerignore
ok 'a change of the ignore file is a change' tells .dockerignore
echo x >noisy/tmp/x
ok '… and takes effect at once' tells tmp/x
stop

# Several applications; the draft home inside; records on standard input.
mkdir -p one two/home
for app in one two; do printf '{"draft":1,"app":{"name":"%s","dir":"%s"},"x" :1}\n' $app "$scratch/$app"; done >input
echo '{"draft":1,"failure":{"by":"x","code":1,"message":"m"}}' >>input
DRAFT_HOME=$scratch/two/home
first=3
# shellcheck disable=SC2094
: >records; draft-watch --watch-delay 0.3 <input >records 2>words & watcher=$!
lines 3; sleep 0.2
is 'a failed record passes' "$(sed -n 3p records)" '{"draft":1,"failure":{"by":"x","code":1,"message":"m"}}'
echo x >two/home/log; echo x >two/f
is 'the draft home is left out' "$(lines 4; sed -n 4p records | jq -c '[.app.name, .change.paths]')" '["two",["f"]]'
like 'other members pass' "$(sed -n 4p records)" '*"x" :1*'
rm -r one two
wait "$watcher"
is 'it ends when all directories are gone' "$?" 1
watcher=
is '… and sets a failure in the record' \
  "$(jq -r 'select(.failure.by == "draft-watch") | .failure.code' records | tr '\n' ' ')" \
  '66 66 '
DRAFT_HOME=$scratch/draft
first=1

# A reader that ends, and no reader.
(draft-watch web 2>/dev/null; echo $? >ended) | head -n 1 >/dev/null
await [ -s ended ]
is 'it ends when the reader exits, even without a change' "$(cat ended)" 0
exits 0 'an empty stream' draft-watch </dev/null
exits 0 '--auto without watch = true' timeout 10 draft-watch --auto web
is "… writes the first record once, without 'change'" \
  "$(timeout 10 draft-watch --auto web 2>/dev/null | jq -c '[.app.name, has("change")]')" '["web",false]'
printf '[environments.development]\nwatch = true\n' >web/draft.toml
start --auto web
is '--auto with watch = true' "$(line 1)" '0 '
stop

# The limit of watches, in a separate user namespace.
mkdir -p big/1 big/2 big/3 big/4
if unshare -Ur sh -c 'echo 2 >/proc/sys/user/max_inotify_watches' 2>/dev/null; then
  run unshare -Ur sh -c 'echo 2 >/proc/sys/user/max_inotify_watches; exec timeout 10 draft-watch big'
  is 'the limit of watches' "$status $(jq .failure.code "$out")" '1 69'
  like '… with a hint how to raise it' "$(cat "$err")" '*sysctl fs.inotify.max_user_watches=*'
else skip 'the limit of watches' 'no user namespaces'; fi
finish
