#!/bin/sh
# draft-serve: the protocol, spoken by a malicious client.
. "$(dirname "$0")/lib.sh"
hello='{"type":"hello","protocol":1,"stages":["build"],"options":{},"quiet":true}'
digest() { printf 'sha256:%s' "$(sha256sum | cut -d' ' -f1)"; }
say() { status=0; printf '%b' "$1" | draft-serve >"$out" 2>"$err" || status=$?; }
error() { jq -c 'select(.type == "error") | [.code, .message]' "$out" | tail -n 1; }
# work ID [JQ-FILTER]: a record whose files are `$payload` twice.
printf payload >payload
payload=$(digest <payload)
work() {
  jq -cn --argjson id "$1" --arg d "$payload" \
    '{type: "work", id: $id, record: {draft: 1, app: {name: "web", dir: "/etc"},
    context: {path: "/etc/passwd", mediaType: "application/vnd.draft.context.v1.tar", digest: $d, size: 7, tree: $d,
      files: 1, dockerfile: "Dockerfile"}}} | '"${2:-.}"
}
# hold WORD: keeps the connection open until the server has sent the word.
hold() { for _ in $(seq 200); do grep -q "\"$1\"" "$out" && return; sleep 0.1; done; }
chunk() { printf '{"type":"chunk","digest":"%s","offset":%s,"size":%s}\n%s' "$payload" "$1" "${#2}" "$2"; }

say ''
is 'a client that sends nothing' "$status $(jq -c '[.type, .protocol]' "$out")" '0 ["hello",1]'
exits 64 'no operands' draft-serve x
for frame in 'GET / HTTP/1.1\r\n\r\n' \
  '[]\n' '{"type":"hello","protocol":2}\n' '{"type":"work"}\n' '{"type":"shell"}\n' \
  "$hello\n$hello\n" "$hello\n"'{"type":"work","id":1}\n' "$hello\n"'{"type":"chunk","size":4294967296}\n' \
  "$hello\n"'{"type":"chunk","digest":"sha256:../../x","offset":0,"size":1}\nx' \
  '{"type":"hello","protocol":1,"stages":["rm"]}\n' \
  '{"type":"hello","protocol":1,"stages":["tasks"]}\n' '{"type":"hello","protocol":1,"stages":["release","tasks"]}\n' \
  '{"type":"hello","protocol":1,"stages":[],"options":{"debug":[]}}\n'; do
  say "$frame"
  is "refused: $frame" "$status $(error | cut -c 1-3)" '76 [76'
done
say '{"type":"hello","protocol":1,"stages":[],"token":"x"}\n'
like '--token needs a cluster' "$status $(error)" '78 *cluster*'
for change in '.record.app.name = "../../x"' \
  '.record.app.namespace = "../x"' '.record.context.digest = "sha256:../../../etc/passwd"' '.record.context.size = -1' \
  '.record.context.size = 99999999999' \
  '.record.context.mediaType = "application/vnd.draft.context.v1+json" | .parts = [{digest: "../x", size: 1}]' \
  '.record.chart = (.record.context + {name: "../x", version: "1"})' \
  '.record.chart = (.record.context + {name: "x", version: "1/../../x"})' 'del(.record.context)' '.record = []'; do
  say "$hello\n$(work 1 "$change")\n"
  ok "refused: $change" test "$status" -ge 65
  is "… and nothing is run for it: $change" "$(find "$DRAFT_HOME" -type f ! -name lock; find "$scratch" -name 'x*')" ''
done
run sh -c "{ echo '$hello'; seq 65 | while read -r i; do echo '$(work 1)'; done; } | draft-serve"
like 'more records than allowed' "$(error)" '[[]76,*64*'

# Output is compared while it arrives.
{ echo "$hello"; work 7; chunk 0 payl; chunk 4 oad; hold 'done'; } | draft-serve >"$out" 2>"$err"
is 'it requests missing files' "$(jq -c 'select(.type == "want")' "$out")" \
  "{\"type\":\"want\",\"id\":7,\"blobs\":[{\"digest\":\"$payload\",\"offset\":0}]}"
is 'an invalid context fails the record' "$(jq -c 'select(.type == "done") | [.id, .members.failure.by]' "$out")" \
  '[7,"draft-build"]'
is 'the failure has no path of the client' "$(grep -c passwd "$out")" 0
ok 'received files are stored' cmp payload "$DRAFT_HOME/cache/contexts/sha256/${payload#sha256:}.tar"
rm -rf "$DRAFT_HOME"
{ echo "$hello"; work 1; chunk 0 pay; } | draft-serve >"$out" 2>"$err"
is 'a partial file is kept' "$(cat "$DRAFT_HOME"/cache/incoming/*)" pay
{ echo "$hello"; work 1; hold want; } | draft-serve >"$out" 2>"$err"
is '… and continued' "$(jq -c 'select(.type == "want") | .blobs[0].offset' "$out")" 3
{ echo "$hello"; work 1; chunk 3 LOAD; sleep 0.5; chunk 0 payload; hold 'done'; } | draft-serve >"$out" 2>"$err"
is 'a wrong file is requested again' "$(jq -c 'select(.type == "want") | .blobs[0].offset' "$out" | tr '\n' ' ')" \
  '3 0 '
ok '… and accepted if it is right' cmp payload "$DRAFT_HOME/cache/contexts/sha256/${payload#sha256:}.tar"
rm -rf "$DRAFT_HOME"
{ echo "$hello"; work 1; chunk 0 PAYLOAD; chunk 0 PAYLOAD; hold 'done'; } | draft-serve >"$out" 2>"$err"
is 'wrong again: the record fails' "$(jq -c 'select(.type == "done") | .members.failure.code' "$out")" 65
is '… and the file is not kept' "$(find "$DRAFT_HOME/cache/contexts/sha256" -type f)" ''
{ echo "$hello"; work 1; chunk 0 pay; chunk 3 loadandmore; } | draft-serve >"$out" 2>"$err"
not_ok 'more bytes than announced are rejected' grep -rq more "$DRAFT_HOME"
rm -rf "$DRAFT_HOME"
{ echo "$hello"; work 1; sleep 1.5; } | draft-serve >one 2>"$err" &
first=$!
sleep 0.5
{ echo "$hello"; work 1; chunk 0 payload; hold 'done'; } | draft-serve >"$out" 2>"$err"
ok 'two clients can send the same file' cmp payload "$DRAFT_HOME/cache/contexts/sha256/${payload#sha256:}.tar"
wait $first
is 'no temporary files are left' "$(find "$DRAFT_HOME" -name '*tmp-*')" ''
finish
