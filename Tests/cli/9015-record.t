#!/bin/sh
# Records take precedence: a stage uses the record, not what is in the directory by then, and checks what the record
# says about a file against the file. Real parts: buildah, podman, helm, a registry.
. "$(dirname "$0")/lib.sh"
export CONTAINERS_CONF="$root/Tests/fixtures/containers/containers.conf" \
  CONTAINERS_REGISTRIES_CONF="$root/Tests/fixtures/containers/registries.conf"
name=line-$$
# shellcheck disable=SC2317 # called by the trap
clean_up() {
  podman pod ls -q --filter "label=draft=$name" | xargs -r podman pod rm -f -t 0 >/dev/null 2>&1
  podman images -n --format '{{.Repository}} {{.Id}}' 2>/dev/null |
    awk -v n="/$name" 'index($1, n) { print $2 }' | sort -u | xargs -r podman rmi -f >/dev/null 2>&1
  kill $daemon 2>/dev/null
  cd /
  rm -rf "$scratch"
}
trap clean_up EXIT
"$root/Tests/base-image" busybox >/dev/null || { echo "Bail out! no base image"; exit 1; }
registry=127.0.0.1:$(free_port)
registry registry "$registry"

mkdir -p "$name/charts"
cp -r "$root/Tests/fixtures/charts/web" "$name/charts/$name"
printf 'charts\ndraft.toml\n' >"$name/.dockerignore"
cat >"$name/Dockerfile" <<'D'
FROM localhost/draft-test/busybox
CMD ["/bin/busybox", "httpd", "-f", "-p", "8080", "-h", "/www"]
COPY page /www/index.html
D
printf '[environments.development]\nname = "%s"\nregistry = "%s"\n' "$name" "$registry" >"$name/draft.toml"
in_registry() { skopeo inspect --tls-verify=false "docker://$registry/$name:$1" 2>/dev/null | jq -r .Digest; }
answer() { curl -sS --retry 5 --retry-connrefused --retry-delay 1 "$(jq -r '.release.urls[0]' "$1")"; }
forge() { jq -c "$2" <"$1"; } # FILE FILTER
failed() { jq -r '.failure.code // "none"' "$1"; }

# Later changes of the directory do not matter.
echo before >"$name/page"
draft-pack "$name" >packed 2>"$err"
draft-build <packed >built 2>"$err"
echo now >"$name/page"
old_tag=$(jq -r .image.tag built) now_tag=$(draft-build "$name" 2>"$err" | jq -r .image.tag)
is 'the two records have different images' "$([ "$old_tag" = "$now_tag" ] || echo yes)" yes
is 'push: uses the tree of the record' "$(draft-push <packed 2>"$err" | jq -r .image.tag)" "$old_tag"
draft-release --engine podman <packed >released 2>"$err"
is 'release: uses the tree of the record' "$(jq -r .image.tag released) $(answer released)" "$old_tag before"
is '… and missing members are added to the record' "$(jq -r 'keys_unsorted | join(" ")' released)" \
  'draft app context chart image push values release origin'
draft-release --engine podman "$name" >released 2>"$err"
is 'release: a directory as it is now' "$(answer released)" now
is '… and all missing members are added' "$(jq -r 'keys_unsorted | join(" ")' released)" \
  'draft app chart context image push values release origin'
is 'build: the packed context is in the record' "$(draft-build "$name" 2>"$err" | jq -r '.context.files')" 3
(cd "$name" && draft-pack . 2>"$err") | forge /dev/stdin 'del(.chart)' >no-chart
is 'release: a missing chart is packed, an existing context is not' \
  "$(echo later >"$name/page"; draft-release --engine podman <no-chart 2>"$err" |
    jq -r '[.image.tag, .chart.name] | join(" ")')" "$now_tag web"
echo now >"$name/page"

