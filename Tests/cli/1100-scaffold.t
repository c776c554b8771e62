#!/bin/sh
# draft-scaffold: what it writes, what it keeps, and what happens when it is interrupted.
. "$(dirname "$0")/lib.sh"

app() { rm -rf "$scratch/web"; mkdir -p "$scratch/web"; cd "$scratch/web" || exit 1; }
python() {
  printf 'from http.server import *\nHTTPServer(("", 5000), X).serve_forever()\n' >app.py
  echo >requirements.txt
}
field() { jq -r "$1" "$out"; }
tree() { find . | LC_ALL=C sort | tr '\n' ' '; }

app
python
run sh -c 'draft-detect . | draft-scaffold'
is "exit 0" "$status" 0
is "prints what was found, written, and the next step" "$(sed 1d "$err")" \
  "--> Found: language Python; port 5000; start command 'python app.py'
--> Wrote: charts/web/ (8 files), .dockerignore, .draft-tasks.toml, Dockerfile, .draftignore, draft.toml
--> Ready to sail
--> Next: draft up"
is "writes all missing files" "$(tree)" \
  ". ./.dockerignore ./.draft-tasks.toml ./.draftignore ./Dockerfile ./app.py ./charts ./charts/web \
./charts/web/.helmignore ./charts/web/Chart.yaml ./charts/web/templates ./charts/web/templates/NOTES.txt \
./charts/web/templates/_helpers.tpl \
./charts/web/templates/deployment.yaml ./charts/web/templates/ingress.yaml \
./charts/web/templates/service.yaml ./charts/web/values.yaml \
./draft.toml ./requirements.txt "
is "… and lists them in the record" "$(field '.scaffold.created | sort | join(" ")')" \
  "$(find . -type f ! -name app.py ! -name requirements.txt | cut -c3- | LC_ALL=C sort | tr '\n' ' ' | sed 's/ $//')"
is "the chart has the application's name" "$(grep ^name: charts/web/Chart.yaml)" 'name: "web"'
is "the port of the source is in all files" \
  "$(grep -hoE '(EXPOSE |PORT=|containerPort: |targetPort: )[0-9]+' Dockerfile charts/web/values.yaml | tr '\n' ' ')" \
  "PORT=5000 EXPOSE 5000 containerPort: 5000 targetPort: 5000 "
is "… and so is the start command" "$(grep ^CMD Dockerfile)" 'CMD ["python", "app.py"]'
is "draft.toml is as before, without a namespace that was not set" "$(grep -v '^#' draft.toml)" '[environments]
  [environments.development]
    name = "web"
    wait = true
    watch = false
    watch-delay = 2
    auto-connect = false
    dockerfile = "Dockerfile"
    chart = ""'
is ".draftignore" "$(cat .draftignore)" '*.swp
*.tmp
*.temp
.git*'

find . -type f -exec sha256sum {} + | sort >"$scratch/before"
ok "a second run" draft-scaffold .
is "… creates nothing" "$(field '.scaffold.created | length')" 0
like "… with a message" "$(cat "$err")" \
  "*; port 5000 (EXPOSE in the Dockerfile); start command 'python app.py' (from the Dockerfile)
--> Wrote: nothing
--> Kept: .dockerignore, .draft-tasks.toml, .draftignore, Dockerfile, charts/web/, draft.toml
--> Ready to sail
--> Next: draft up"
is "existing files are kept" "$(field '.scaffold.kept | join(" ")')" \
  ".dockerignore .draft-tasks.toml .draftignore Dockerfile charts/web/ draft.toml"
find . -type f -exec sha256sum {} + | sort >"$scratch/after"
ok "… unchanged" cmp "$scratch/before" "$scratch/after"

# Names.
app
python
ok "--app" draft-scaffold --app 'My Web_App!' .
is "a safe name" "$(ls charts) $(grep -c '"my-web-app"' draft.toml)" "my-web-app 1"
app
python
run sh -c 'draft-detect . | draft-scaffold --app other'
is "--app for a record that has a name" "$(jq -r .app.name "$out") $(ls charts) $(grep -c '"other"' draft.toml)" \
  "other other 1"
app
python
ok "--app random" draft-scaffold --app random .
like "… is an adjective and an animal" "$(field .app.name)" "[a-z]*-[a-z]*"
is "… the same in all files" "$(ls charts)" "$(field .app.name)"

