#!/bin/sh
# draft-remote and draft-serve with real parts: a registry, buildah, podman, and sshd on loopback if there is one. An
# `ssh` of the test counts the bytes that are transferred, or breaks the connection.
# shellcheck disable=SC2016 # scripts in quotes
. "$(dirname "$0")/lib.sh"
export CONTAINERS_CONF="$root/Tests/fixtures/containers/containers.conf"
registry=127.0.0.1:$(free_port)
registry registry "$registry"
sshd=
name=remote-$$
# shellcheck disable=SC2317 # called by the trap
clean_up() {
  podman pod ls -q --filter "label=draft=$name" | xargs -r podman pod rm -f -t 0 >/dev/null 2>&1
  buildah images -n 2>/dev/null |
    awk -v n="/$name" 'index($1, n) { print $3 }' | sort -u | xargs -r buildah rmi -f >/dev/null 2>&1
  kill $daemon $sshd 2>/dev/null
  cd /
  rm -rf "$scratch"
}
trap clean_up EXIT
"$root/Tests/base-image" busybox >/dev/null || { echo "Bail out! no base image"; exit 1; }
fetch() { curl -sS --retry 5 --retry-connrefused --retry-delay 1 "$1"; }
gone() { ! kill -0 "$1" 2>/dev/null; }

# Another machine: a separate home, and an `ssh` that counts what is sent.
mkdir bin
cat >bin/ssh <<S
#!/bin/sh
# The words after the options are the command, as for sshd.
export DRAFT_HOME=$scratch/there
echo "\$*" >>$scratch/ssh.argv
# A signal breaks the connection, as for ssh; the counter does not keep it open.
way=\$(mktemp -u $scratch/way.XXXXXX)
mkfifo "\$way"
exec 3<&0
if [ "\$CUT" ]; then eval "\$CUT" <&3 >"\$way" & else tee -a $scratch/sent <&3 >"\$way" 2>/dev/null & fi
counts=\$!
draft-serve 3<&- <"\$way" &
trap 'kill \$counts' INT TERM
wait \$! || wait \$!
S
chmod +x bin/ssh
there() { PATH=$scratch/bin:$PATH draft-remote --to ssh://there "$@"; }
sent() { wc -c <sent; }

app=$scratch/$name
mkdir -p "$app/www"
draft detect "$app" >/dev/null 2>&1
cat >"$app/Dockerfile" <<'D'
FROM localhost/draft-test/busybox
EXPOSE 8080
CMD ["/bin/busybox", "httpd", "-f", "-p", "8080", "-h", "/www"]
COPY . /
D
echo hello >"$app/www/index.html"
mkdir -p "$app/charts"
cp -r "$root/packs/python/charts" "$app/charts/$name" 2>/dev/null || cp -r "$root"/packs/python/chart* "$app/charts/"
printf \
  '[environments]\n  [environments.development]\n    name = "%s"\n    set = ["replicaCount=1"]\n    registry = "%s"\n' \
  "$name" "$registry" >"$app/draft.toml"
printf 'charts\ndraft.toml\n' >"$app/.dockerignore"
run sh -c "draft create $app >/dev/null; draft pack $app >packed"
is 'pack' "$status" 0 || note "$(cat "$err")"

# The pipe.
status=0; there <packed >line 2>"$err" || status=$?
is 'pack | remote' "$status" 0 || note "$(cat "$err")"
is 'every member is set' "$(jq -r 'keys_unsorted | join(" ")' line)" \
  'draft app context chart image push values release'
is 'other members pass byte for byte' "$(jq -c '{draft, app, context, chart}' line)" "$(jq -c . packed)"
is 'no path of the server is in the record' "$(grep -c "$scratch/there" line)" 0
is 'the record has the image' "$(jq -r .image.store line)" remote
is 'settings are those of draft.toml' \
  "$(jq -r '.values.settings[] | select(.key == "replicaCount") | .source' line)" draft.toml:4
is 'the image is in the registry' \
  "$(skopeo inspect --tls-verify=false "docker://$registry/$name:$(jq -r .image.tag line)" |
    jq -r .Digest)" "$(jq -r .image.digest line)"
