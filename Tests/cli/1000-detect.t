#!/bin/sh
# draft-detect: language, pack, the messages on standard error, and hostile trees.
. "$(dirname "$0")/lib.sh"

app() { rm -rf "$scratch/web"; mkdir -p "$scratch/web"; cd "$scratch/web" || exit 1; }
field() { jq -r "$1" "$out"; }

app
cat >app.py <<'EOF'
from flask import Flask
app = Flask(__name__)
if __name__ == "__main__":
    app.run(host='0.0.0.0', port=8080)
EOF
echo flask >requirements.txt
echo 3.11 >.python-version
ok "detects an application" draft-detect .
is "prints the language in the classic words" "$(cat "$err")" \
  "--> Draft detected the primary language as Python with 100.000000% certainty."
is "writes one record" "$(wc -l <"$out")" 1
is "… with the language" "$(field '.language | [.name, .framework, .version, .versionSource, .packageManager, .port, .start] | map(tostring) | join(" ")')" \
  "Python flask 3.11 .python-version pip 8080 python app.py"
is "… with the pack" "$(field '.pack | [.name, .repository] | join(" ")')" "python draft"
is "… with evidence" "$(field '.language.evidence | join("; ")')" \
  "requirements.txt; 1 of 1 file; .python-version asks for 3.11; app.py:4 names port 8080"
ok "the pack is a directory" test -f "$(field .pack.path)/Dockerfile"

head -c 614 /dev/zero | tr '\0' x >b.rb
head -c 1000 /dev/zero | tr '\0' x >app.py
rm requirements.txt
run draft-detect .
like "certainty has six decimals" "$(cat "$err")" \
  "--> Draft detected the primary language as Python with 61.957869% certainty."
ok "a second run" draft-detect .
cp "$out" "$scratch/first"
ok "… writes the same bytes" draft-detect .
is "twice in a pipe" "$(cat "$out")" "$(cat "$scratch/first")"

# Records on standard input.
app
echo 'x = 1' >a.py
run sh -c \
  "printf '%s\n' '{\"draft\":1,\"app\":{\"name\":\"web\",\"dir\":\"$PWD\"},\"mine\":  {\"a\" : 1.0}}' | draft-detect -q"
is "… exits 0" "$status" 0
like "other members stay" "$(cat "$out")" '*"mine":  {"a" : 1.0}*'
is "-q is quiet" "$(cat "$err")" ""

# The most likely language is used, even if only a less likely one has a pack.
app
head -c 1000 /dev/zero | tr '\0' x >main.rs
echo 'x = 1' >a.py
exits 1 "a language without a pack is a failure" draft-detect .
is "… names the primary language only" \
  "$(grep -c -e '--> ' "$err") $(grep -o 'language as Rust with 99' "$err")" "1 language as Rust with 99"
is "… with code 65, the language and the packs" "$(field '.failure | "\(.code) \(.message)"')" \
  "66 cannot find a pack for 'Rust': there are go, javascript, python"
is "… and no language is set" "$(field '[.language, .pack]' | tr -d '\n ')" "[null,null]"
like "… with a hint" "$(field .failure.hint)" "*Dockerfile*--pack*"
mkdir -p app/javascript app/models config
for file in Gemfile Rakefile config.ru app/models/a.rb app/models/b.rb config/routes.rb; do
  head -c 2000 /dev/zero | tr '\0' x >$file
done
rm main.rs a.py
head -c 10 /dev/zero | tr '\0' x >app/javascript/application.js
run draft-detect .
is "a Rails application is not JavaScript" "$(field '.failure | "\(.code) \(.message)"')" \
  "66 cannot find a pack for 'Ruby': there are go, javascript, python"
run sh -c 'draft-detect . | draft-scaffold'
is "… and gets no settings of JavaScript" \
  "$status $(find . -name package.json -o -name charts -o -name Dockerfile -o -name draft.toml)" "1 "

# A Dockerfile of the application is enough.
touch Dockerfile
ok "a Dockerfile is enough" draft-detect .
is "… for any language" "$(field '.language.name + " " + .pack.name')" "Ruby generic"
like "… with a message" "$(cat "$err")" "*There is no pack for Ruby, but none is needed: there is a Dockerfile"
app
echo FROM x >app.docker
printf '[environments.development]\ndockerfile = "app.docker"\n' >draft.toml
ok "… also without a language" draft-detect .
is "the pack alone" "$(field '.pack.name + " " + (.language | tostring)')" "generic null"
app
echo 'fn main() {}' >main.rs
touch Dockerfile
mkdir -p charts/web && echo 'name: web' >charts/web/Chart.yaml
ok "no pack is needed with a Dockerfile and a chart" draft-detect .
is "… only the language is set" "$(field '.language.name + " " + (.pack | tostring)')" "Rust null"

# Empty directories, and files that only look like source code.
app
printf '{}\n' >data.json
exits 1 "data is not an application" draft-detect .
like "… with one message" "$(cat "$err")" \
  "draft-detect: cannot detect a language in '*/web': it has no source files of a known language*"
exits 66 "a missing directory" draft-detect "$scratch/none"

# --pack: nothing is detected.
ok "--pack does not detect" draft-detect --pack go .
is "the pack alone" "$(field '.pack.name + " " + (.language | tostring)')" "go null"
is "… and prints nothing" "$(cat "$err")" ""
exits 1 "an unknown pack" draft-detect --pack pyton .
like "… suggests the nearest" "$(cat "$err")" "*cannot find a pack named 'pyton'*did you mean 'python'?*"

# Pack repositories in the draft home.
mkdir -p "$DRAFT_HOME/packs/github.com/me/mine/packs" "$scratch/clone/packs"
shipped=$(dirname "$(draft-detect --pack go . 2>/dev/null | jq -r .pack.path)")
cp -r "$shipped/python" "$DRAFT_HOME/packs/github.com/me/mine/packs/python"
cp -r "$shipped/python" "$scratch/clone/packs/rust"
ln -s "$scratch/clone" "$DRAFT_HOME/packs/clone"
ln -s . "$DRAFT_HOME/packs/loop"
echo 'x = 1' >a.py
exits 1 "two packs of the same name" draft-detect .
is "… are an error" "$(field .failure.message)" \
  "cannot choose a pack named 'python': it is in 'draft' and 'github.com/me/mine'"
is "… with a hint how to choose" "$(field .failure.hint)" "name the repository too: --pack draft/python"
ok "REPOSITORY/NAME chooses" draft-detect --pack github.com/me/mine/python .
is "… also the other one" "$(field .pack.repository)" "github.com/me/mine"
echo 'fn main() {}' >main.rs
rm a.py
ok "a linked pack repository is used" draft-detect .
is "… by its name" "$(field '.pack.repository + " " + .pack.name')" "clone rust"
rm -r "$DRAFT_HOME/packs"

# Hostile trees.
app
echo 'x = 1' >a.py
mkfifo b.go requirements.txt runtime.txt script
ln -s . loop
ln -s / root
ln -s /dev/zero zero.py
truncate -s 1T huge.py
mkdir deep && (cd deep && seq 200 | while read -r name; do mkdir "$name" && cd "$name" && echo x >x.py || exit; done)
ok "pipes, loops, devices and a terabyte" timeout 20 draft-detect .
is "… are skipped" "$(field '.language.name + " " + (.language.shares | keys | join(" "))')" "Python Python"

like "--help describes input and output" "$(draft-detect --help)" \
  "usage: draft-detect*reads   app*writes  language, pack*"
finish
