#!/bin/sh
# draft-build makes the same images as buildah from the same context: each case in Tests/fixtures/dockerfiles is built
# by both, and compared file by file, with configuration and history. A case is a context, except for these files:
#   setup                   run by sh in a copy of the context, for what git does not store
#   fails                   both must reject it; contains the words of the reason
#   Dockerfile.reference    built by buildah instead, if it does not support the syntax; draft may reject it, not differ
# EQUALITY='copy-file user' only runs these cases; EQUALITY_BUILDER=podman or docker compares with their images. The
# cases for docker are those that the BuildKit of Debian's docker can read.
. "$(dirname "$0")/lib.sh"
[ "$(id -u)" = 0 ] || { skip "every case of the corpus" "owners and setuid need root"; finish; exit 0; }

outer=${TMPDIR:-/tmp}
export CONTAINERS_STORAGE_CONF="$scratch/storage.conf" TMPDIR="$scratch"
cat >"$CONTAINERS_STORAGE_CONF" <<T
[storage]
driver = "overlay"
graphroot = "$scratch/storage"
runroot = "$scratch/run"
T
# shellcheck disable=SC2317 # called by the trap
clean_up() {
  [ -z "${daemon:-}" ] || { kill "$daemon"; wait "$daemon"; } 2>/dev/null
  cd /
  awk -v s="$scratch/" 'index($2, s) == 1 { print $2 }' /proc/mounts | sort -r | xargs -r umount -l 2>/dev/null
  rm -rf "$scratch"
}
trap clean_up EXIT
umask 022
# The times of copies and of RUN are set to one that can be compared; files with their own times: see 1300-build.t.
export SOURCE_DATE_EPOCH=0
export DRAFT_BUILDER="${EQUALITY_BUILDER:-buildah}"
fixtures=$root/Tests/fixtures
if [ "$DRAFT_BUILDER" = docker ]; then
  # Without a registry docker makes whole images. Nothing is pushed.
  export DRAFT_BASE_FOR=docker DOCKER_BUILDKIT=1 DRAFT_REGISTRY=127.0.0.1:1
  # A newer client wants a plugin for BuildKit, and BuildKit a bridge where no network is named.
  mkdir bin
  # shellcheck disable=SC2016
  printf '#!/bin/sh\n[ "$1" != build ] || { shift; set -- build --network host "$@"; }\nexec /usr/bin/docker "$@"\n' \
    >bin/docker
  chmod +x bin/docker
  PATH=$scratch/bin:$PATH
  docker_daemon docker || { echo "Bail out! dockerd does not start: $(tail -n 1 docker.log)"; exit 1; }
fi
"$root/Tests/base-image" busybox >/dev/null || { echo "Bail out! no base image"; exit 1; }
for base in odd configured onbuild; do
  # Only docker's format keeps ONBUILD.
  [ $base = onbuild ] && format=docker || format=oci
  case $DRAFT_BUILDER in
    docker) docker build -q -t "localhost/draft-test/$base" -f "$fixtures/bases/$base" "$fixtures/bases" ;;
    *)
      buildah build -q --format "$format" --isolation chroot \
        --layers --timestamp 0 -t "localhost/draft-test/$base" -f "$fixtures/bases/$base" "$fixtures/bases"
      ;;
  esac >"$out" 2>&1 || { cat "$out"; echo "Bail out! no base image '$base'"; exit 1; }
done

mkdir cases logs expected got differences
set -f
for pattern in ${EQUALITY:-all}; do
  [ "$pattern" != all ] || pattern='*'
  find "$fixtures/dockerfiles" -mindepth 1 -maxdepth 1 -name "$pattern" -printf '%f\n'
done | sort -u >names
set +f
while read -r case; do
  cp -r "$fixtures/dockerfiles/$case" "cases/$case"
  (cd "cases/$case" && rm -f fails setup Dockerfile.reference
    [ ! -f "$fixtures/dockerfiles/$case/setup" ] ||
      sh -eu "$fixtures/dockerfiles/$case/setup") >"logs/$case.setup" 2>&1 ||
    { cat "logs/$case.setup"; echo "Bail out! the setup of '$case' fails"; exit 1; }
done <names

# Both builders get the contexts as packed by draft.
sed "s|^|$scratch/cases/|" names | xargs -d '\n' draft-pack -q -o record >packed 2>"$err" || :
is "every context is packed" "$(jq -r 'select(.failure == null) | .app.name' packed | wc -l)" "$(wc -l <names)" ||
  note "$(cat "$err")"

cat >reference <<'S'
# CASE TARBALL: the image of the builder itself, in expected/CASE
case=$1
mkdir "$TMPDIR/context-$case" && cd "$TMPDIR/context-$case" || exit 1
case $2 in
  *.json) (cd "${2%/*}" && jq -r '.parts[].digest[7:] + ".tar"' "$2" | xargs cat) | tar -xp || exit 1 ;;
  *) tar -xpf "$2" || exit 1 ;;
esac
[ ! -f "$CASES/$case/Dockerfile.reference" ] || cp "$CASES/$case/Dockerfile.reference" "$TMPDIR/$case.dockerfile"
[ -f "$TMPDIR/$case.dockerfile" ] || cp Dockerfile "$TMPDIR/$case.dockerfile"
if [ "$DRAFT_BUILDER" = docker ]; then
  # By its path: as '.' BuildKit would take it for the one before, and packed files of the same size for the same.
  docker build -q --no-cache -f "$TMPDIR/$case.dockerfile" -t "reference/$case" "$PWD" &&
    skopeo copy -q --src-daemon-host "$DOCKER_HOST" \
      "docker-daemon:reference/$case:latest" "oci:$TMPDIR/expected/$case:image"