url=$(jq -r '.release.urls[0]' line)
is 'the release answers' "$(fetch "$url")" hello
like 'log lines of the server are shown' "$(cat "$err")" '*--> Building Dockerfile*--> Pushing*--> Status: DEPLOYED*'
ok 'the record is valid' valid_records line
is 'the server keeps no files' "$(find there/serve -mindepth 1 2>/dev/null; find there -name '*tmp-*')" ''
is 'the arguments of ssh' "$(tail -n 1 ssh.argv)" \
  '-T -o ServerAliveInterval=15 ssh://there draft serve'
status=0; draft-push <line >pushed 2>"$err" || status=$?
is 'a local push has nothing to do' "$status $(jq .push.uploaded pushed)" '0 0'
run sh -c "jq -c 'del(.push) | .image.tag = \"0000000000000000000000000000000000000000\"' line | draft-push"
like 'an image that was not pushed is not searched locally' "$(jq -r .failure.message "$out")" "*'remote'*"

: >sent
status=0; there <packed >again 2>"$err" || status=$?
is 'unchanged: nothing built, nothing released' "$status $(jq -c '[.image.why, .release.changed]' again)" \
  '0 ["unchanged",false]'
ok 'unchanged: no file is sent' test "$(sent)" -lt 3000
: >sent
status=0; there "$app" >"$out" 2>"$err" || status=$?
is 'a directory' "$status $(jq -r .release.status "$out")" '0 deployed'
status=0; there --no-push --no-release <packed >"$out" 2>"$err" || status=$?
is 'build alone' "$status $(jq -c '[.image.tag == $t, .push, .release]' --arg t "$(jq -r .image.tag line)" "$out")" \
  '0 [true,null,null]'
ok '… and a release here' sh -c \
  "jq -c 'del(.release, .values)' line | draft-release | jq -e '.release.status == \"deployed\"'"
status=0; there --set replicaCount=2 --no-release --tag two <packed >"$out" 2>"$err" || status=$?
is 'options are sent to the server' \
  "$status $(skopeo inspect --tls-verify=false "docker://$registry/$name:two" | jq -r .Digest)" \
  "0 $(jq -r .image.digest line)"
status=0; there --timeout soon <packed >"$out" 2>"$err" || status=$?
is 'a failure names the stage'"'"'s own' "$status $(jq -c '[.failure.by, .failure.code]' "$out")" \
  '1 ["draft-release",64]'
is '… and is printed once' "$(grep -c 'timeout' "$err")" 1

