#!/bin/sh
# draft-push with Debian's docker-registry: open, with a password, with TLS; and with a misbehaving registry.
. "$(dirname "$0")/lib.sh"
unset XDG_RUNTIME_DIR XDG_CONFIG_HOME \
  SSL_CERT_FILE SSL_CERT_DIR http_proxy https_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY no_proxy
fixtures=$root/Tests/fixtures
mkdir app
daemons=
trap 'kill $daemons 2>/dev/null; cd /; rm -rf "$scratch"' EXIT

answers() { # URL: waits until something speaks HTTP there
  tries=0
  while ! curl -ksS -o /dev/null "$1" 2>/dev/null; do
    tries=$((tries + 1))
    [ $tries -lt 100 ] || return 1
    sleep 0.1
  done
}
begin() { # NAME PORT [YAML]: a registry of its own
  registry "$1" "127.0.0.1:$2" ${3+"$3"}
  daemons="$daemons $daemon"
}
digest() { echo "sha256:$(sha256sum "$1" | cut -d ' ' -f 1)"; }
blob() { # LAYOUT FILE MEDIATYPE: stores the file and prints its descriptor
  mkdir -p "$1/blobs/sha256"
  d=$(digest "$2")
  cp "$2" "$1/blobs/sha256/${d#sha256:}"
  jq -nc --arg d "$d" --argjson s "$(wc -c <"$2")" --arg m "$3" '{mediaType: $m, digest: $d, size: $s}'
}
layout() { # DIRECTORY FILES [docker]: an image with a layer for each file, the file as it is; its tag is v1
  kind=application/vnd.oci.image m=manifest.v1 c=config.v1 l=layer.v1.tar
  [ "${3:-}" = docker ] &&
    kind=application/vnd.docker m=distribution.manifest.v2 c=container.image.v1 l=image.rootfs.diff.tar
  mkdir -p "$1"
  echo '{"imageLayoutVersion":"1.0.0"}' >"$1/oci-layout"
  : >"$1.layers"
  for file in $2; do blob "$1" "$file" "$kind.$l" >>"$1.layers"; done
  jq -sc '{architecture: "amd64", os: "linux", rootfs: {type: "layers", diff_ids: map(.digest)}}' "$1.layers" \
    >"$1.config"
  jq -sc --arg m "$kind.$m+json" --argjson c "$(blob "$1" "$1.config" "$kind.$c+json")" \
    '{schemaVersion: 2, mediaType: $m, config: $c, layers: .}' "$1.layers" >"$1.manifest"
  blob "$1" "$1.manifest" "$kind.$m+json" >"$1.descriptor"
  jq -c '{schemaVersion: 2, manifests: [. + {annotations: {"org.opencontainers.image.ref.name": "v1"}}]}' \
    "$1.descriptor" >"$1/index.json"
}
record() { # REPOSITORY LAYOUT [JQ]: a line with that image
  jq -nc --arg dir "$scratch/app" --arg r "$1" --arg s "oci:$scratch/$2" \
    "{draft: 1, app: {name: \"web\", dir: \$dir}, image: {repository: \$r, tag: \"v1\", store: \$s, how: \"builder\", why: \"\"}} | ${3:-.}"
}
push() { record "$@" >line; status=0; draft-push <line >"$out" 2>"$err" || status=$?; }
got() { jq -c "$1" "$out"; }
login() { # HOST USER:PASSWORD: as docker login leaves it
  mkdir -p "$HOME/.docker"
  jq -nc --arg h "$1" --arg a "$(printf %s "$2" | base64 -w 0)" \
    '{auths: {($h): {auth: $a}}}' >"$HOME/.docker/config.json"
}

# An image made by buildah.
mkdir context
echo hello >context/hello
printf 'FROM scratch\nCOPY hello /\nENTRYPOINT ["/hello"]\nUSER 1000\n' >context/Dockerfile
builder() { buildah --root "$scratch/storage" --runroot "$scratch/run" --storage-driver vfs "$@" >>buildah.log 2>&1; }
if ! builder build -q --isolation chroot --layers=false -t t:v1 context || ! builder push -q t:v1 oci:image:v1; then
  cat buildah.log
  echo "Bail out! buildah makes no image"
  exit 1
fi
head -c 80000000 /dev/urandom >noise
head -c 5000 /dev/urandom >little
layout big noise
layout small little

