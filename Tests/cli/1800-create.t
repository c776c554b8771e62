#!/bin/sh
# draft create: detect | scaffold, which options each stage gets, the status of both. The plumbing is tested with fake
# stages, then the real ones are run.
# shellcheck disable=SC2086,SC2016 # $shell is words
. "$(dirname "$0")/lib.sh"
# shellcheck source=stages.sh
. "$root/Tests/cli/stages.sh"
install_stages fake
CALLS=$PWD/calls
export CALLS
calls() { LC_ALL=C sort "$CALLS"; : >"$CALLS"; }
: >calls

for shell in dash 'bash --posix' 'busybox sh'; do
  : >calls
  create() { $shell "$scratch/fake/bin/draft-create" "$@"; }
  status=0; create web </dev/null >"$out" 2>"$err" || status=$?
  is "$shell: writes a record" "$status $(cat "$out")" '0 {"draft":1,"app":{"name":"web"},"detect":{},"scaffold":{}}'
  is "$shell: the stages and their options" "$(calls)" 'detect -- web
scaffold '
  create -a shop --dry-run -qe staging -j4 -o record web 'two words' </dev/null >"$out"
  is "$shell: options are passed to the right stages" "$(calls)" 'detect --app shop -e staging -j 4 -q -- web two words
scaffold --dry-run -j 4 -q -o record'
  is "$shell: each directory is a record" "$(jq -r .app.name "$out")" 'web
two words'
  create --pack=python --app=x -- -odd </dev/null >"$out"
  is "$shell: --pack and a directory with special characters" "$(calls)" 'detect --app x --pack python -- -odd
scaffold '
  printf '{"draft":1,"x":1}\n' | create >"$out"
  is "$shell: records on standard input" "$(cat "$out")" '{"draft":1,"x":1,"detect":{},"scaffold":{}}'
  calls >/dev/null
  create >"$out" <&-
  is "$shell: no standard input: the current directory" "$(calls)" 'detect -- .
scaffold '
  for words in --nope -x '--app' '-a' '--app=' '--quiet=1' '-qa'; do
    exits 64 "$shell: $words" create $words
    like "$shell: $words is reported" "$(cat "$err")" "draft-create: *option*try 'draft-create --help'*"
  done
  exits 65 "$shell: detect fails" env FAKE_detect='code=65' $shell fake/bin/draft-create web
  exits 73 "$shell: scaffold fails" env FAKE_scaffold='code=73' $shell fake/bin/draft-create web
  exits 73 "$shell: both fail: the status of the last" \
    env FAKE_detect='code=65' FAKE_scaffold='code=73' $shell fake/bin/draft-create web
  exits 137 "$shell: detect is killed" env FAKE_detect='kill -9 $$' $shell fake/bin/draft-create web
  like "$shell: … is reported" "$(cat "$err")" "*draft-create: 'draft-detect' was ended by signal KILL*"
  exits 127 "$shell: a missing stage" sh -c "rm fake/bin/draft-scaffold; $shell fake/bin/draft-create web"
  cp fake/bin/stage fake/bin/draft-scaffold
  exits 73 "$shell: no directory for temporary files" env TMPDIR=/nonexistent $shell fake/bin/draft-create web
  is "$shell: no temporary files are left" \
    "$(TMPDIR=$PWD/tmp; export TMPDIR; mkdir -p tmp; create web </dev/null >/dev/null; ls tmp)" ''
done

# The real stages.
mkdir -p app
printf 'flask\n' >app/requirements.txt
printf 'print("hello")\n' >app/app.py
DRAFT_EXEC=$DRAFT_BIN/draft
status=0; "$DRAFT_EXEC" create --dry-run app </dev/null >"$out" 2>"$err" || status=$?
is 'create --dry-run: exit status' "$status" 0
is 'create --dry-run: the record' \
  "$(jq -c '[.draft, .app.name, .language.name, (.scaffold.created | length > 3)]' "$out")" '[1,"app","Python",true]'