# What a client trusts its own repository with is not trusted on the machine of a server.
cp -r "$app" "$app.root"
for file in "$app.root"/charts/*/templates/deployment.yaml; do
  sed -i 's,^      containers:,      hostNetwork: true\n&,' "$file"
done
status=0; there "$app.root" >"$out" 2>"$err" || status=$?
is "a chart that shares the server's network" "$status $(jq -c '[.failure.by, .failure.code]' "$out")" \
  '1 ["draft-release",77]'
like '… is reported' "$(jq -r .failure.message "$out")" '*shares the network of this machine*'
rm -r "$app.root"

# A large context: only what changed is sent.
head -c 3000000 /dev/urandom >"$app/www/noise"
for i in $(seq 60); do head -c 20000 /dev/urandom >"$app/www/$i"; done
: >sent
there --no-release "$app" >"$out" 2>"$err"
ok 'a large context is sent' test "$(sent)" -gt 4000000
echo changed >"$app/www/7"
: >sent
there --no-release "$app" >"$out" 2>"$err"
is 'one file changed: it is built' "$(jq -r .image.why "$out")" 'no image of this tag yet' || note "$(cat "$err")"
ok "… and at most a tenth is sent: $(sent)" test "$(sent)" -lt 420000

# An upload of 50 MB is interrupted: the next one continues where it stopped.
head -c 50000000 /dev/urandom >"$app/www/big"
draft pack "$app" >big 2>"$err"
: >sent
cat >cut.pl <<'C'
# Passes 20 MB, each piece at once, and counts it.
open(my $sent, ">>", $ENV{SENT});
while ($n < 20_000_000 and my $size = sysread STDIN, my $piece, 65_536) {
  syswrite $sent, $piece; syswrite STDOUT, $piece; $n += $size
}
C
SENT=$scratch/sent CUT="perl $scratch/cut.pl; kill -9 \$(cat $scratch/client)" sh -c \
  'echo $$ >client; PATH=$0/bin:$PATH exec draft-remote --to ssh://there --no-release <big' "$scratch" >"$out" 2>"$err"
is 'a client that is killed writes nothing' "$(cat "$out")" ''
first=$(sent)
ok '… after its first 20 MB' test "$first" -ge 19000000
: >sent
status=0; there --no-release <big >"$out" 2>"$err" || status=$?
is 'the next run works' "$status" 0 || note "$(cat "$err")"
ok "… and sends the rest: $first, then $(sent)" test "$(($(sent) + first))" -lt 52500000
ok '… with the whole context' test "$(($(sent) + first))" -ge 50000000

# The connection breaks while the client keeps running.
head -c 30000000 /dev/urandom >"$app/www/big"
draft pack "$app" >big 2>"$err"
: >sent; rm -f cut.done
status=0
SENT=$scratch/sent CUT="if [ -e cut.done ]; then tee -a sent; else touch cut.done; perl cut.pl; fi" there \
  --no-release <big >"$out" 2>"$err" || status=$?
is 'a broken connection is reopened' "$status $(jq -r .failure.message "$out")" '0 null' || note "$(cat "$err")"
like '… with a message' "$(cat "$err")" '*resuming where it broke*'
ok "… and little is sent twice: $(sent)" test "$(sent)" -lt 32500000

# The stored part of an interrupted upload is damaged: the file is sent completely.
head -c 4000000 /dev/urandom >"$app/www/big"
draft pack "$app" >big 2>"$err"
hex=$(jq -r .context.digest big | cut -d: -f2)
jq -r '.parts[].digest' "$(jq -r .context.path big)" | cut -d: -f2 >parts
victim=; while read -r part; do [ -e "there/cache/contexts/sha256/$part.tar" ] || { victim=$part; break; }; done <parts
mkdir -p there/cache/incoming
head -c 1000 /dev/zero >"there/cache/incoming/$victim"
status=0; there --no-release <big >"$out" 2>"$err" || status=$?
is 'a damaged partial upload is repaired' "$status $(jq -r .failure.message "$out")" '0 null' || note "$(cat "$err")"
ok '… and the index is complete' test -e "there/cache/contexts/sha256/$hex.json"
is '… and nothing is left' "$(ls there/cache/incoming)" ''
# A file in the cache of the server is damaged: that build fails, the next one works.
echo more >>"$app/www/index.html"
draft pack "$app" >big 2>"$err"
there --no-release <big >"$out" 2>"$err"
rm -rf there/cache/images there/cache/trees
victim=there/cache/contexts/sha256/$(jq -r '.parts[0].digest' "$(jq -r .context.path big)" | cut -d: -f2).tar
size=$(stat -c %s "$victim"); head -c "$size" /dev/zero >"$victim"
there --no-release <big >"$out" 2>"$err"
is 'a damaged file is detected' "$(jq -r .failure.code "$out")" 65
status=0; there --no-release <big >"$out" 2>"$err" || status=$?
is '… and sent again the next time' "$status" 0 || note "$(cat "$err")"
rm -f "$app/www/big" "$app/www/noise"

# Several at once on one connection.
cp -r "$app" two
sed -i "s/name = .*/name = \"$name-two\"/" two/draft.toml
mv "two/charts/$name" "two/charts/$name-two" 2>/dev/null
: >ssh.argv
draft pack "$app" two 2>/dev/null >both
status=0; there -j 2 --force --no-release <both >"$out" 2>"$err" || status=$?
is 'two applications' "$status $(jq -r .image.repository "$out" | tr '\n' ' ')" \
  "0 $registry/$name $registry/$name-two " || note "$(cat "$err")"
is '… over one connection' "$(wc -l <ssh.argv)" 1
like '… with log lines prefixed by the application' "$(cat "$err")" "*$name | --> *"
like '… each line' "$(cat "$err")" "*$name-two | --> *"

# Two developers on one server: the same application in separate namespaces, at once.
cp -r "$app" other; echo other >other/www/index.html
there --no-release --namespace one "$app" >"$name.got" 2>one.err &
first=$!
there --no-release --namespace two other >other.got 2>two.err
wait $first
is 'two clients' "$(jq -r .failure.message "$name.got" other.got | tr '\n' ' ')" 'null null '
ok '… each with its own image' test "$(jq -r .image.tag "$name.got")" != "$(jq -r .image.tag other.got)"