# 1. A registry without a password.
open=$(free_port)
begin open "$open"
opener=$daemon
host=127.0.0.1:$open
want=$(jq -r '.manifests[0].digest' image/index.json)
push "$host/web" image
cp "$out" pushed
is "pushes an image" "$status" 0
is "… the record has the reference" "$(got '.push.reference')" "\"$host/web@$want\""
is "… and the digest" "$(got .image.digest)" "\"$want\""
is "… and the uploaded bytes" "$(got '[.push.uploaded > 0, .push.mounted, .push.existing]')" '[true,0,0]'
like "prints the reference on a terminal" "$(cat "$err")" "--> Pushing $host/web:v1
--> v1: digest: $want size: *"
is "skopeo reads it" "$(skopeo inspect --tls-verify=false --format '{{.Digest}}' "docker://$host/web:v1")" "$want"
ok "skopeo copies it" skopeo copy -q --src-tls-verify=false "docker://$host/web:v1" oci:back:v1
ok "umoci unpacks it" umoci unpack --rootless --image back:v1 bundle
is "… with its files" "$(cat bundle/rootfs/hello)" hello
ok "podman pulls it" podman \
  --root "$scratch/storage" --runroot "$scratch/run" --storage-driver vfs pull -q --tls-verify=false "$host/web@$want"

: >open.log
draft-push <pushed >"$out" 2>"$err"; is "a second push is done" "$?" 0
is "… with one read request" "$(grep -c '"HEAD /v2/web/manifests/v1' open.log) $(grep -c 'HTTP/1' open.log)" "1 1"
is "… and uploads nothing" "$(got '[.push.uploaded, .push.mounted, .push.existing]')" '[0,0,2]'
like "… with a message" "$(cat "$err")" "*v1: already there"
record "$host/web" image >line
draft-push -q <line >"$out" 2>"$err"
is "… also without the digest in the record" "$(got '[.push.uploaded, .image.digest]')" "[0,\"$want\"]"
is "-q prints nothing" "$(cat "$err")" ""

push "$host/copy" image
is "another repository mounts the blobs" "$(got '[.push.uploaded, .push.mounted]')" '[0,2]'
mv "$DRAFT_HOME/cache/pushed/$host/web" "$DRAFT_HOME/cache/pushed/$host/gone"
rm "$DRAFT_HOME/cache/pushed/$host/copy"
push "$host/other" image
is "a blob that cannot be mounted is uploaded" "$status $(got '[.push.uploaded > 0, .push.mounted]')" '0 [true,0]'
printf '\0\377 nonsense\n' >"$DRAFT_HOME/cache/pushed/$host/other"
push "$host/other" small
is "a damaged cache does no harm" "$status" 0
push web image '.x = 1'
is "a name without a registry: does nothing" "$status $(cmp line "$out" && echo same)" "0 same"
DRAFT_REGISTRY=$host/me draft-push <line >"$out" 2>"$err"
is "a name without a registry goes to the configured registry" "$(got '[.image.repository, .push.reference]')" \
  "[\"$host/me/web\",\"$host/me/web@$want\"]"
push "$host/web" image '.image.tags = ["latest", "stable"]'
is "further tags are pushed" "$(skopeo inspect --tls-verify=false --format '{{.Digest}}' "docker://$host/web:stable")" \
  "$want"
push "$host/web" image '.image.tags = ["latest"], (.app.name = "b" | .image.repository += "/deep/er")'
is "several records, one after the other" "$(jq -rs 'map(.push.reference) | join(" ")' "$out")" \
  "$host/web@$want $host/web/deep/er@$want"
for i in 1 2 3 4 5 6; do record "$host/many$((i % 2))" image; done >line
draft-push -j 6 <line >"$out" 2>"$err"
is "six at once, two with the same name" "$? $(jq -s length "$out")" "0 6" || note "$(cat "$err")"

# From the source, alone.
cp -r context hello
DRAFT_REGISTRY=$host draft-push hello >"$out" 2>"$err"
is "a directory is packed, built and pushed" \
  "$? $(got '[.push.uploaded > 0, (.image.repository | endswith("/hello")), has("context")]')" "0 [true,true,true]" ||
  note "$(cat "$err")"
reference=$(jq -r .push.reference "$out")
ok "… which can be pulled" skopeo inspect --tls-verify=false "docker://$reference"
: >open.log
DRAFT_REGISTRY=$host draft-push hello >"$out" 2>"$err"
is "… and a second time does nothing" "$? $(got .push.uploaded) $(grep -c 'HTTP/1' open.log)" "0 0 1"
buildah rmi "$(jq -r '.image | .repository + ":" + .tag' "$out")" >/dev/null 2>&1
run sh -c 'draft-push hello'
is "without a registry it does not build" "$status $(jq -c 'keys' "$out") $(grep -c Building "$err")" \
  '0 ["app","draft"] 0'