is 'create --dry-run: nothing is written' "$(ls app)" 'app.py
requirements.txt'
status=0; "$DRAFT_EXEC" create -a shop app </dev/null >"$out" 2>"$err" || status=$?
is 'create: exit status' "$status" 0
is 'create: the name' "$(jq -r .app.name "$out")" shop
like 'create: classic messages' "$(cat "$err")" '*--> Draft detected*Python*--> Ready to sail*'
is 'create: prints what was found and written, and the next command' "$(sed 1d "$err")" "--> Found: language Python; port none found (the chart says 8080); start command 'flask --app app run --host 0.0.0.0 --port 8080'
--> Wrote: charts/shop/ (8 files), .dockerignore, .draft-tasks.toml, Dockerfile, .draftignore, draft.toml
--> Ready to sail
--> Next: draft up '$scratch/app'"
ok 'create: the files' [ -f app/Dockerfile -a -f app/draft.toml -a -f app/charts/shop/Chart.yaml ]
cp -r app before
status=0; "$DRAFT_EXEC" create app </dev/null >"$out" 2>"$err" || status=$?
is 'create again: exit status' "$status" 0
ok 'create again: nothing is overwritten' diff -r app before
mkdir "it's one"
cp app/app.py "it's one"
run "$DRAFT_EXEC" create -e staging "it's one"
is 'create: the next command can be pasted' "$(tail -n 1 "$err")" \
  "--> Next: draft up -e staging '$scratch/it'\\''s one'"
run "$DRAFT_EXEC" create -q -e staging "it's one"
is 'create -q: prints nothing' "$(cat "$err")" ''
rm -rf rails && mkdir -p rails/app/javascript
printf 'gem "rails"\n' >rails/Gemfile
head -c 3000 /dev/zero | tr '\0' x >rails/app/a.rb
echo >rails/app/javascript/a.js
cp -r rails before-rails
exits 1 'create: a language without a pack' "$DRAFT_EXEC" create rails
is 'create: … is named, with the packs' "$(jq -r '.failure | "\(.code) \(.message)"' "$out")" \
  "66 cannot find a pack for 'Ruby': there are go, javascript, python"
like 'create: … with a hint' "$(cat "$err")" \
  "*draft-detect: cannot find a pack for 'Ruby': there are go, javascript, python
  write a Dockerfile, which is enough in any language, or choose a pack with --pack NAME*"
ok 'create: … and nothing is written' diff -r rails before-rails
printf 'FROM ruby\nEXPOSE 3000\n' >rails/Dockerfile
run script -qec "$DRAFT_EXEC create -q --dry-run rails" /dev/null </dev/null
is 'create --dry-run on a terminal lists the files' "$(tr -d '\r' <"$out" | grep -v templates/ | tr '\n' ' ')" \
  "charts/rails/.helmignore charts/rails/Chart.yaml charts/rails/values.yaml .draft-tasks.toml .dockerignore .draftignore draft.toml "
is 'create --dry-run: … and writes none of them' "$(ls -A rails)" 'Dockerfile
Gemfile
app'
exits 0 'create: a Dockerfile is enough' "$DRAFT_EXEC" create rails
is 'create: the chart has its port' \
  "$(grep -hoE '(containerPort: |targetPort: )[0-9]+' rails/charts/rails/values.yaml | tr '\n' ' ')" \
  "containerPort: 3000 targetPort: 3000 "
exits 66 'a missing directory' "$DRAFT_EXEC" create nowhere

printf '[environments.development]\nwait = 3\n' >app/draft.toml
exits 78 'invalid settings' "$DRAFT_EXEC" create app
like '… are reported by draft-create' "$(cat "$err")" "draft-create: cannot use 'wait' (app/draft.toml:2)*"
cp before/draft.toml app

# Under cron, in CI and with ssh -n nobody can type, so the current directory is used.
here() { (cd app && "$DRAFT_EXEC" create --dry-run -q); }
for shell in dash 'bash --posix' 'busybox sh'; do
  create() { (cd app && $shell "$DRAFT_BIN/draft-create" --dry-run -q); }
  run create </dev/null
  is "$shell: /dev/null: the current directory" "$status $(jq -r .app.name "$out")" '0 shop'
  run create <&-
  is "$shell: closed: the current directory" "$status $(jq -r .app.name "$out")" '0 shop'
  exits 66 "$shell: an empty pipe" sh -c "cd app; : | $shell '$DRAFT_BIN/draft-create'"
  is "$shell: … is reported" "$(cat "$out" "$err")" "draft-create: no records on standard input
  name a directory: 'draft create .'"
  : >empty
  exits 66 "$shell: an empty file" $shell "$DRAFT_BIN/draft-create" <empty
  is "$shell: … is reported too" "$(cat "$out" "$err" | wc -l)" 2
  run create <<END
{"draft":1,"app":{"name":"shop","dir":"$PWD/app","environment":"development","namespace":"default"}}
END
  is "$shell: records" "$status $(jq -r .app.name "$out")" '0 shop'
done
mknod null c 1 3 2>/dev/null && : 2>/dev/null >null && {
  run here <null
  is 'another name of /dev/null' "$status $(jq -r .app.name "$out")" '0 shop'
}
: | draft-detect >"$out" 2>"$err"
is 'for a stage an empty stream is a complete stream' "$?$(cat "$out" "$err")" 0
finish