else
  "$DRAFT_BUILDER" build -q --no-cache --layers --isolation chroot --timestamp 0 -f "$TMPDIR/$case.dockerfile" -t "localhost/reference/$case" . &&
    buildah push -q --disable-compression "localhost/reference/$case" "oci:$TMPDIR/expected/$case:image"
fi
echo $? >"$TMPDIR/expected/$case.status"
rm -rf "$TMPDIR/context-$case"
S
cat >fetch <<'S'
# CASE STORE IMAGE: the image of draft-build in a store, in got/CASE
case $2 in
  docker-daemon) skopeo copy -q --src-daemon-host "$DOCKER_HOST" "docker-daemon:$3" "oci:$TMPDIR/got/$1:image" ;;
  *) buildah push -q --disable-compression "localhost/$3" "oci:$TMPDIR/got/$1:image" ;;
esac
S
export CASES="$fixtures/dockerfiles"
pairs() { jq -r "$1 | select(.failure == null) | (.app.dir | sub(\".*/\"; \"\")), $2"; }
# shellcheck disable=SC2016 # the inner shell's own
pairs . .context.path <packed | xargs -P 2 -n 2 sh -c 'sh reference "$0" "$1" >"logs/$0.reference" 2>&1'

draft-build -q -j 2 <packed >built 2>words
is "every record comes back" "$(wc -l <built)" "$(wc -l <packed)"
# shellcheck disable=SC2016
pairs '(.image.store // "none") as $s | select($s == "containers-storage" or $s == "docker-daemon")' \
  '.image.store, "\(.image.repository):\(.image.tag)"' <built |
  xargs -P 2 -n 3 sh -c 'sh fetch "$0" "$1" "$2" >"logs/$0.fetch" 2>&1'

# Where each image is stored. An empty field would be lost when reading tabs.
jq -r '[(.app.dir | sub(".*/"; "")), (.image.store // "none"), (.image.digest // .image.tag // "none"),
  (.image.how // "none"),
  (.image.why // .failure.message // "none")] | @tsv' built >images
tab=$(printf '\t')
while IFS=$tab read -r case store reference _ _; do
  case $store in
    oci:*) layout=${store#oci:} ;;
    containers-storage | docker-daemon) layout=$scratch/got/$case reference=image ;;
    *) continue ;;
  esac
  [ "$(cat "expected/$case.status")" = 0 ] || continue
  printf '%s\t%s\t%s\t%s\timage' "$case" "$layout" "$reference" "$scratch/expected/$case"
  # docker's history has words of its own.
  case $DRAFT_BUILDER in
    docker) printf '\tno-history\tdocker' ;;
    *) [ ! -f "$CASES/$case/Dockerfile.reference" ] || printf '\tno-history' ;;
  esac
  echo
done <images >pairs
"$root/Tests/compare-images" differences <pairs

while IFS=$tab read -r case store _ how why; do
  expected=$(cat "expected/$case.status")
  if [ "$DRAFT_BUILDER" = docker ] && [ "$expected" != 0 ]; then
    is "$case: rejected by docker" "$store" none
  elif [ "$DRAFT_BUILDER" != docker ] && [ -f "$CASES/$case/fails" ]; then
    is "$case: rejected by both" "$([ "$expected" = 0 ] || echo refused) $([ "$store" != none ] || echo refused)" \
      "refused refused"
  elif [ "$expected" != 0 ]; then
    report 1 "$case: $DRAFT_BUILDER builds it"
    note "$(tail -n 3 "logs/$case.reference")"
  elif [ "$store" = none ] && [ -f "$CASES/$case/Dockerfile.reference" ]; then
    report 0 "$case: rejected, as this builder does not support it"
  elif [ "$store" = none ]; then
    report 1 "$case: draft builds it"
    note "$why"
  elif [ -f "differences/$case" ] && [ ! -s "differences/$case" ]; then
    report 0 "$case ($how)"
  else
    report 1 "$case ($how: $why)"
    note "$(head -n 12 "differences/$case" "logs/$case.fetch" 2>&1)"
  fi
done <images
awk -F '\t' '$4 == "builder" { sub(/^line [0-9]+: /, "", $5); print $5 }' images | sort | uniq -c | sort -rn >reasons
note "left to the builder: $(cat reasons)"
note "how: $(cut -f 4 images | sort | uniq -c | awk '{ printf "%s%s %s", sep, $1, $2; sep = ", " }')"
# podman contains buildah and uses the same store, so a part of the cases is enough. docker has its own rules: all
# cases.
other() { # BUILDER [CASES]
  # Not below our own directory: the path of a socket has its limit.
  TMPDIR=$outer EQUALITY_BUILDER=$1 EQUALITY=${2:-all} sh "$root/Tests/cli/1310-equality.t" >"of-$1" 2>&1
  is "$1: ${2:+a part of }the corpus" "$(grep -c '^not ok' "of-$1") $(tail -n 1 "of-$1" | grep -c '^1\.\.')" "0 1" ||
    note "$(grep -A 12 '^not ok' "of-$1" || tail -n 3 "of-$1")"
  note "$1: $(sed -n 's/^# how: //p' "of-$1")"
}
if [ "$DRAFT_BUILDER" = buildah ] && [ -z "${EQUALITY:-}" ]; then
  other podman 'after-run env-replaced* everything* go-like node-like onbuild python-like run-* stages-from-image user*'
  other docker
fi
finish