# Only what is new. draft-push keeps running; MANY is an image of old layers, MORE has one more layer and so another
# config.
files=
for i in 1 2 3 4 5 6; do head -c $((i * 1000)) /dev/urandom >"old$i"; files="$files old$i"; done
head -c 9000 /dev/urandom >changed
layout many "$files"
layout more "$files changed"
stay() { # starts a draft-push that reads from the descriptor 3
  rm -f in answers
  mkfifo in
  : >answers # a pipe is opened before it: who asks at once would find no file
  draft-push <in >answers 2>>"$err" &
  stayer=$!
  daemons="$daemons $stayer"
  exec 3>in
}
give() { # REPOSITORY LAYOUT [JQ]: one line for it, and its answer in $out
  lines=$(wc -l <answers) tries=0
  record "$@" >&3
  while [ "$(wc -l <answers)" = "$lines" ] && [ $tries -lt 300 ]; do tries=$((tries + 1)); sleep 0.1; done
  tail -n 1 answers >"$out"
}
ended() { exec 3>&-; wait $stayer; }
requests() {
  grep -ao -e '"[A-Z]* /v2[^ ]*' "$1" |
    sed 's|^"\([A-Z]*\) /v2/[a-z]*/|\1 |; s|sha256:.*|DIGEST|; s|uploads/.*|uploads/|' | sort | uniq -c | sed 's/^ *//'
}
stay
give "$host/stays" many
is "a first push of seven blobs" "$(got '[.push.uploaded > 0, .push.existing]')" '[true,0]'
: >open.log
give "$host/stays" more '.image.tag = "v2"' # its layout calls it v1; there is only one
is "one layer and the config are new: seven requests" "$(requests open.log)" "1 HEAD manifests/DIGEST
1 HEAD manifests/v2
2 POST blobs/uploads/
2 PUT blobs/uploads/
1 PUT manifests/v2"
is "… and two blobs are sent" "$(got '[.push.uploaded, .push.existing]')" \
  "[$(($(wc -c <changed) + $(wc -c <more.config))),6]"
gone() { # BLOB: removes its bytes from the registry's storage
  d=$(digest "$1"); d=${d#sha256:}
  rm -r "$scratch/open/docker/registry/v2/blobs/sha256/$(echo "$d" | cut -c 1-2)/$d"
}
whole() { # REFERENCE: whether it can be had, all of it
  rm -rf whole
  skopeo copy -q --src-tls-verify=false "docker://$1" oci:whole:v1
}
gone old3
: >open.log
give "$host/stays" many '.image.tag = "v3"'
is "a blob that is missing behind the manifest is sent" \
  "$(got '[.failure, .push.uploaded, .push.existing]')" "[null,$(($(wc -c <old3) + $(wc -c <many.config))),5]"
is "… after checking each, and putting the manifest twice" \
  "$(grep -c '"HEAD /v2/stays/blobs' open.log) $(grep -c '"PUT /v2/stays/manifests' open.log)" "7 2"
ok "… so nothing is lost" whole "$host/stays:v3"
curl -sS -X DELETE "http://$host/v2/stays/manifests/$(digest many.manifest)"
gone old2
: >open.log
give "$host/stays" more '.image.tag = "v4"'
is "without the manifest each blob is checked" \
  "$(got .push.uploaded) $(grep -c '"HEAD /v2/stays/blobs' open.log) $(grep -c '"PUT /v2/stays/manifests' open.log)" \
  "$(wc -c <old2) 8 1"
ok "… and nothing is lost" whole "$host/stays:v4"
rm -rf open/docker
give "$host/stays" many '.image.tag = "v5"'
is "an emptied registry gets everything" "$(got '.push.existing')" 0
ok "… which can be pulled" whole "$host/stays:v5"
kill "$opener"
wait "$opener" 2>/dev/null
begin open "$open"
opener=$daemon
give "$host/stays" more '.image.tag = "v6"'
is "connections closed by a restarted registry are reopened" \
  "$(got '[.failure, .push.existing]')" "[null,6]"
ended
is "… without a message" "$? $(jq -s length answers)" "0 6"

# Large images, and other formats.
: >open.log
push "$host/large" big
is "80 MB are pushed" "$status $(got .push.uploaded)" "0 $(($(wc -c <noise) + $(wc -c <big.config)))"
is "… in chunks" "$(grep -c '"PATCH /v2/large' open.log)" 3
curl -sS "http://$host/v2/large/blobs/$(digest noise)" >back.noise
ok "… and arrive" cmp noise back.noise
layout docker little docker
push "$host/docker" docker
is "Docker's schema 2" "$status $(curl -sSI -H 'Accept: application/vnd.docker.distribution.manifest.v2+json' \
    "http://$host/v2/docker/manifests/v1" |
    grep -ci 'content-type: application/vnd.docker.distribution.manifest.v2+json')" "0 1"