# Existing files.
app
python
printf 'FROM python\nEXPOSE 9000/udp 8000\nUSER 1000:1001\n' >Dockerfile
cp Dockerfile "$scratch/Dockerfile"
ok "an existing Dockerfile" draft-scaffold .
ok "… stays" cmp Dockerfile "$scratch/Dockerfile"
is "… its port is in the chart" \
  "$(grep -hoE '(containerPort: |targetPort: )[0-9]+' charts/web/values.yaml | tr '\n' ' ')" \
  "containerPort: 8000 targetPort: 8000 "
is "… and so is its user" "$(grep -oE 'runAs(User|Group|NonRoot): .*' charts/web/values.yaml | tr '\n' ' ')" \
  "runAsNonRoot: true runAsUser: 1000 runAsGroup: 1001 "
is "draft.toml is written" "$(grep -c 'dockerfile = "Dockerfile"' draft.toml)" 1

app
python
echo 'FROM nginx' >Dockerfile
run draft-scaffold .
like "a Dockerfile that runs as root is reported" "$(cat "$err")" "*lets the container run as root*"
is "… and allowed" "$(grep -c 'runAsNonRoot: false' charts/web/values.yaml)" 1

for place in chart charts/other charts chart/python; do
  app
  python
  mkdir -p "$place"
  echo 'name: other' >"$place/Chart.yaml"
  ok "an existing chart in $place" draft-scaffold .
  is "… is not touched" "$(find . -name Chart.yaml)" "./$place/Chart.yaml"
  case $place in charts/other) want='chart = ""' ;; *) want="chart = \"$place\"" ;; esac
  is "… and is set in draft.toml" "$(grep -c "$want" draft.toml) $(test -f Dockerfile && echo Dockerfile)" \
    "1 Dockerfile"
done

# draft-scaffold and draft-pack agree on where the chart is, in every layout, with and without a draft.toml of the
# application. NAME|EXISTING CHARTS|THE CHART|draft.toml
while IFS='|' read -r layout there one toml; do
  app
  python
  for place in $there; do
    mkdir -p "$place"
    printf 'apiVersion: v2\nname: %s\nversion: 0.1.0\n' "$(echo "$place" | tr / -)" >"$place/Chart.yaml"
  done
  [ -z "$toml" ] || printf '[environments.development]\n%b\n' "$toml" >draft.toml
  run sh -c 'draft-scaffold . | draft-pack'
  is "$layout: one chart" \
    "$status $(jq -r '[(.scaffold.kept[] | select(endswith("/"))), .chart.name] | join(" ")' "$out")" \
    "0 $one/ $(echo "$one" | tr / -)"
  is "$layout: no other is written" "$(find . -name Chart.yaml | wc -l)" "$(echo "$there" | wc -w)"
  run sh -c 'draft-scaffold . | draft-pack'
  is "$layout: the same in a second run" "$status $(jq -r .chart.name "$out")" "0 $(echo "$one" | tr / -)"
done <<'END'
flat|charts|charts|
flat, named by nobody|charts|charts|wait = true
flat, with another one in it|charts charts/aaa|charts/aaa|
of the name|charts/web|charts/web|
of another name|charts/other|charts/other|
of the name among others|charts/aaa charts/web|charts/web|
of the name among others, named by nobody|charts/aaa charts/web charts|charts/web|wait = true
several|charts/bbb charts/aaa|charts/aaa|
of earlier times|chart|chart|
of earlier times, named by nobody|chart|chart|wait = true
of earlier times, in it|chart/python|chart/python|
a setting|deploy/chart charts/web charts|deploy/chart|chart = "deploy/chart"
a setting, flat|charts charts/web|charts|chart = "charts"
END
for setting in '' 'wait = true' 'chart = "charts"' 'chart = "deploy"'; do
  app
  python
  [ -z "$setting" ] || printf '[environments.development]\n%s\n' "$setting" >draft.toml
  run sh -c 'draft-scaffold . | draft-pack'
  is "no chart${setting:+, $setting}: the written one is packed" \
    "$status $(jq -r '[(.scaffold.created | map(select(endswith("Chart.yaml"))) | length), .chart.name] | join(" ")' \
      "$out")" '0 1 web'
done
app
python
mkdir charts
ln -s "$scratch/apart" charts/web
mkdir -p "$scratch/apart"
printf 'name: web\nversion: 0.1.0\n' >"$scratch/apart/Chart.yaml"
run draft-scaffold .
cp "$out" "$scratch/line"
echo 'FROM scratch' >Dockerfile
run draft-pack .
is "scaffold and pack refuse a chart outside of the directory" \
  "$(jq -c '.failure | [.code, .message]' "$scratch/line")" \
  "$(jq -c '.failure | [.code, .message]' "$out")"
