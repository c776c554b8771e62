#!/bin/sh
# The plugins of draft-plugins(7) as users get them: the three lines and the four examples, in a pipe and with
# draft-check-stage.
# shellcheck disable=SC2016 # the script of the plugin
. "$(dirname "$0")/lib.sh"
examples=$DRAFT_BIN/../share/draft/examples
[ -d "$examples" ] || examples=$root/man/examples
page=$root/man/draft-plugins.7
plugins=$DRAFT_HOME/plugins
mkdir -p "$plugins" web api
cp "$examples"/draft-* "$plugins"
printf 'print("hello")\n' >web/app.py
printf 'flask # the framework\nrequests==2.31\n\n-r more\n' >web/requirements.txt
printf 'x\n' >api/key.pem
for name in scan deps size announce; do
  ok "draft-$name has fewer than 30 lines" [ "$(wc -l <"$plugins/draft-$name")" -lt 30 ]
done
ok 'the examples pass shellcheck' shellcheck "$plugins/draft-scan" "$plugins/draft-announce"

# The manual shows these files.
shown() { sed -n "/^$1/,/^\.Ed/p" "$page" | sed '$d; s/^\\&//; s/\\e/\\/g'; }
shown '#!\/bin\/sh$' | sed '1,/^exec draft each lines/!d' >"$plugins/draft-lines"
is 'the manual has a stage in three lines of sh' "$(wc -l <"$plugins/draft-lines")" 3
is '… and the scanner' "$(sed -n '/^# draft-scan:/,/^\.Ed/p' "$page" | sed '$d; s/^\\&//; s/\\e/\\/g')" \
  "$(sed 1d "$plugins/draft-scan")"
is '… and the stage in Python' "$(shown '#!\/usr\/bin\/env python3')" "$(cat "$plugins/draft-deps")"
chmod +x "$plugins/draft-lines"

# In a pipe.
run sh -c 'draft line web api | draft lines | draft scan | draft deps | draft size | draft target -o record'
is 'a pipe of the examples' "$status $(jq -c '[.app.name, .lines, .scan, .deps, .size, (.target | type)]' "$out")" \
  '0 ["web",1,{"files":2,"largest":"requirements.txt"},{"count":2,"unpinned":["flask"]},{"bytes":61,"kinds":{"py":15,"txt":46}},"object"]
["api",0,{"files":1,"largest":"key.pem"},null,{"bytes":2,"kinds":{"pem":2}},"object"]'
is 'a plugin takes directories' "$(draft lines web | jq .lines)" 1
printf -- '-----BEGIN RSA PRIVATE KEY-----\n' >api/key.pem
run sh -c 'draft line api web | draft scan | draft deps'
is 'the scanner stops an application' \
  "$status $(jq -c '[.app.name, .failure.by, .failure.code, .failure.message, .deps.count]' "$out")" \
  "1 [\"api\",\"draft-scan\",65,\"there is a private key in 'key.pem'\",null]
[\"web\",null,null,null,2]"
is '… with a hint' "$(cat "$err")" "draft-scan: there is a private key in 'key.pem'
  take it out, and out of the history of the repository"
for name in scan deps size; do
  run sh -c "draft line nowhere | timeout 60 draft $name"
  is "draft-$name: a record without a directory" "$status $(jq -c '.failure.by' "$out")" "1 \"draft-$name\""
done

# The notifier, with a chat server.
cat >chat.py <<'END'
import http.server, sys
class Chat(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        with open("told", "ab") as file: file.write(self.rfile.read(int(self.headers["Content-Length"])) + b"\n")
        self.send_response(404 if self.path == "/no" else 200); self.end_headers()
    def log_message(self, *words): pass
server = http.server.HTTPServer(("127.0.0.1", 0), Chat)
with open("port", "w") as file: file.write("%d\n" % server.server_port)
server.serve_forever()
END
python3 chat.py 3>&- &
chat=$!
trap 'kill $chat; cd /; rm -rf "$scratch"' EXIT
await [ -s port ]
chat_url=http://127.0.0.1:$(cat port)
draft line web | jq -c '.release = {name: "web", namespace: "default", revision: 3, status: "deployed", changed: true,
  engine: "podman", objects: [], urls: ["http://127.0.0.1:40127"]}' >released
jq -c '.release.changed = false' released >same
run sh -c "cat released same | ANNOUNCE_URL=$chat_url/hook draft announce"
is 'the notifier reports a change' "$status $(jq -c .announce.text "$out") $(cat told)" \
  '0 "web is at http://127.0.0.1:40127 (revision 3)"
null {"text":"web is at http://127.0.0.1:40127 (revision 3)"}'
run sh -c "ANNOUNCE_URL=$chat_url/no draft announce <released"
is '… and a failure' "$status $(jq -c '.failure | [.code, .message]' "$out")" \
  '1 [69,"cannot post to the chat: curl ended with status 22"]'
run sh -c "draft announce <released"
is '… as a setting' "$status $(jq -c '.failure | [.code, .message]' "$out")" '1 [78,"ANNOUNCE_URL is not set"]'

for name in lines scan deps size announce; do
  draft check-stage -t 120 draft "$name" >tap
  is "draft-$name passes draft-check-stage" "$? $(grep -c '^ok' tap) $(grep -A 3 '^not ok' tap)" '0 34 '
done
finish