# If a client disconnects, its work is stopped.
cat >bin/draft-builder-slow <<'B'
#!/bin/sh
trap 'echo TERM >>"$SEEN"; exit 143' TERM
cat >/dev/null
echo $$ >"$SEEN"
i=0; while [ $i -lt 600 ]; do sleep 0.05; i=$((i + 1)); done
B
chmod +x bin/draft-builder-slow
for signal in KILL TERM INT; do
  rm -f seen
  SEEN=$scratch/seen PATH=$scratch/bin:$PATH perl -e '$SIG{INT} = "DEFAULT"; exec @ARGV' \
    draft-remote --to ssh://there --builder slow --force --no-release <packed >"$out" 2>"$err" &
  client=$!
  await test -s seen
  builder=$(head -n 1 seen)
  kill -s $signal $client
  wait $client 2>/dev/null
  is "SIG$signal: dies of it" "$(kill -l $?)" $signal
  ok "SIG$signal: the builder ends" await gone "$builder"
  is "SIG$signal: … by SIGTERM" "$(tail -n 1 seen)" TERM
  empty() { [ -z "$(find there/serve -mindepth 1; find there -name '*tmp-*')" ]; }
  ok "SIG$signal: nothing is left" await empty
  is "SIG$signal: no record" "$(cat "$out")" ''
done
# A server that was killed cannot clean up; the next one does.
mkdir -p there/serve/tmp-left/work; : >there/serve/tmp-left/lock
there --no-release <packed >"$out" 2>"$err"
ok 'files of a killed server are removed' await empty

# In a process on the same machine.
status=0; draft-remote --to local <packed >"$out" 2>"$err" || status=$?
is 'local: the local image store is used' "$status $(jq -r '.image.store, .release.status' "$out" | tr '\n' ' ')" \
  "0 oci:$DRAFT_HOME/cache/images deployed " || note "$(cat "$err")"
like 'local: files are not sent' "$(cat "$err")" '*'
not_ok '… without a message' grep -q Sending "$err"
run env DRAFT_REMOTE=local draft up "$app"
is 'draft up with DRAFT_REMOTE' "$status $(jq -r .release.status "$out")" '0 deployed' || note "$(cat "$err")"
draft config set remote local
run env DRAFT_EVENTS="$scratch/events" draft up "$app"
is 'draft up with the setting' "$(jq -r .stage events | grep -E 'build|push|release|remote' | sort -u | tr '\n' ' ')" \
  'draft-remote '
rm -f events
run env DRAFT_EVENTS="$scratch/events" draft up --no-remote "$app"
is 'draft up --no-remote' "$(jq -r .stage events | grep -E 'build|push|release|remote' | sort -u | tr '\n' ' ')" \
  'draft-build draft-push draft-release '
draft config unset remote

# The place of the server.
exits 1 'without --to or the setting' sh -c 'draft-remote <packed'
is 'without --to or the setting: the message' "$(jq -c '[.failure.code, .failure.message]' "$out")" \
  '[78,"cannot tell where the server is"]'
printf '\n    remote = "ssh://evil"\n' >>two/draft.toml
run sh -c 'draft pack two 2>/dev/null | draft-remote'
is 'draft.toml cannot set the server' "$(jq -r .failure.code "$out")" 78
for place in x ssh:// ssh://-oProxyCommand=x 'ssh://h;x' 'ssh://a@-b' 'ssh://a b' kube: kube:A /bin/sh; do
  run sh -c 'draft-remote --to "$1" <packed' - "$place"
  is "'$place' is not a server" "$(jq -r .failure.code "$out")" 64
done
mkdir bare
run sh -c "jq -c 'del(.chart) | .app.dir = \"$scratch/bare\"' packed | draft-remote --to local"
is 'no chart: nothing is sent' "$(jq -c '[.failure.by, .failure.code]' "$out")" '["draft-remote",66]'

# An invalid or hostile server.
server() { printf '#!/bin/sh\n%s\n' "$1" >bin/ssh; status=0; there <packed >"$out" 2>"$err" || status=$?; }
hello='echo '"'"'{"type":"hello","protocol":1,"version":"x"}'"'"
answer() { printf '%s\nread -r l; read -r l\ncat >/dev/null & %s\nsleep 1\n' "$hello" "$1"; }
failure() { jq -c '[.failure.code, .failure.message]' "$out"; }
server 'echo "ssh: connect to host there port 22: Connection refused" >&2; exit 255'
is 'an unreachable server' "$(failure)" \
  '[69,"cannot reach the server at '"'ssh://there'"': ssh: connect to host there port 22: Connection refused"]'
