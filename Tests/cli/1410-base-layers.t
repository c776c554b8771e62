#!/bin/sh
# draft-push of an image on a base image that a registry has: its layers are mounted, or copied from there.
. "$(dirname "$0")/lib.sh"
unset XDG_RUNTIME_DIR XDG_CONFIG_HOME SSL_CERT_FILE SSL_CERT_DIR http_proxy https_proxy
export CONTAINERS_STORAGE_CONF="$scratch/storage.conf" TMPDIR="$scratch"
printf '[storage]\ndriver = "vfs"\ngraphroot = "%s/storage"\nrunroot = "%s/run"\n' \
  "$scratch" "$scratch" >"$CONTAINERS_STORAGE_CONF"
daemons=
# shellcheck disable=SC2086 # several numbers
trap 'kill $daemons 2>/dev/null; cd /; rm -rf "$scratch"' EXIT

begin() { # NAME: a registry of its own at $host
  host=127.0.0.1:$(free_port)
  registry "$1" "$host"
  daemons="$daemons $daemon"
}
manifest() { curl -sS -H 'Accept: application/vnd.oci.image.manifest.v1+json' "http://$1"; }
got() { jq -c "$1" "$scratch/record"; }
push() {
  draft-push "$@" >"$scratch/record" 2>"$scratch/words"
  status=$?
  reference=$(got .push.reference | tr -d '"')
}
whole() {
  rm -rf back
  skopeo copy -q --src-tls-verify=false "docker://$reference" oci:back:v1 &&
    umoci unpack --rootless --image back:v1 back/bundle
}

"$root/Tests/base-image" busybox >/dev/null || { echo "Bail out! no base image"; exit 1; }
begin near; near=$host nearer=$daemon
begin far; far=$host
base=$near/draft-test/busybox:1
if ! buildah push -q --tls-verify=false localhost/draft-test/busybox "docker://$base" ||
  ! buildah rmi -f localhost/draft-test/busybox >/dev/null ||
  ! buildah pull -q --tls-verify=false "docker://$base" >/dev/null; then
  echo "Bail out! buildah brings no base image"
  exit 1
fi
layer=$(manifest "$near/v2/draft-test/busybox/manifests/1" | jq -r '.layers[0].digest')
size=$(manifest "$near/v2/draft-test/busybox/manifests/1" | jq -r '.layers[0].size')
mkdir web
echo one >web/file
printf 'FROM %s\nRUN echo head >/head\nCOPY file /\nCMD ["cat", "/file"]\n' "$base" >web/Dockerfile

# The same registry.
push --registry "$near" web
cp record first
is "the layer of the base image is mounted" "$status $(got '[.image.how, .push.mounted]')" '0 ["head+append",1]' ||
  note "$(cat words)"
is "… not sent" "$(got ".push.uploaded < $size and .push.uploaded > 0")" true
want=${reference#*@}
is "… the image has the layer of the registry" \
  "$(manifest "$near/v2/web/manifests/$want" | jq -r '.layers[0] | "\(.digest) \(.size) \(.annotations)"')" \
  "$layer $size null"
ok "… and can be pulled" whole
is "… with its files" "$(cat back/bundle/rootfs/head back/bundle/rootfs/file; ls back/bundle/rootfs/bin/busybox)" \
  "head
one
back/bundle/rootfs/bin/busybox"
: >near.log
push --registry "$near" web
is "a second push: one request" \
  "$status $(got '[.image.why, .push.uploaded, .push.mounted]') $(grep -ac 'HTTP/1' near.log)" '0 ["unchanged",0,0] 1'
draft-push <first >record 2>words
is "… also for the pushed record" "$(got '[.push.uploaded, .push.mounted]')" "[0,0]"
ok "the layout in the draft home is whole without a registry" skopeo copy -q \
  "oci:$DRAFT_HOME/cache/images:$(got .image.tag | tr -d '"')" oci:local:v1

# Another registry.
: >near.log
push --registry "$far" web
is "from another registry the layer is copied" \
  "$status $(got ".push.uploaded > $size") $(grep -ac "GET /v2/draft-test/busybox/blobs/$layer" near.log)" "0 true 1" ||
  note "$(cat words)"
is "… and the image is the same" "$(got .image.digest)" "\"$want\""
ok "… in all its parts" whole
DRAFT_HOME=$scratch/other draft-push --registry "$far/other" web >record 2>words
is "another draft home makes the same image" "$? $(got .image.digest)" "0 \"$want\""

# A base image that has changed in its registry or was removed from it.
data=$scratch/near/docker/registry/v2/blobs/sha256/$(echo "$layer" | cut -c 8-9)/${layer#sha256:}/data
cp "$data" saved
tr '\0-\377' '\1-\377\0' <saved >"$data"
fails_over() { # NAME PATTERN: what was to be copied was pushed from here
  is "$1: the image is still pushed" "$status $(got '.failure == null and .push.uploaded > 100000')" "0 true"
  like "$1: … with the reason" "$(cat words)" "$2"
  ok "$1: … and can be pulled" whole
}
echo two >web/file
begin third; third=$host
push --registry "$third" web
fails_over "other bytes" \
  "*--> the base image's layers cannot be copied: $near sends another blob; pushing them from here*"
again=$(got .image.digest)
: >third.log
push --registry "$third" web
is "a second push does nothing" \
  "$(got '[.push.uploaded, .push.mounted]') $(got .image.digest) $(grep -ac HTTP/1 third.log)" "[0,0] $again 1"
rm "$data"
begin fourth
push --registry "$host" web; fails_over "a blob that is gone" "*cannot be copied: 404 from $near; pushing*"
kill "$nearer"; wait "$nearer" 2>/dev/null
begin fifth
push --registry "$host" web; fails_over "nobody there" "*cannot be copied: *$near*; pushing*"
finish