is "… with the same message" "$(field '.failure | "\(.code) \(.message)"')" \
  "78 chart 'charts/web' is outside '$scratch/web'"
app
python
mkdir -p charts/web charts/real
ln -s nowhere charts/web/Chart.yaml
printf 'name: real\nversion: 0.1.0\n' >charts/real/Chart.yaml
run sh -c 'draft-scaffold . | draft-pack'
is "a dangling Chart.yaml is not a chart for scaffold and pack" \
  "$(jq -r '.scaffold.kept[0] + " " + .chart.name' "$out")" \
  "charts/real/ real"

app
python
printf '[environments.development]\nname = "other"\ndockerfile = "docker/Dockerfile"\nchart = "deploy/chart"\n' \
  >draft.toml
cp draft.toml "$scratch/draft.toml"
ok "an existing draft.toml" draft-scaffold .
ok "… stays" cmp draft.toml "$scratch/draft.toml"
is "… and its places are used" "$(find . -name Dockerfile -o -name Chart.yaml | LC_ALL=C sort | tr '\n' ' ')" \
  "./deploy/chart/Chart.yaml ./docker/Dockerfile "
is "… and its names" "$(grep ^name: deploy/chart/Chart.yaml)" 'name: "other"'

app
python
ln -s nowhere Dockerfile
printf 'mine\n' >.dockerignore
run draft-scaffold .
is "a dangling link is not overwritten" "$(jq -r .failure.code "$out")" 66
rm Dockerfile
run draft-scaffold .
is "an existing .dockerignore stays" "$(cat .dockerignore)" mine

app
echo 'x = 1' >app.py
ok "without a manifest" draft-scaffold .
ok "… one is written" test -f requirements.txt
app
printf '[project]\ndependencies = ["flask"]\n' >pyproject.toml
echo 'x = 1' >app.py
ok "another manifest" draft-scaffold .
not_ok "… is enough" test -e requirements.txt

# A language without a pack, with a Dockerfile: a chart of the pack generic, adapted to it, and nothing that changes
# the build.
app
printf 'class A; end\n' >app.rb
# shellcheck disable=SC2016 # $PORT is the Dockerfile's
printf '%s\n' 'FROM ruby AS build' 'EXPOSE 1' 'FROM ruby' 'ARG PORT=3000' 'EXPOSE 53/udp $PORT' 'USER 1000:1001' \
  'ENTRYPOINT ["bin/rails"]' 'CMD ["server", "-p", "3000"]' >Dockerfile
cp Dockerfile "$scratch/Dockerfile"
run sh -c 'draft-detect . | draft-scaffold'
cp "$err" "$scratch/words"
is "a Dockerfile is enough" "$status $(field '[.language.name, .pack.name] | join(" ")')" "0 Ruby generic"
is "… these files and no others" "$(tree)" \
  ". ./.dockerignore ./.draft-tasks.toml ./.draftignore ./Dockerfile ./app.rb ./charts ./charts/web \
./charts/web/.helmignore ./charts/web/Chart.yaml ./charts/web/templates ./charts/web/templates/NOTES.txt \
./charts/web/templates/_helpers.tpl \
./charts/web/templates/deployment.yaml ./charts/web/templates/ingress.yaml \
./charts/web/templates/service.yaml ./charts/web/values.yaml \
./draft.toml "
ok "the Dockerfile stays" cmp Dockerfile "$scratch/Dockerfile"
is "… its port is in the chart" \
  "$(grep -hoE '(containerPort: |targetPort: )[0-9]+' charts/web/values.yaml | tr '\n' ' ')" \
  "containerPort: 3000 targetPort: 3000 "
is "… and so is its user" "$(grep -oE 'runAs(User|Group|NonRoot): .*' charts/web/values.yaml | tr '\n' ' ')" \
  "runAsNonRoot: true runAsUser: 1000 runAsGroup: 1001 "
is "the chart has the application's name" "$(grep ^name: charts/web/Chart.yaml)" 'name: "web"'
like "the messages" "$(cat "$scratch/words")" "*--> Found: language Ruby; port 3000 (EXPOSE in the Dockerfile); start command 'bin/rails server -p 3000' (from the Dockerfile)
*--> Ready to sail
--> Next: draft up"
is ".dockerignore excludes only draft's own files" "$(grep -v '^#' .dockerignore | tr '\n' ' ')" \
  "draft.toml .draft* charts/web/ "
