#!/bin/sh
# draft-detect: language, pack, the words on standard error, and trees that mean harm.
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
is "says so as it always did" "$(cat "$err")" "--> Draft detected the primary language as Python with 100.000000% certainty."
is "one line" "$(wc -l <"$out")" 1
is "the language" "$(field '.language | [.name, .framework, .version, .versionSource, .packageManager, .port, .start] | map(tostring) | join(" ")')" \
  "Python flask 3.11 .python-version pip 8080 python app.py"
is "the pack" "$(field '.pack | [.name, .repository] | join(" ")')" "python draft"
is "evidence is given" "$(field '.language.evidence | join("; ")')" \
  "requirements.txt; 1 of 1 file; .python-version asks for 3.11; app.py:4 names port 8080"
ok "the pack is a directory" test -f "$(field .pack.path)/Dockerfile"

head -c 614 /dev/zero | tr '\0' x >b.rb
head -c 1000 /dev/zero | tr '\0' x >app.py
rm requirements.txt
run draft-detect .
like "six decimals" "$(cat "$err")" "--> Draft detected the primary language as Python with 61.957869% certainty."
ok "again" draft-detect .
cp "$out" "$scratch/first"
ok "the same bytes" draft-detect .
is "twice" "$(cat "$out")" "$(cat "$scratch/first")"

# The record on standard input.
app
echo 'x = 1' >a.py
run sh -c "printf '%s\n' '{\"draft\":1,\"app\":{\"name\":\"web\",\"dir\":\"$PWD\"},\"mine\":  {\"a\" : 1.0}}' | draft-detect -q"
is "exit 0" "$status" 0
like "foreign members stay" "$(cat "$out")" '*"mine":  {"a" : 1.0}*'
is "-q is quiet" "$(cat "$err")" ""

# The next likely language.
app
head -c 1000 /dev/zero | tr '\0' x >main.rs
echo 'x = 1' >a.py
run draft-detect .
is "falls to the next language" "$(field '.language.name + " " + .pack.name')" "Python python"
like "and says so" "$(cat "$err")" "*detected the primary language as Rust with 99.*Could not find a pack for Rust. Trying to find the next likely language match...*detected Python with*"

rm a.py
exits 1 "no pack at all is a failure" draft-detect .
is "with code 66" "$(field .failure.code)" 66
like "and a hint" "$(field .failure.hint)" "*--pack*"
touch Dockerfile
mkdir -p charts/web && echo 'name: web' >charts/web/Chart.yaml
ok "no pack is needed with Dockerfile and chart" draft-detect .
is "then there is only the language" "$(field '.language.name + " " + (.pack | tostring)')" "Rust null"

# Nothing there, and what only looks like something.
app
printf '{}\n' >data.json
exits 1 "data is no application" draft-detect .
like "one sentence" "$(cat "$err")" "draft-detect: cannot detect a language in '*/web': no source files of a known one*"
exits 66 "no such directory" draft-detect "$scratch/none"

# --pack: no questions asked.
ok "--pack looks at nothing" draft-detect --pack go .
is "the pack alone" "$(field '.pack.name + " " + (.language | tostring)')" "go null"
is "and says nothing" "$(cat "$err")" ""
exits 1 "an unknown pack" draft-detect --pack pyton .
like "the nearest" "$(cat "$err")" "*cannot find a pack named 'pyton'*did you mean 'python'?*"

# Repositories in the draft home.
mkdir -p "$DRAFT_HOME/packs/github.com/me/mine/packs" "$scratch/clone/packs"
shipped=$(dirname "$(draft-detect --pack go . 2>/dev/null | jq -r .pack.path)")
cp -r "$shipped/python" "$DRAFT_HOME/packs/github.com/me/mine/packs/python"
cp -r "$shipped/python" "$scratch/clone/packs/rust"
ln -s "$scratch/clone" "$DRAFT_HOME/packs/clone"
ln -s . "$DRAFT_HOME/packs/loop"
echo 'x = 1' >a.py
exits 1 "two packs of a name" draft-detect .
is "are an error" "$(field .failure.message)" "cannot choose a pack named 'python': it is in 'draft' and 'github.com/me/mine'"
is "with how to choose" "$(field .failure.hint)" "say which: --pack draft/python"
ok "REPOSITORY/NAME chooses" draft-detect --pack github.com/me/mine/python .
is "the other" "$(field .pack.repository)" "github.com/me/mine"
echo 'fn main() {}' >main.rs
rm a.py
ok "a linked repository counts" draft-detect .
is "by its name" "$(field '.pack.repository + " " + .pack.name')" "clone rust"
rm -r "$DRAFT_HOME/packs"

# Trees that mean harm.
app
echo 'x = 1' >a.py
mkfifo b.go requirements.txt runtime.txt script
ln -s . loop
ln -s / root
ln -s /dev/zero zero.py
truncate -s 1T huge.py
mkdir deep && (cd deep && seq 200 | while read -r name; do mkdir "$name" && cd "$name" && echo x >x.py || exit; done)
ok "pipes, loops, devices and a terabyte" timeout 20 draft-detect .
is "do not matter" "$(field '.language.name + " " + (.language.shares | keys | join(" "))')" "Python Python"

like "--help says what goes in and out" "$(draft-detect --help)" "usage: draft-detect*reads   app*writes  language, pack*"
finish