layout index little
layout second noise
cp -r second/blobs index/
jq -nc --slurpfile a index.descriptor --slurpfile b second.descriptor \
  '{schemaVersion: 2, mediaType: "application/vnd.oci.image.index.v1+json",
    manifests: [$a[0] + {platform: {architecture: "amd64", os: "linux"}}, $b[0] + {platform: {architecture: "arm64",
      os: "linux"}}]}' >index.manifest
jq -c '{schemaVersion: 2, manifests: [.]}' <<E2 >index/index.json
$(blob index index.manifest application/vnd.oci.image.index.v1+json)
E2
push "$host/index" index
is "an index, with its manifests" \
  "$status $(skopeo inspect --tls-verify=false --raw "docker://$host/index:v1" | jq '.manifests | length')" "0 2"
is "… each can be pulled" "$(skopeo --override-arch arm64 \
    inspect --tls-verify=false --format '{{.Architecture}}{{len .Layers}}' "docker://$host/index:v1")" amd641

# Killed during a push.
code() {
  curl -so /dev/null -w '%{http_code}' -H 'Accept: application/vnd.oci.image.manifest.v1+json' \
    "http://$host/v2/killed/$1"
}
head -c 300000000 /dev/zero >zeros
layout killed zeros
rm zeros
for moment in 0.05 0.1 0.2 0.4; do
  record "$host/killed" killed >line
  draft-push <line >"$out" 2>/dev/null &
  victim=$!
  sleep $moment
  kill -9 $victim 2>/dev/null
  wait $victim 2>/dev/null
done
manifest=$(code "manifests/v1")
[ "$manifest" = 200 ] && manifest="404$(code "blobs/$(jq -r '.layers[0].digest' killed.manifest)" | sed 's/^200$//')"
is "killed during an upload: no tag, or the whole image" "$manifest" 404
draft-push <line >"$out" 2>"$err"
is "… and the next run pushes it" "$? $(curl -sS -H 'Accept: application/vnd.oci.image.manifest.v1+json' \
    "http://$host/v2/killed/manifests/v1" | sha256sum)" "0 $(sha256sum <killed.manifest)"
rm -rf killed

# 2. No registry: reported if a cluster is to run the image, which has to pull it from one.
push web image
is "no registry, podman runs it: no warning" "$status $(cat "$err")" "0 "
cat >kubeconfig <<'END'
current-context: near
contexts: [{name: near, context: {cluster: c}}]
clusters: [{name: c, cluster: {server: 'https://127.0.0.1:1'}}]
END
export KUBECONFIG="$scratch/kubeconfig"
draft-push -q <line >"$out" 2>"$err"
is "-q: no warning" "$? $(cat "$err")" "0 "
DRAFT_ENGINE=podman draft-push <line >"$out" 2>"$err"
is 'engine = "podman": no warning' "$? $(cat "$err")" "0 "
push web image '., (.app.name = "b")'
is "no registry: records pass byte for byte" "$status $(cmp line "$out" && echo same)" "0 same"
is "… with one warning" "$(grep -c 'no registry has been set' "$err")" 1
like "… and a hint" "$(cat "$err")" "*draft config set registry docker.io/myusername*"
DRAFT_DISABLE_PUSH_WARNING=true draft-push <line >"$out" 2>"$err"
is "disable-push-warning: no warning" "$? $(cat "$err")" "0 "
KUBECONFIG=/dev/null