run sh -c 'draft-pack . | jq -r .context.path | xargs tar -tf | LC_ALL=C sort | tr "\n" " "'
is "… so the image stays the same" "$(cat "$out")" ".dockerignore Dockerfile app.rb charts/ "
app
printf 'class A; end\n' >app.rb
printf 'FROM ruby\n' >Dockerfile
run sh -c 'draft-detect . | draft-scaffold'
like "an unknown port is reported" "$(cat "$err")" \
  "*--> Found: language Ruby; port none found (the chart says 8080); start command none found
*"
is "… and the port of the chart stays" \
  "$(grep -hoE '(containerPort: |targetPort: )[0-9]+' charts/web/values.yaml | tr '\n' ' ')" \
  "containerPort: 8080 targetPort: 8080 "
app
printf 'class A; end\n' >app.rb
exits 1 "the generic pack needs a Dockerfile" draft-scaffold --pack generic .
is "… is reported" "$(field '.failure | "\(.code) \(.message)"')" \
  "66 cannot find a Dockerfile in '$scratch/web', which the pack 'generic' leaves to the application"
is "… and nothing is written" "$(tree)" ". ./app.rb "
run sh -c "printf '%s\n' '{\"draft\":1,\"app\":{\"name\":\"web\",\"dir\":\"$PWD\"},\"language\":{\"name\":\"Ruby\",\"certainty\":100}}' | draft-scaffold"
is "a record with only a language is not ready" \
  "$status $(field '.failure | "\(.code) \(.message)"') $(grep -c sail "$err")" \
  "1 66 cannot find a pack for 'Ruby': there are go, javascript, python 0"
is "… and nothing is written" "$(tree)" ". ./app.rb "

# A Dockerfile in a language that has a pack: the chart of the pack, and no files for the Dockerfile of the pack.
app
printf 'console.log(1)\n' >a.js
printf 'FROM node\nCOPY .next dist env ./\nEXPOSE 4000\n' >Dockerfile
run sh -c 'draft-detect . | draft-scaffold'
is "a Dockerfile and a language with a pack" \
  "$status $(field .pack.name) $(grep -o 'containerPort: .*' charts/web/values.yaml)" "0 javascript containerPort: 4000"
is "no manifest is written" "$(find . -name package.json)" ""
is "no file that it may copy is ignored" "$(grep -v '^#' .dockerignore | tr '\n' ' ')" "draft.toml .draft* charts/web/ "
app
printf 'console.log(1)\n' >a.js
printf 'FROM node\n' >Dockerfile
echo mine >Dockerfile.dockerignore
ok "Dockerfile.dockerignore" draft-scaffold .
not_ok "… is enough" test -e .dockerignore

# --dry-run
app
python
before=$(tree)
ok "--dry-run" draft-scaffold --dry-run .
is "writes nothing" "$(tree)" "$before"
cp "$err" "$scratch/words"
field '.scaffold.created[]' >"$scratch/planned"
like "… and says so in the record" "$(cat "$scratch/words")" \
  "*--> Would write: charts/web/ (8 files), .dockerignore, .draft-tasks.toml, Dockerfile, .draftignore, draft.toml"
is "… with the files that it would write" "$(field '.scaffold | [.dryRun, (.created | length > 10), (.created | index("charts/web/Chart.yaml") != null)] | map(tostring) | join(" ")')" "true true true"

not_ok "… and does not print 'Ready to sail'" grep -q -e sail -e Next "$scratch/words"
ok "--dry-run on a terminal" draft-scaffold -q --dry-run -o table .
ok "… lists the files" cmp "$out" "$scratch/planned"
is "-q prints nothing" "$(cat "$err")" ""
run script -qec 'draft-scaffold --dry-run . 2>/dev/null' /dev/null </dev/null
is "… also on a terminal" "$(tr -d '\r' <"$out")" "$(cat "$scratch/planned")"
ok "without --dry-run" draft-scaffold -o table .
is "… does not list files" "$(cat "$out")" ""
rm -r charts Dockerfile draft.toml .d*