# A store may have another image of the same name by then.
for builder in buildah append; do
  if [ $builder = buildah ]; then set -- --no-append; else set --; fi
  SOURCE_DATE_EPOCH=1000 draft-build "$@" -q --force "$name" >a 2>"$err"
  SOURCE_DATE_EPOCH=2000 draft-build "$@" -q --force "$name" >b 2>"$err"
  is "$builder: two images of one name" \
    "$(jq -r .image.tag a) $([ "$(jq -r .image.id a)" = "$(jq -r .image.id b)" ] || echo two)" "$now_tag two"
  draft-push -q <a >a-pushed 2>"$err"
  is "$builder: push sends the image of the record" \
    "$(skopeo inspect --tls-verify=false --config "docker://$registry/$name:$now_tag" | jq -r .created)" \
    '1970-01-01T00:16:40Z'
  is "$builder: … with a message" "$(in_registry "$now_tag")" "$(jq -r .image.digest a-pushed)"
  draft-push -q <b >b-pushed 2>"$err"
  is "$builder: the other record sends the other image" \
    "$(skopeo inspect --tls-verify=false --config "docker://$registry/$name:$now_tag" | jq -r .created)" \
    '1970-01-01T00:33:20Z'
  draft-push -q <a-pushed >again 2>"$err"
  is "$builder: a pushed record is pushed again" "$(in_registry "$now_tag") $(failed again)" \
    "$(jq -r .image.digest a-pushed) none"
  podman pod ls -q --filter "label=draft=$name" | xargs -r podman pod rm -f -t 0 >/dev/null 2>&1
  draft-release --engine podman <a >released 2>"$err"
  container=$(podman ps --format '{{.Names}}' | grep "^$name-.*-web$")
  is "$builder: podman runs the image of the record" "$(podman inspect --format '{{.Image}}' "$container")" \
    "$(jq -r '.image.id[7:]' a)"
done
forge b '.image.id = .image.digest' >other
draft-push -q <other >out 2>"$err"
is 'an image that does not match its digest is not used' "$(failed out)" 66

# What a record says about its context is checked against the tarball.
echo theirs >"$name/page"
draft-pack "$name" >theirs 2>"$err"
echo honest >"$name/page"
draft-pack "$name" >honest 2>"$err"
forge theirs ".context.tree = $(jq .context.tree honest)" >forged
draft-build <forged >forged-built 2>"$err"
draft-build <theirs >theirs-built 2>"$err"
is "another context's tree does not get its tag" "$(jq -r .image.tag forged-built)" "$(jq -r .image.tag theirs-built)"
draft-build "$name" 2>"$err" | draft-push 2>"$err" | draft-release --engine podman >released 2>"$err"
is '… and the honest build is built' "$(jq -r .image.why released | grep -c unchanged) $(answer released)" '0 honest'
draft-remote --to local --no-push --no-release <forged >forged-remote 2>"$err"
is "a server checks the tree itself" "$(jq -r .image.tag forged-remote)" "$(jq -r .image.tag theirs-built)"
mkdir changed
tar -C changed -xf "$(jq -r .context.path honest)"
echo changed >changed/page
tar -C changed -cf changed.tar .
forge honest ".context.path = \"$scratch/changed.tar\" | .context.size = $(stat -c %s \
    changed.tar) | .context.digest = \"sha256:$(sha256sum changed.tar | cut -d' ' -f1)\"" >changed-line
draft-build <changed-line | draft-push | draft-release --engine podman >released 2>"$err"
is 'a stage that changes the tarball changes the image' "$(answer released) $([ "$(jq -r .image.tag released)" \
    != "$(draft-build <honest 2>"$err" | jq -r .image.tag)" ] && echo other)" 'changed other'
forge honest ".context.digest = $(jq .context.digest theirs) | .context.size = $(jq .context.size theirs)" >swapped
rm -rf "$DRAFT_HOME/cache/trees"
draft-build --no-append --force <swapped >out 2>"$err"
is 'a tarball that does not match its digest is bad data' "$(failed out)" 65
forge honest '.context.digest = "sha256:"' >digestless
rm -rf "$DRAFT_HOME/cache/trees"
draft-build --no-append --force <digestless >out 2>"$err"
is '… and so is one with an invalid digest' "$(failed out)" 65

# The tree is the same whether it is read from the directory or from the tarball.
mkdir -p "$name/page.d/Büro/日本" "$name/empty" "$name/with spaces"
printf x >"$name/page.d/Büro/日本/ü"
ln -s ../page "$name/empty/link"
ln "$name/draft.toml" "$name/with spaces/hard"
chmod 4711 "$name/with spaces/hard"
: >"$name/..dots"
chmod 700 "$name/page.d"
truncate -s 2M "$name/with spaces/sparse"; head -c 1500000 /dev/urandom >"$name/large"
draft-pack "$name" >many 2>"$err"
is 'a large context is stored in parts' "$(jq -r .context.mediaType many)" application/vnd.draft.context.v1+json
draft-build <many 2>"$err" | jq -r .image.tag >by-walk
rm -rf "$DRAFT_HOME/cache/trees"
is 'the tree of a tarball is that of the directory' "$(draft-build <many 2>"$err" | jq -r .image.tag)" \
  "$(cat by-walk)"