# 3. Invalid records and layouts.
fails() { # NAME CODE PATTERN: how the last push failed
  is "$1: exit 1, code $2" "$status $(got .failure.code)" "1 $2"
  like "$1: the message" "$(jq -r '.failure.message, .failure.hint' "$out")" "$3"
}
push "$host/web" image '.image.tag = "../../x"'; fails "a tag that is none" 65 "*'../../x' is not a valid tag*"
push "$host/Web" image; fails "a repository in upper case" 65 "*'*Web': * is not a repository name*"
push "$host/../x" image; fails "a repository that climbs" 65 "*is not a repository name*"
push "$host/web" nowhere '.image.tag = "v9"'; fails "no layout" 66 "*image layout '$scratch/nowhere'*"
head -c 5000 /dev/urandom >little
layout damaged little
printf '%5000s' x >"damaged/blobs/sha256/$(sha256sum little | cut -d ' ' -f 1)"
push "$host/damaged" damaged
fails "a damaged blob" 65 "cannot upload 'damaged@sha256:*$scratch/damaged/blobs/sha256/*remove '*"
rm "damaged/blobs/sha256/$(sha256sum little | cut -d ' ' -f 1)"
push "$host/damaged" damaged; fails "a blob that is missing" 66 "cannot find blob 'sha256:*"
ln -s /etc/hostname "damaged/blobs/sha256/$(sha256sum little | cut -d ' ' -f 1)"
push "$host/damaged" damaged; fails "a blob that is a link" 74 "cannot read the blob *"
push "$host/damaged" small '.image.repository = "127.0.0.1:1/x"'
fails "a registry that does not answer" 69 "cannot look up '127.0.0.1:1/x:v1': no answer from 127.0.0.1:1: *"
mkdir fake && : >fake/libcurl.so.4
record "$host/web" image >line
LD_LIBRARY_PATH=$scratch/fake draft-push <line >"$out" 2>"$err"; status=$?
fails "no libcurl" 69 "*libcurl*apt install libcurl4"
record web image '.failure = {by: "x", code: 1, message: "m"}' >line
LD_LIBRARY_PATH=$scratch/fake draft-push <line >"$out" 2>"$err"
is "without HTTP libcurl is not loaded" "$? $(cmp line "$out" && echo same)" "1 same"
frozen=$(free_port)
printf 'version: 0.1\nlog: {level: error}\nstorage: {filesystem: {rootdirectory: %s/frozen}, maintenance: {readonly: {enabled: true}}}\nhttp: {addr: "127.0.0.1:%s"}\n' "$scratch" "$frozen" >frozen.yml
docker-registry serve frozen.yml >frozen.log 2>&1 & daemons="$daemons $!"
answers "http://127.0.0.1:$frozen/v2/"
push "127.0.0.1:$frozen/web" small
fails "a registry that only reads" 76 "cannot upload 'web@sha256:*': 405 from 127.0.0.1:$frozen*"

# 4. A password.
closed=$(free_port)
htpasswd -Bbc htpasswd me 'pass:wörd' 2>/dev/null
begin closed "$closed" "auth: {htpasswd: {realm: test, path: $scratch/htpasswd}}"
host=127.0.0.1:$closed
push "$host/web" image; fails "no login" 77 "cannot look up '$host/web:v1': 401 from $host: not logged in
docker login $host*"
login "$host" 'me:wrong'
push "$host/web" image; fails "a wrong password" 77 "*: the login is not accepted
docker login $host*"
login "$host" 'me:pass:wörd'
record "$host/web" image >line
draft-push --debug <line >"$out" 2>"$err"; is "a login of docker's" "$? $(got '.push.uploaded > 0')" "0 true"
is "… a secret is not printed, even with --debug" \
  "$(cat "$out" "$err" | grep -c -e 'wörd' -e "$(printf 'me:pass:wörd' | base64)")" 0
draft-push <line >"$out" 2>"$err"
: >closed.log
draft-push <"$out" >again 2>"$err"
is "a second run: two requests, none writes" \
  "$? $(grep -c 'HTTP/1' closed.log) $(grep -c -e PUT -e POST -e PATCH closed.log)" "0 2 0"
login "https://$host/v1/" 'me:pass:wörd'
push "$host/web" image; is "a key as older dockers write it" "$status" 0
login elsewhere.example 'me:pass:wörd'
push "$host/web" image; fails "a login for somebody else" 77 "*not logged in*"
jq -nc --arg h "$host" '{auths: {($h): {}}, credsStore: "test"}' >"$HOME/.docker/config.json"
mkdir bin
cat >bin/docker-credential-test <<'E2'
#!/bin/sh
read -r server
echo "$1 $server" >>"$HELPER_LOG"
case $1$server in
get$HELPER_HOST) printf '{"ServerURL":"%s","Username":"me","Secret":"pass:wörd"}\n' "$server" ;;
*) echo "credentials not found in native keychain"; exit 1 ;;
esac
E2
chmod +x bin/docker-credential-test
export HELPER_LOG="$scratch/helper.log" HELPER_HOST="$host"
push "$host/web" image; fails "a helper that is not there" 69 "*docker-credential-test*"
PATH=$scratch/bin:$PATH draft-push <line >"$out" 2>"$err"; is "a helper for all" "$? $(cat helper.log)" "0 get $host"
jq -nc --arg h "$host" '{credHelpers: {($h): "test"}}' >"$HOME/.docker/config.json"
PATH=$scratch/bin:$PATH draft-push <line >"$out" 2>"$err"; is "a helper for this one" "$?" 0
HELPER_HOST=no PATH=$scratch/bin:$PATH draft-push <line >"$out" 2>"$err"; status=$?
fails "a credential helper without a login" 77 "*not logged in*"
printf '#!/bin/sh\necho "panic: secret-thing" >&2; exit 2\n' >bin/docker-credential-test
PATH=$scratch/bin:$PATH draft-push <line >"$out" 2>"$err"; status=$?
fails "a credential helper that fails" 69 "cannot get the login for '$host' from 'docker-credential-test': it exited 2*"
jq -nc '{credsStore: "../../bin/sh"}' >"$HOME/.docker/config.json"
push "$host/web" image; fails "a helper that is a path" 69 "*that is not a program name*"
echo '{' >"$HOME/.docker/config.json"
push "$host/web" image; fails "a broken config.json" 78 "cannot read the logins in '$HOME/.docker/config.json'*"
rm "$HOME/.docker/config.json"
mkdir -p "$HOME/.config/containers"
jq -nc --arg h "$host" --arg good "$(printf 'me:pass:wörd' | base64)" --arg bad "$(printf 'me:bad' | base64)" \
  '{auths: {($h): {auth: $bad}, ($h + "/team"): {auth: $good}}}' >"$HOME/.config/containers/auth.json"
