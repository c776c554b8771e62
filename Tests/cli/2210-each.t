#!/bin/sh
# draft-each: a program as a stage. Its input, environment, member, failures, signals; how a stage behaves is tested by
# draft-check-stage.
# shellcheck disable=SC2016 # $ is for the programs
. "$(dirname "$0")/lib.sh"
mkdir -p web other
here=$(pwd -P)
draft-line web >line
failure() { jq -c '.failure | [.by, .code, .message, .hint]' "$out"; }
gone() { ! kill -0 "$1" 2>/dev/null; }

run draft-each lines -- printf '{"n": 1.0}\n' <line
is 'the output of the program is the member' "$status $(cat "$out")" "0 $(sed 's/}$/,"lines":{"n":1.0}}/' line)"
is 'an existing member is replaced in place' \
  "$(printf '{"draft":1,"lines":0,"app":{"name":"a","dir":"/x"}}\n' | draft-each lines -- echo 2)" \
  '{"draft":1,"lines":2,"app":{"name":"a","dir":"/x"}}'
is 'a value may have several lines' \
  "$(printf '{"a":\n[1,\n"x"]}\n' >value; draft-each lines -- cat "$here/value" <line | jq -c .lines)" '{"a":[1,"x"]}'
for nothing in '' '\n' ' \t\r\n'; do
  run draft-each lines -- printf "$nothing" <line
  is "a program that prints nothing ('$nothing') leaves the record unchanged" "$status $(cat "$out")" "0 $(cat line)"
done
is 'the program gets the record on standard input' "$(draft-each lines -- jq .app.name <line | jq -r .lines)" web
is '… which it can open as a file' \
  "$(draft-each lines -- sh -c 'cat /dev/stdin /dev/stdin | wc -l' <line | jq .lines)" 2
is '… or not read, even if it is long' \
  "$({ printf '{"draft":1,"app":{"name":"a","dir":"/x"},"x":"'; head -c 3000000 /dev/zero | tr '\0' y; echo '"}'; } |
  draft-each lines -- echo 1 | jq .lines)" 1
is 'no shell is involved' "$(draft-each lines -- printf '["%s","%s","%s","%s","%s"]' 'a  b' '*' '$HOME' -x -- <line |
    jq -c .lines)" '["a  b","*","$HOME","-x","--"]'
is 'a directory becomes a record' "$(draft-each lines web ./other -- jq .app.name | jq -c .lines | tr '\n' ' ')" \
  '"web" "other" '
is 'options may be anywhere before --' "$(draft-each lines web -j 2 other -q -- echo 1 | jq -c .lines | tr '\n' ' ')" \
  '1 1 '
is '-j keeps the order of records' \
  "$(for n in 1 2 3 4 5 6; do draft-line --app "a$n" web; done |
  draft-each -j 6 lines -- sh -c 'sleep 0.$((6 - ${DRAFT_APP_NAME#a})); echo "\"$DRAFT_APP_NAME\""' |
  jq -r .lines | tr '\n' ' ')" 'a1 a2 a3 a4 a5 a6 '
is 'the program runs in the current directory' \
  "$(draft-each lines -- sh -c 'printf "\"%s\"" "$PWD"' <line | jq -r .lines)" "$here"
is 'a record with a later change is dropped' "$(for n in 0 1 2; do printf \
    '{"draft":1,"app":{"name":"a","dir":"/x"},"change":{"sequence":%s,"paths":[]}}\n' $n; done >changes
  draft-each lines -- jq .change.sequence <changes | jq -c .lines)" 2

# The environment.
jq -c --arg dir "$here/web" '.app += {environment: "staging", namespace: "team", context: "kind"} |
  .language = {name: "Go", certainty: 100, shares: {}, evidence: []} |
  .context = {path: "/c", mediaType: "x", digest: "sha256:1", size: 1, tree: "t", files: 1, dockerfile: "Dockerfile"} |
  .chart = {path: "/h", mediaType: "x", digest: "sha256:1", size: 1, name: "web", version: "1"} |
    .image = {repository: "r/web", tag: "t1", digest: "sha256:2", store: "oci:/x"} |
  .release = {name: "web", namespace: "team", revision: 3, status: "deployed", changed: true, engine: "helm",
    context: "kind", objects: [], urls: ["http://a", "http://b"]}' line >full
variables() {
  sh -c 'DRAFT_APP_URL=stale DRAFT_APP_STALE=1 draft-each lines -- sh -c "env | grep ^DRAFT_APP_ | sort | jq -R . | jq -s ." <"$0"' "$1" | jq -r '.lines[]'
}
is 'variables for the program' "$(variables full)" "DRAFT_APP_CHANGED=true
DRAFT_APP_CHART=/h
DRAFT_APP_DIGEST=sha256:2
DRAFT_APP_DIR=$here/web
DRAFT_APP_ENVIRONMENT=staging
DRAFT_APP_IMAGE=r/web:t1
DRAFT_APP_KUBE_CONTEXT=kind
DRAFT_APP_LANGUAGE=Go
DRAFT_APP_NAME=web
DRAFT_APP_NAMESPACE=team
DRAFT_APP_REVISION=3
DRAFT_APP_STALE=1
DRAFT_APP_TARBALL=/c
DRAFT_APP_URL=http://a"
is '… for a record with fewer members, without stale values' "$(variables line)" "DRAFT_APP_DIR=$here/web
DRAFT_APP_ENVIRONMENT=development
DRAFT_APP_NAME=web
DRAFT_APP_NAMESPACE=default
DRAFT_APP_STALE=1"
is '… the pushed image by its digest' \
  "$(jq -c '.push = {reference: "r/web@sha256:3", uploaded: 0, mounted: 0, existing: 0}' full |
    draft-each lines -- sh -c 'echo "\"$DRAFT_APP_IMAGE\""' | jq -r .lines)" 'r/web@sha256:3'