rm -rf "${name:?}/page.d" "$name/empty" "$name/with spaces" "$name/..dots" "$name/large"
chmod 644 "$name/draft.toml"

# Every member of draft-records(5), forged in turn: the same image is pushed and released, or it fails and nothing is.
echo honest >"$name/page"
draft-pack "$name" 2>"$err" | draft-build 2>"$err" >line
draft-push <line 2>"$err" | draft-release --engine podman >truth 2>"$err"
truth() {
  jq -c '[.image.tag, .image.digest, .push.reference, .release.name, .release.revision, .release.objects,
    .release.status]' "$1"
}
is 'the record itself' "$(failed truth) $(jq -r .release.changed truth)" 'none true'
forged() { # FILTER WANT: `same`, or the code of the failure
  forge line "$1" | draft-push 2>"$err" | draft-release --engine podman >out 2>"$err"
  if [ "$2" = same ]; then is "forged: $1" "$(truth out)" "$(truth truth)"; else
    is "forged: $1" "$(failed out) $(answer truth)" "$2 honest"
  fi
  echo "$1" >>tried
}
their_digest=$(jq .context.digest theirs)
forged '.language = {name: "Rust", certainty: 100}' same
forged '.pack = {name: "go", repository: "draft", path: "/etc"}' same
forged '.scaffold = {created: ["/etc/passwd"], kept: []}' same
forged '.change = {sequence: 3, paths: ["../../etc/passwd"]}' same
forged '.context.tree = "sha256:0000000000000000000000000000000000000000000000000000000000000000"' same
forged '.context.files = 9223372036854775807' same
forged ".context.digest = $their_digest" same # the image is on the line
forged '.context.path = "/dev/null"' same
forged 'del(.image) | .context.files = 1000000' same
forged 'del(.image) | .context.files = -1' 65
forged 'del(.image) | .context.dockerfile = "../../../../etc/passwd"' 66
forged 'del(.image) | .context.size = 99999999999' same # what has been read and made before is not read again
forged 'del(.image) | .context.size = 1e300' 65
forged '.chart.name = "../evil" | .chart.version = "9.9.9" | .chart.appVersion = "9"' same
forged '.chart.digest = "sha256:0000000000000000000000000000000000000000000000000000000000000000"' 65
forged '.chart.path = "/nowhere"' 66
forged '.chart.digest = "sha256:"' 65
forged '.chart.size = -1' 65
forged '.values = {settings: [{key: "image.tag", value: "evil", source: "draft"}]}' same
# its id tells which it is
forged '.image.digest = "sha256:0000000000000000000000000000000000000000000000000000000000000000"' same
forged '.image.digest = "../../evil"' 65
# the registry has its digest
forged '.image.id = "sha256:0000000000000000000000000000000000000000000000000000000000000000"' same
forged '.image.digest = "sha256:0000000000000000000000000000000000000000000000000000000000000000" | .image.id = .image.digest' 66
forged '.image.store = "/etc"' same # no need to look there
forged '.image.store = "/etc" | del(.image.digest)' 65
forged '.image.repository = "--help"' 65
forged '.image.layers = -1' same
forged '.image.how = "builder" | .image.why = "unchanged"' same
forged '.push = {reference: "evil.example/x@sha256:00", uploaded: -5, mounted: -5, existing: -5}' same
forged '.release = {name: "other", namespace: "kube-system", revision: -1, status: "deployed", engine: "helm", context: "evil"}' same
forged '.sync = {how: "sync", why: "x", tree: "sha256:00"}' same # it speaks of another context
forged '.status = {well: true} | .history = {revisions: []} | .target = {engine: "helm"}' same
forged '.deletion = {} | .connect = {} | .doctor = {} | .tasks = {}' same
forged '.app.name = "../x"' 65
forged '.app.namespace = "--all"' 65
forged '.app.environment = "nowhere"' 78
finish