push "$host/team/web" image; is "auth.json, by the part of the name" "$status" 0
push "$host/web" image; fails "auth.json, another part" 77 "*the login is not accepted*"
mv "$HOME/.config/containers/auth.json" auth.json
REGISTRY_AUTH_FILE=$scratch/auth.json; export REGISTRY_AUTH_FILE
push "$host/team/web" image; is "REGISTRY_AUTH_FILE" "$status" 0
unset REGISTRY_AUTH_FILE
ok "podman logs in" sh -c \
  "echo 'pass:wörd' | podman login --tls-verify=false --authfile '$scratch/podman.json' -u me --password-stdin $host"
REGISTRY_AUTH_FILE=$scratch/podman.json draft-push <line >"$out" 2>"$err"; is "and that is enough" "$?" 0

# 5. TLS.
tls=$(free_port)
host=127.0.0.1:$tls
openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.crt -subj '/CN=test authority' -days 2 2>/dev/null
openssl req -newkey rsa:2048 -nodes -keyout server.key -out server.csr -subj '/CN=localhost' 2>/dev/null
printf 'subjectAltName=IP:127.0.0.1,DNS:localhost\n' >san
openssl x509 -req -in server.csr \
  -CA ca.crt -CAkey ca.key -CAcreateserial -extfile san -days 2 -out server.crt 2>/dev/null
openssl req -newkey rsa:2048 -nodes -keyout client.key -out client.csr -subj '/CN=client' 2>/dev/null
openssl x509 -req -in client.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -out client.crt 2>/dev/null
begin tls "$tls" "http: {addr: '$host', secret: x, tls: {certificate: $scratch/server.crt, key: $scratch/server.key}}"
push "$host/web" image; fails "an authority nobody knows" 69 \
  "cannot look up '$host/web:v1': no secure connection to $host: *
put the CA certificate into */$host/ca.crt*"
SSL_CERT_FILE=$scratch/ca.crt draft-push <line >"$out" 2>"$err"
record "$host/web" image >line
SSL_CERT_FILE=$scratch/ca.crt draft-push <line >"$out" 2>"$err"; is "SSL_CERT_FILE" "$?" 0
certs=$HOME/.config/containers/certs.d/$host
mkdir -p "$certs"
cp ca.crt "$certs"
push "$host/web" image; is "certs.d" "$status $(got .push.uploaded)" "0 0"
mutual=$(free_port)
host=127.0.0.1:$mutual
begin mutual "$mutual" "http: {addr: '$host', secret: x, tls: {certificate: $scratch/server.crt, key: $scratch/server.key, clientcas: [$scratch/ca.crt]}}"
sleep 1
mkdir -p "$HOME/.config/containers/certs.d/$host"
cp ca.crt "$HOME/.config/containers/certs.d/$host"
push "$host/web" image; is "a registry that asks who we are refuses" "$(got .failure.code)" 69
cp client.crt "$HOME/.config/containers/certs.d/$host/client.cert"
cp client.key "$HOME/.config/containers/certs.d/$host/"
push "$host/web" image; is "until it is shown a certificate" "$status" 0