server 'echo "bash: line 1: draft: command not found" >&2; exit 127'
like 'a server without draft' "$(jq -c '[.failure.code, .failure.hint]' "$out")" '[[]69,"install draft there*'
server 'echo "Welcome to there!"; exec cat >/dev/null'
like 'a shell with a greeting' "$(failure)" '[[]76,*Welcome to there*'
server 'echo '"'"'{"type":"hello","protocol":2}'"'"'; exec cat >/dev/null'
like 'a server of another version' "$(failure)" '[[]76,*version 2*'
server "$(answer 'echo "{\"type\":\"want\",\"id\":1,\"blobs\":[{\"digest\":\"sha256:/etc/passwd\",\"offset\":0}]}"')"
like 'a server that requests a file that was not offered' "$(failure)" '[[]76,*not offered*'
server "$(answer 'echo "{\"type\":\"want\",\"id\":1,\"blobs\":[{\"digest\":\"'"$(jq -r .context.digest \
      packed)"'\",\"offset\":-9223372036854775808}]}"')"
like 'a server that requests more than the file has' "$(failure)" '[[]76,*more than the file has*'
printf '%s\n' '{"type":"log","id":1,"text":"a\u001b[2Jb"}' '{"type":"done","id":1,"members":{"image":1}}' >answer
server "$(answer "cat $scratch/answer")"
like 'log lines are escaped for the terminal' "$(cat "$err")" '*a\\x1b[[]2Jb*'
like 'a member of the wrong type' "$(failure)" '[[]65,*image*'
server \
  "$(answer 'echo "{\"type\":\"done\",\"id\":1,\"members\":{\"app\":{\"dir\":\"/evil\"},\"context\":{},\"x\":1}}"')"
is 'a member that the server may not set' "$(jq -c . "$out")" "$(jq -c . packed)"
server "$(answer 'head -c 20000000 /dev/zero | tr "\0" x')"
like 'a line without end' "$(failure)" '[[]76,*'
server "$hello; sleep 0.3; exit 3"
like 'a server that exits early' "$(failure)" '[[]75,"lost the server*'

# sshd itself.
if [ -x /usr/sbin/sshd ]; then
  mkdir -m 700 keys "$HOME/.ssh"
  port=$(free_port)
  ssh-keygen -q -t ed25519 -N '' -f keys/host && ssh-keygen -q -t ed25519 -N '' -f keys/user
  cat >sshd_config <<S
ListenAddress 127.0.0.1:$port
HostKey $scratch/keys/host
PidFile none
AuthorizedKeysFile $scratch/keys/user.pub
StrictModes no
UsePAM no
PasswordAuthentication no
SetEnv PATH=$scratch/bin:$PATH DRAFT_HOME=$scratch/farther CONTAINERS_CONF=$CONTAINERS_CONF SEEN=$scratch/seen
S
  mkdir -p /run/sshd 2>/dev/null
  /usr/sbin/sshd -D -e -f "$scratch/sshd_config" 2>sshd.log &
  sshd=$!
  await grep -q listening sshd.log
  printf '#!/bin/sh\nexec /usr/bin/ssh -F none -i %s -o StrictHostKeyChecking=no -o UserKnownHostsFile=%s "$@"\n' \
    "$scratch/keys/user" "$scratch/keys/known" >bin/ssh
  rm -f seen
  status=0
  PATH=$scratch/bin:$PATH draft-remote --to "ssh://$(id -un)@127.0.0.1:$port" --no-release "$app" >"$out" 2>"$err" ||
    status=$?
  is 'sshd: built and pushed there' "$status $(jq -r .image.store "$out")" '0 remote' || note "$(cat "$err" sshd.log)"
  ok 'sshd: … in its own home' test -d "$scratch/farther/cache/contexts"
  PATH=$scratch/bin:$PATH draft-remote \
    --to "ssh://127.0.0.1:$port" --build-arg X=1 --force --no-release --builder slow "$app" >"$out" 2>"$err" &
  client=$!
  ok 'sshd: the builder runs' await test -s seen
  kill -9 $client; wait $client 2>/dev/null
  idle() { [ -z "$(find "$scratch/farther/serve" -mindepth 1)" ]; }
  ok 'sshd: a client that is killed leaves nothing behind' await idle
else
  skip 'sshd' 'openssh-server is not installed'
fi
finish