is 'draft-each(1) has the same list' \
  "$(sed -n 's/^\.It Ev \(DRAFT_APP_[A-Z_]*\).*/\1/p' "$root/man/draft-each.1" | sort)" \
  "$(grep -rhoE '"DRAFT_APP_[A-Z_]+"' "$root/Sources/Command" | tr -d '"' | sort -u)"
is 'a record that draft-sync has handled passes' \
  "$(jq -c '.context.tree = "t" | .sync = {how: "sync", tree: "t"}' full |
    draft-each lines -- echo 1 | jq -c .lines)" null
printf '{"draft":1,"app":{"name":"a\\u0000b","dir":"/x"}}\n' >nul
run draft-each lines -- echo 1 <nul
is 'a value that a variable cannot hold' "$status $(failure)" \
  '1 ["draft-lines",65,"cannot set DRAFT_APP_NAME: the value contains a NUL",null]'

# Failures.
says() { draft-each lines -- sh -c "$1" <line; }
for case in 2:1 64:64 66:66 77:77 79:1 126:77 127:69 130:1 255:1; do
  run says "exit ${case%:*}"
  want="'sh' exited with status ${case%:*}"
  [ "${case%:*}" -le 128 ] || want="'sh' was ended by signal $((${case%:*} - 128))"
  is "status ${case%:*} is code ${case#*:}" "$status $(failure)" "1 [\"draft-lines\",${case#*:},\"$want\",null]"
done
run says 'kill -9 $$'
is 'a program that is killed' "$status $(failure)" "1 [\"draft-lines\",1,\"'sh' was ended by signal 9\",null]"
run says 'echo one >&2; echo "draft-lines: cannot see" >&2; exit 66'
is 'its last line on standard error is the message' "$(failure)" '["draft-lines",66,"cannot see",null]'
is '… and is printed once, after the earlier lines' "$(cat "$err")" 'one
draft-lines: cannot see'
run says 'echo one >&2; echo "cannot see" >&2; echo "  look there" >&2; exit 66'
is '… with a hint' "$(failure) $(cat "$err")" '["draft-lines",66,"cannot see","look there"] one
draft-lines: cannot see
  look there'
run says 'printf "a\033[31mb\n\033]0;x\007c" >&2; exit 3'
is 'its output is escaped for the terminal' "$(cat "$err")" 'a\x1b[31mb
draft-lines: \x1b]0;x\x07c'
run says 'echo 1; echo fine >&2'
is 'all standard error of a successful program is passed on' "$status $(jq .lines "$out") $(cat "$err")" '0 1 fine'
run says 'echo 1; echo no >&2; exit 1'
is 'the output of a failed program is not used' "$(jq -c '[.lines, .failure.message]' "$out")" '[null,"no"]'
for bad in 'usage: x' '{"a":1' '1 2' "{'a':1}" '{"a":1,"a":2}' '\377' '{"a":NaN}'; do
  run draft-each lines -- printf "$bad" <line
  like "'$bad' is not one JSON value" "$status $(failure)" "1 *65,\"'printf' did not print one JSON value: *"
  is "… and the record is unchanged" "$(jq -c 'del(.failure)' "$out")" "$(cat line)"
done
run draft-each lines -- no-such-program <line
like 'a missing program' "$status $(failure)" "1 *draft-lines\",69,\"cannot find 'no-such-program' on PATH*"
# The program does not see failed records.
echo '{"draft":1,"app":{"name":"a","dir":"/x"},"failure":{"by":"draft-x","code":69,"message":"m"}}' >failed
run sh -c 'cat failed line failed | draft-each lines -- sh -c "echo x >>ran; echo 1"'
is 'failed records pass untouched, and the program is not run' \
  "$status $(wc -l <ran) $(sed -n 1p "$out") $(sed -n 3p "$out")" "1 1 $(cat failed failed | paste -sd ' ')"

# Names.
for name in 1a A a_b 'a b' .a '' -a; do
  exits 64 "'$name' is not a valid member name" draft-each -- "$name" -- true
  exits 64 "'$name' is not a valid name of a command" sh -c 'draft-each "$0" -- true </dev/null' "./$name"
done
for name in $(grep -rhoE 'static let name = "[a-z]+"' "$root/Sources/Records" | sed 's/.*"\(.*\)"/\1/') draft; do
  exits 64 "'$name' is a member of draft" draft-each "$name" -- true
done
like '… and is refused' "$(cat "$err")" "draft-each: 'draft' is one of draft's own members*"
for words in '' 'lines' 'lines --' '-- true' 'lines wc'; do
  # shellcheck disable=SC2086 # words
  exits 64 "'draft-each $words'" draft-each $words
done

# Signals.
draft-each lines -- sh -c 'echo $$ >pid; exec sleep 60' <line >"$out" 2>"$err" &
each=$!
await [ -s pid ]
kill "$each"
status=0; wait "$each" 2>/dev/null || status=$?
is 'SIGTERM ends it' "$status" 143
ok '… and the program' gone "$(cat pid)"
is '… and no record has a failure' "$(cat "$out")" ''
# A child that wrote to its standard output would be among the records.
is 'only records on standard output' \
  "$(draft-each lines -- sh -c '(sleep 0.2; echo late) & echo 1' <line | jq -c .failure.code)" 65
finish