# 6. A misbehaving registry.
bad=$(free_port) other=$(free_port)
python3 "$fixtures/faulty-registry.py" "$bad" "$other" "$scratch/faults" &
daemons="$daemons $!"
answers "http://127.0.0.1:$bad/health"
host=127.0.0.1:$bad
# Variables that libcurl or curl would use. The tests up to the end must work without them.
printf 'machine 127.0.0.1 login netrc password netrc\nmachine 0.0.0.0 login netrc password netrc\n' >"$HOME/.netrc"
printf 'user = curl:rc\nproxy = http://127.0.0.1:1\n' >"$HOME/.curlrc"
chmod 600 "$HOME/.netrc"
# Proxies by the rules of Go programs. There is no server at 0.0.0.0:1, and a failed request is tried five times; the
# rest continues.
proxied() { # NAME VARIABLE...: as push does, beside
  name=$1; shift
  record "0.0.0.0:1/$name/web" proxied >"$name.line"
  env "$@" draft-push -q <"$name.line" >"$name.out" 2>/dev/null &
  proxied="${proxied:-} $!"
}
head -c 5000 /dev/urandom >beside
layout proxied beside
plain=DRAFT_PLAIN_HTTP=0.0.0.0:1 proxy=127.0.0.1:$bad
proxied http "$plain" "HTTP_PROXY=$proxy" HTTPS_PROXY=127.0.0.1:1
proxied lower "$plain" "http_proxy=http://$proxy/" NO_PROXY=0.0.0.0:2,.0.0.0.0,0.0.0.1
proxied all "$plain" "ALL_PROXY=http://$proxy" "all_proxy=http://$proxy" "HTTPS_PROXY=http://$proxy"
proxied cgi "$plain" "HTTP_PROXY=http://$proxy" REQUEST_METHOD=GET
proxied exception "$plain" "HTTP_PROXY=http://$proxy" NO_PROXY='x, 0.0.0.0/8'
proxied tunnel "HTTPS_PROXY=http://$proxy" "HTTP_PROXY=http://127.0.0.1:1"
push "$host/busy/web" small
is "503 and 429 with Retry-After: retries" "$status $(got '.push.uploaded > 0')" "0 true"
like "… and prints that it waits" "$(cat "$err")" "*503 from $host; trying again in 1 s*"
push "$host/down/web" small; fails "503 without end" 75 "cannot look up '$host/down/web:v1': 503 from $host*"
is "… gives up after five tries" "$(grep -c down/web faults)" 5
push "$host/drop/web" big
is "a connection that breaks in a chunk" "$status" 0
is "… continues where the registry is" \
  "$(grep -c 'POST.*drop/web/blobs/uploads/ ' faults) $(grep -c 'GET.*drop/web/blobs/uploads/' faults)" "2 1"
head -c 70000000 /dev/urandom >noise
layout forget noise
push "$host/forget/web" forget
is "… and restarts if the session is gone" "$status $(grep -c 'POST.*forget/web/blobs/uploads/ ' faults)" "0 3"
layout lost little
push "$host/lost/web" lost
is "a lost answer: the blob is found" "$status $(grep -c 'PUT.*lost/web/blobs/uploads/.* 201' faults)" "0 1"
head -c 5000 /dev/urandom >little
layout swallow little
push "$host/swallow/web" swallow
is "a body without an answer is not sent to the same session again" \
  "$status $(grep -c 'PUT.*swallow/web/blobs/uploads/.* 0' \
    faults) $(sed -n 's/.*PUT.*\(swallow.*uploads.*\)?.*/\1/p' faults | sort | uniq -d)" "0 1 "
head -c 5000 /dev/urandom >little
layout mangle little
push "$host/mangle/web" mangle
is "a registry with wrong bytes: our file is checked" \
  "$status $(grep -c 'PUT.*mangle/web/blobs/uploads/.* 400' faults)" "0 1"
head -c 5000 /dev/urandom >little
layout damaged little
spoilt=damaged/blobs/sha256/$(sha256sum little | cut -d ' ' -f 1)
tr '\000' '\001' <little >"$spoilt"
push "$host/damaged/web" damaged
fails "a damaged local blob is reported" 65 \
  "cannot upload 'damaged/web@sha256:*': $host rejects '$scratch/$spoilt', which is damaged*"
head -c 70000000 /dev/urandom >noise
layout other noise
push "$host/nochunks/web" other
is "without chunks the blob is sent whole" "$status $(grep -c 'PATCH.*nochunks.* 405' faults)" "0 1"
head -c 70000000 /dev/urandom >noise
layout other noise
push "$host/range/web" other; fails "a range that cannot be" 76 "*Range: 0-33554432*"
stay
for i in 1 2 3; do
  head -c 3000 /dev/urandom >little
  layout "close$i" little
  give "$host/close/web" "close$i" '.image.tag = "'$i'"'
done
ended
is "a server that closes a connection during a request" \
  "$(jq -s 'map(.failure) == [null, null, null]' answers) $(grep -c 'PUT.*close/web/manifests.* 201' faults)" "true 3"
is "… gets the request again at once" "$(grep -c 'trying again' "$err")" 0
stay
before=$(curl -sS "http://$host/connections")
for i in 1 2 3; do
  head -c 3000 /dev/urandom >little
  layout "keep$i" little
  give "$host/keep/web" "keep$i" '.image.tag = "'$i'"'