# --pack
ok "--pack" draft-scaffold --pack go .
is "… for any language" "$(field .pack.name) $(grep -c '^FROM scratch' Dockerfile)" "go 1"
app
python
run sh -c 'draft-detect . | draft-scaffold --pack javascript'
like "… with a message" "$(cat "$err")" "*--> Found: language Python; port left to the pack (the chart says 8080); start command left to the pack (the Dockerfile says 'npm start')
*"
is "settings of Python are not used for Node" "$(grep ^CMD Dockerfile)" 'CMD ["npm", "start"]'
run sh -c 'draft-detect . | draft-scaffold --pack javascript | jq -c "[.language.name, .pack.name]"'
is "… the record has both" "$(cat "$out")" '["Python","javascript"]'

# Errors.
app
python
mkdir charts
ln -s "$scratch" charts/web
exits 1 "a link in place of the chart" draft-scaffold .
like "… is not followed" "$(field .failure.message)" "cannot create the chart 'charts/web'*"
app
python
mkdir "$scratch/elsewhere"
ln -s "$scratch/elsewhere" charts
exits 1 "charts/ that links to the outside" draft-scaffold .
is "… is refused" "$(field '.failure | "\(.code) \(.message)"')" \
  "77 cannot write 'charts/web': a symbolic link leads out of the application's directory"
is "… and nothing is written there" "$(ls -A "$scratch/elsewhere")" ""
is "… and nothing is left behind" "$(tree)" ". ./app.py ./charts ./requirements.txt "
app
python
printf 'RUN x\n' >Dockerfile
exits 1 "a Dockerfile with a syntax error" draft-scaffold .
is "… is reported with its line" "$(field '.failure | "\(.code) \(.message)"')" \
  "65 cannot read 'Dockerfile': line 1: 'RUN' comes before the first FROM"
app
python
if mount -t tmpfs -o ro,size=64k none "$scratch/web" 2>/dev/null; then
  cd "$scratch/web" || exit 1
  mount -o remount,rw none "$scratch/web" && python && mount -o remount,ro none "$scratch/web"
  exits 1 "a read-only directory" draft-scaffold .
  is "… is reported" "$(field '.failure | "\(.code) \(.message)"')" \
    "73 cannot write in '$scratch/web': Read-only file system"
  ok "… --dry-run still works" draft-scaffold --dry-run .
  mount -o remount,rw none "$scratch/web"
  dd if=/dev/zero of=filler bs=1k count=60 2>/dev/null
  exits 1 "a full disk" draft-scaffold .
  is "… is reported" "$(field .failure.code)" 73
  is "… and leaves nothing" "$(tree)" ". ./app.py ./filler ./requirements.txt "
  cd "$scratch" && umount "$scratch/web"
else
  skip "a read-only directory" "cannot mount a tmpfs here"
fi
exits 66 "a missing directory" draft-scaffold "$scratch/none"

# Interrupted: killed at any moment, existing files are complete, and the next run writes the rest.
app
python
draft-scaffold . >/dev/null 2>&1
find . -type f -exec sha256sum {} + | sort >"$scratch/whole"
torn() {
  # Each file that has its name is one of the whole set, and the chart is all there or not at all.
  find . -type f ! -path './.draft-scaffold-*' -exec sha256sum {} + | sort | comm -23 - "$scratch/whole"
  if [ -d charts/web ] && [ "$(find charts/web -type f | wc -l)" != 8 ]; then echo "half a chart"; fi
  draft-scaffold . >/dev/null 2>&1 || echo "cannot go on"
  find . -type f -exec sha256sum {} + | sort | comm -3 - "$scratch/whole"
  find . -name '.draft-scaffold-*'
}
if strace -f -qq -o /dev/null true 2>/dev/null; then
  for call in renameat2 mkdir write; do
    for n in 1 2 3 4 5; do
      app
      python
      run strace -f -qq -o /dev/null -e "inject=$call:signal=SIGKILL:when=$n" draft-scaffold .
      is "killed in its $call number $n" "$status $(torn)" "137 "
    done
  done
else
  skip "killed at random moments" "strace may not trace here"
fi

# Two at once: each file is written by one of them.
app
python
for i in 1 2 3 4 5 6; do draft-scaffold . >"$scratch/run.$i" 2>/dev/null & done
wait
is "six processes at once" "$(cat "$scratch"/run.? | jq -r '.scaffold.created[]' | LC_ALL=C sort | uniq -d)" ""
is "… all succeed" "$(cat "$scratch"/run.? | jq -r '.failure // empty' | wc -l)" 0

like "--help describes input and output" "$(draft-scaffold --help)" \
  "usage: draft-scaffold*reads   app, language, pack*writes  scaffold, pack*"
finish