done
is "three pushes share their connections" "$(($(curl -sS "http://$host/connections") - before - 1 <= 4))" 1
ended
push "$host/relative/web" other; is "a relative Location with a query" "$status" 0
head -c 3000 /dev/urandom >little
layout new little
push "$host/nowhere/web" new; fails "no Location" 76 "cannot upload 'nowhere/web@sha256:*its Location*"
push "$host/scheme/web" new; fails "a Location that is a file" 76 "*its Location cannot be followed*"
push "$host/garbage/web" new; fails "no HTTP" 76 "cannot look up '$host/garbage/web:v1': *"
push "$host/flood/web" new; fails "an answer without end" 76 "*longer than 1048576 bytes*"
push "$host/words/web" new
fails "control characters in an answer" 76 "cannot upload *: 400 from $host: UNSUPPORTED:  *red --> Done *"
is "… are escaped" "$(tr -d '[:print:]\n' <"$err" | wc -c) $(wc -l <"$err" | tr -d ' ')" "0 2"
push "$host/silent/web" new; is "no digest in the answer" "$status" 0
push "$host/silent/web" new
is "… is made from the manifest" "$status $(got .push.uploaded) $(grep -c 'PUT.*silent/web/manifests' faults)" "0 0 1"
login "$host" 'user:pass:word'
head -c 3000 /dev/urandom >little
layout new little
push "$host/elsewhere/web" new
is "an upload location on another host" "$status" 0
is "… does not get the login" \
  "$(grep "^$other " faults | grep -c 'PUT.*elsewhere.* 201 -$') $(grep "^$other " faults | grep -c Basic)" "2 0"
push "$host/redirect/web" new
is "… nor does a redirect" \
  "$status $(grep "^$other HEAD.*redirect" faults | grep -c ' -$') $(grep "^$other " faults | grep -c Basic)" "0 1 0"
push "$host/lure/web" new
is "… nor one that requests it, or names a token service" \
  "$(got .failure.code) $(grep "^$other " faults | grep -c -e Basic -e token)" "77 0"
head -c 3000 /dev/urandom >little
layout new little
push "$host/token/web" new; is "a token service" "$status $(grep -c 'GET /token' faults)" "0 1"
like "… gets service, scope and account" "$(grep 'GET /token' faults)" \
  "*service=test%2C%20%22quoted%22*scope=repository%3Atoken%2Fweb%3Apull%2Cpush*"
head -c 3000 /dev/urandom >little
layout new little
push "$host/expire/web" new
is "tokens that expire during a push are renewed" "$status $(($(grep -c 'GET /token.*expire' faults) > 1))" "0 1"
head -c 3000 /dev/urandom >little
layout new little
push "$host/denied/web" new; fails "403" 77 \
  "cannot upload 'denied/web@sha256:*': 403 from $host: DENIED: requested access to the resource is denied
*docker login $host*"
login "$host" 'user:no'
push "$host/token/web" new '.image.tag = "v2"'
fails "a token service that refuses" 77 \
  "cannot log in to '$host': 401 from $host: UNAUTHORIZED: incorrect username or password*"
jq -nc --arg h "$host" '{auths: {($h): {auth: "", identitytoken: "id&tity="}}}' >"$HOME/.docker/config.json"
push "$host/oauth/web" new; is "an identity token" "$status $(grep -c 'POST /token' faults)" "0 1"
is "addresses in messages have no secrets" "$(grep -c -e 'pass' -e 'tity' faults)" 0
# shellcheck disable=SC2086 # several
wait $proxied
failed() { jq -r '.failure.code // "fine"' "$1.out"; }
is "HTTP_PROXY and http_proxy are used, also without a scheme" "$(failed http) $(failed lower)" \
  "fine fine"
is "… by the proxy" "$(grep -c "^$bad PUT http://0.0.0.0:1/v2/[hl][a-z]*/web/manifests/v1 201 -" faults)" 2
is "ALL_PROXY, HTTP_PROXY in CGI, and hosts in NO_PROXY do not use the proxy" \
  "$(failed all) $(failed cgi) $(failed exception)" "69 69 69"
is "… the proxy got none of these requests" "$(grep -c 'http://0.0.0.0:1/v2/[ace]' faults)" 0
is "HTTPS_PROXY gets a CONNECT without the login" "$(failed tunnel) $(grep 'CONNECT' faults | sort -u)" \
  "69 $bad CONNECT 0.0.0.0:1 502 -"
is "no cookies, no .netrc, no other defaults of libcurl" \
  "$(grep -c '^habit' faults) $(grep -c -e bmV0cmM -e Y3VybDpyYw faults)" "0 0"
finish
