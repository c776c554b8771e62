#!/bin/sh
# draft-build with real builders: buildah and podman with a separate store, and a plugin in sh. docker: see
# 1320-docker.t.
. "$(dirname "$0")/lib.sh"

export CONTAINERS_STORAGE_CONF="$scratch/storage.conf" TMPDIR="$scratch"
cat >"$CONTAINERS_STORAGE_CONF" <<T
[storage]
driver = "overlay"
graphroot = "$scratch/storage"
runroot = "$scratch/run"
T
# shellcheck disable=SC2317 # called by the trap
clean_up() {
  cd /
  awk -v s="$scratch/" 'index($2, s) == 1 { print $2 }' /proc/mounts | sort -r | xargs -r umount -l 2>/dev/null
  rm -rf "$scratch"
}
trap clean_up EXIT
"$root/Tests/base-image" busybox >/dev/null || { echo "Bail out! no base image"; exit 1; }

# The checks of lib.sh run commands as well, so the output of a build is saved.
build() { run "$@"; cp "$out" "$scratch/record"; cp "$err" "$scratch/words"; }
value() { jq -r "$1" "$scratch/record"; }
has_image() { buildah inspect --type image "localhost/$1" >/dev/null 2>&1; }
image_id() { buildah inspect --type image --format '{{.FromImageID}}' "localhost/$1"; }
read_file() {
  container=$(buildah from "localhost/$1")
  buildah run --isolation chroot "$container" cat "$2"
  buildah rm "$container" >/dev/null
}
lines() { grep -c -e "$1" "$scratch/words"; }

app=$scratch/web
mkdir "$app"
# shellcheck disable=SC2016 # the Dockerfile has a variable of its own
printf '%s\n' 'FROM localhost/draft-test/busybox' 'ARG GREETING=hello' 'COPY . /srv' \
  'RUN echo "$GREETING" >/greeting; echo RAN' 'CMD ["cat", "/srv/index"]' >"$app/Dockerfile"
echo one >"$app/index"

# One directory.
build draft-build "$app"
is "builds a directory" "$status" 0 || note "$(cat "$scratch/words")"
tag=$(value .image.tag)
is "writes one record" "$(wc -l <"$scratch/record")" 1
is "… with the members of build and of the missing stages" "$(jq -r 'keys_unsorted | join(" ")' "$scratch/record")" \
  "draft app context image"
is "the tag is 40 hex digits" "$(printf %s "$tag" | tr -d 0-9a-f | wc -c) ${#tag}" "0 40"
is "the record has the name and the store" "$(value '.image | "\(.repository) \(.store) \(.how)"')" \
  "web containers-storage builder"
is "… and the number of layers" "$(value .image.layers)" \
  "$(buildah inspect --type image --format '{{len .OCIv1.RootFS.DiffIDs}}' "localhost/web:$tag")"
like "progress is printed before the builder's output" "$(tr '\n' ' ' <"$scratch/words")" \
  '--> Building Dockerfile STEP 1/5: FROM*'
ok "the builder's output is in the log" grep -q '^STEP 4/5: RUN ' "$DRAFT_HOME/logs/web/$tag"
sed 1d words >rest
ok "… as on standard error" cmp rest "$DRAFT_HOME/logs/web/$tag"
is "the unpacked context is removed" "$(ls -A "$DRAFT_HOME/cache/build")" ""
first=$(image_id "web:$tag")

# Again, and in a pipe.
cp record before
before=$(cksum <"$DRAFT_HOME/logs/web/$tag")
build draft-build "$app"
is "unchanged: does not build" "$(lines 'Building Dockerfile') $(lines STEP)" "0 0"
like "… with a message" "$(cat "$scratch/words")" '--> Image web:* is unchanged: nothing to build'
is "… and the reason in the record" "$(value .image.why)" unchanged
is "the log of the build is kept" "$(cksum <"$DRAFT_HOME/logs/web/$tag")" "$before"
cp record again
build draft-build "$app"
ok "… writes the same bytes twice" cmp record again
build sh -c "draft-pack '$app' | draft-build"
is "a packed context gives the same tag" "$(value .image.tag)" "$tag"
is "… and other members stay" "$(jq -r 'keys_unsorted | join(" ")' "$scratch/record")" "draft app context image"
cd "$app" || exit 1
build sh -c "draft-build </dev/null"
is "an empty stream writes nothing" "$status $(wc -c <"$scratch/record")" "0 0"
cd "$scratch" || exit 1
touch -d 2001-01-01 "$app/index"
build draft-build "$app"
is "a touched file does not build" "$(value '"\(.image.tag) \(.image.why)"')" "$tag unchanged"
echo two >"$app/index"
build draft-build "$app"
is "a changed file gives another tag" "$([ "$(value .image.tag)" != "$tag" ] && value .image.why)" \
  "no file is copied after line 4, which needs the builder: RUN"
is "… and the image has the change" "$(read_file "web:$(value .image.tag)" /srv/index)" two
echo one >"$app/index"
buildah rmi -f "$first" >/dev/null 2>&1
not_ok "(an image is removed by hand)" has_image "web:$tag"
build draft-build "$app"
is "a removed image is rebuilt" "$(lines 'Building Dockerfile') $(has_image "web:$tag" && echo there)" "1 there"
build env SOURCE_DATE_EPOCH=86400 draft-build --force "$app"
is "--force builds without the cache" "$(lines 'Using cache') $(value .image.why)" "0 forced"
first=$(image_id "web:$tag")
build env SOURCE_DATE_EPOCH=86400 draft-build --force "$app"
is "SOURCE_DATE_EPOCH gives the same image" "$(image_id "web:$tag")" "$first"
is "SOURCE_DATE_EPOCH is the time in the image" \
  "$(buildah inspect --type image --format '{{.OCIv1.Created}}' "localhost/web:$tag" | cut -c1-10)" 1970-01-02

# Build arguments, tags, another Dockerfile.
mkdir spy
cat >spy/buildah <<'S'
#!/bin/sh
[ "$1" != build ] || { printf '%s\n' "$@" >"$SPY.argv"; env >"$SPY.env"; }
exec /usr/bin/buildah "$@"
S
chmod +x spy/buildah
export SPY="$scratch/spied"
cat >"$app/draft.toml" <<'T'
[environments.development]
  name = "web"
  custom-tags = ["latest", "v1"]
  [environments.development.image-build-args]
    GREETING = "good morning"
    LD_PRELOAD = "/srv/index"
  [environments.other]
  name = "web"
  dockerfile = "docker/Other"
T
printf 'FROM scratch\nCOPY index /\n' >"$scratch/Other"
mkdir "$app/docker"
mv "$scratch/Other" "$app/docker/Other"
build env PATH="$scratch/spy:$PATH" draft-build "$app"
is "with build arguments" "$status $(read_file "web:$(value .image.tag)" /greeting)" "0 good morning" ||
  note "$(cat "$scratch/words")"
ok "the argument is passed by name" grep -qx -e '--build-arg=GREETING' "$SPY.argv"
not_ok "its value is not in any argv" grep -q 'good morning' "$SPY.argv"
not_ok "an argument does not change the builder's environment" grep -q '^LD_PRELOAD=' "$SPY.env"
ok "… but is still an argument" grep -qx -e '--build-arg=LD_PRELOAD=/srv/index' "$SPY.argv"
not_ok "values are not in the record" grep -q 'good morning' "$scratch/record"
is "custom tags are in the record" "$(value '.image.tags | join(" ")')" "latest v1"
with=$(value .image.tag)
is "… and name the image" "$(image_id web:v1) $(image_id web:latest)" "$(image_id "web:$with") $(image_id "web:$with")"
buildah rmi localhost/web:v1 >/dev/null
build draft-build "$app"
is "… also if nothing is built" "$(value .image.why) $(image_id web:v1)" "unchanged $(image_id "web:$with")"
sed -i 's/good morning/good evening/' "$app/draft.toml"
build draft-build -q "$app"
is "another value gives another tag" "$([ "$(value .image.tag)" != "$with" ] && echo yes)" yes
is "--quiet prints nothing" "$(cat "$scratch/words")" ""
ok "… and still writes the log" grep -q 'good\|RAN' "$DRAFT_HOME/logs/web/$(value .image.tag)"
build draft-build -e other "$app"
is "another Dockerfile" "$status $(value .image.layers)" "0 1"
build env DRAFT_REGISTRY=127.0.0.1:1/team draft-build "$app"
is "the registry is part of the name" "$(value .image.repository)" 127.0.0.1:1/team/web
ok "… also in the store" buildah inspect --type image "127.0.0.1:1/team/web:$(value .image.tag)"
rm "$app/draft.toml"

# Errors.
bad() {
  rm -rf "$scratch/bad"
  mkdir "$scratch/bad"
  printf '%b' "$1" >"$scratch/bad/Dockerfile"
  build draft-build "$scratch/bad"
}
said() { value '"\(.failure.code) \(.failure.message)"'; }
bad 'FROM localhost/draft-test/busybox\nRUN echo ERROR: No matching distribution; echo "[notice] a new pip"; exit 3\n'
is "a failing RUN fails the record" "$status $(value '.failure.code, (.image | tostring)' | tr '\n' ' ')" "1 65 null "
like "… with its line, and the messages of the builder and the program" "$(said)" \
  "65 cannot build 'bad': Dockerfile:2: *exit 3*exit status 3: ERROR: No matching distribution"
log=$(value .failure.hint)
log=${log#the whole log is in }
ok "… and the log, which is kept" grep -q '^.notice. a new pip' "$log"
is "… and nothing is left" "$(ls -A "$DRAFT_HOME/cache/build")$(buildah containers -q)" ""
bad 'FROM 127.0.0.1:1/no/such:image\n'
like "a base image that cannot be fetched" "$(said)" \
  "69 cannot build 'bad': cannot get the base image '127.0.0.1:1/no/such:image': *refused"
bad 'FROM nosuchbase\n'
like "… with a short name" "$(said)" "69 *'nosuchbase'*"
bad 'FROM localhost/draft-test/busybox\nRUNX true\n'
is "an unknown instruction is reported before the builder starts" "$(said) $(lines STEP)" \
  "65 cannot build 'bad': Dockerfile:2: unknown instruction 'RUNX' 0"
bad 'FROM localhost/draft-test/busybox\nCOPY nosuchfile /\n'
like "a missing file" "$(said)" "65 cannot build 'bad': Dockerfile:2: the context has no 'nosuchfile': *"
like "the builder's messages name the source directory" "$(cat words)" "*sources under \"$scratch/bad\"*"
not_ok "… and so does the log" grep -r cache/build "$DRAFT_HOME/logs/bad"
# Syntax that this buildah does not support, with line and message; only for instructions that reach it, not for the
# tail.
# shellcheck disable=SC2016 # the here-document has a variable of its own
for case in 'RUN <<  EOF sh\necho hi\nEOF\nCMD x' \
  "COPY <<A <<'B' /d/\na\nA\nb\nB\nRUN true" 'COPY <<EOF /c\n$5 in C:\\\\dir\nEOF'; do
  bad "FROM localhost/draft-test/busybox\n$case\n"
  like "a here-document that buildah takes for instructions: ${case%%\\*}" "$(said) $(lines STEP)" \
    "65 cannot build 'bad': Dockerfile:2: '${case%% *} <<*' is a here-document, which buildah * does not support 0"
done
bad 'FROM localhost/draft-test/busybox\nRUN true\nCOPY << EOF /c\nhi\nEOF\n'
is "a here-document in the tail is fine" "$status $(value .image.how)" "0 head+append"
for case in 'COPY --parents Dockerfile /d' 'ADD --checksum=sha256:0 Dockerfile /d' 'RUN --network=none true'; do
  bad "FROM localhost/draft-test/busybox AS a\nFROM localhost/draft-test/busybox\n$case\n"
  word=${case#* }
  is "an option unknown to buildah: $case" "$(said)" \
    "65 cannot build 'bad': Dockerfile:3: this 'buildah' does not support ${case%% *} $(printf %s "${word%% *}" |
      sed 's/=.*//')"
done
bad ''
like "an empty Dockerfile" "$(said)" "65 cannot build 'bad': *"
rm bad/Dockerfile
build draft-build bad
like "no Dockerfile" "$status $(cat "$scratch/record" "$scratch/words")" "*66*Dockerfile*"
mkdir nowhere
build env PATH="$DRAFT_BIN:$scratch/nowhere:." /usr/bin/env draft-build "$app"
is "no builder on PATH" "$status $(value .failure.code)" "1 69"
like "… with a hint" "$(cat "$scratch/words")" "*cannot find 'buildah' on PATH*apt install buildah*"
for name in ../evil /bin/true 'a b' Evil -x; do
  printf '[environments.development]\n  name = "web"\n  builder = "%s"\n' "$name" >"$app/draft.toml"
  build draft-build "$app"
  like "'$name' is not a valid builder name" "$status $(cat "$scratch/record" "$scratch/words")" '78*builder*'
done
printf '#!/bin/sh\ntouch %s\n' "$scratch/ran" >draft-builder-evil
cp draft-builder-evil evil
chmod +x evil draft-builder-evil
printf '[environments.development]\n  name = "web"\n  builder = "evil"\n' >"$app/draft.toml"
build env PATH="$PATH::.:$scratch/nowhere" draft-build "$app"
like "a builder plugin that is not on PATH" "$(said)" "69 cannot find 'draft-builder-evil' on PATH"
not_ok "… one in the current directory is not run" test -e ran
mkdir open
cp draft-builder-evil open
chmod 777 open
build env PATH="$PATH:$scratch/open" draft-build "$app"
like "a plugin that another user may write to" "$(said)" \
  "77 cannot run '$scratch/open/draft-builder-evil': another user may write to it"
not_ok "… is not run" test -e ran
rm "$app/draft.toml"
build sh -c "draft-pack '$app' >packed"
jq -c '.context.path |= sub("\\.tar"; "") + ".x"' packed >moved
build draft-build <moved
is "a missing context is packed again" "$(value '[.failure.code, .context.path] | @csv')" \
  "$(jq -r '[null, .context.path] | @csv' packed)"
jq -c '.context.tree = "sha256:00" | .context.digest |= sub("sha256:...."; "sha256:0000")' packed >tampered
build draft-build <tampered
like "a context that does not match the record" "$(said)" '65 *'
jq -c '.context.tree = "sha256:01" | .context.dockerfile = "../../../../etc/passwd"' packed >tampered
build draft-build <tampered
like "a Dockerfile outside of the context" "$status $(said)" '1 6[56] *'
ln -s /etc/hostname "$app/Leads"
printf '[environments.development]\n  name = "web"\n  dockerfile = "Leads"\n' >"$app/draft.toml"
build draft-build "$app"
not_ok "a Dockerfile that links to the outside" test "$status" = 0
rm "$app/draft.toml" "$app/Leads"
build sh -c "jq -c '.app.name = \"../../x\"' packed | draft-build"
is "an application name that is a path" "$status $(value .failure.code)" "1 65"

# A divided Dockerfile: the head is built once by buildah, the layers are made by draft.
mkdir -p two/lib
printf '%s\n' 'FROM localhost/draft-test/busybox' 'RUN mkdir -p /opt/real && ln -s /opt/real /srv' 'COPY . /srv/' \
  'WORKDIR /work' 'COPY --chown=7:8 lib .' 'ENV A=1' 'CMD ["sh"]' >two/Dockerfile
echo one >two/index
echo lib >two/lib/part
chmod 4711 two/lib/part
build draft-build two
is "a divided Dockerfile: how" "$status $(value '.image | "\(.how) \(.store)"')" \
  "0 head+append oci:$DRAFT_HOME/cache/images" || note "$(cat "$scratch/words")"
is "the builder builds only the head" "$(lines 'STEP 2/2') $(lines 'STEP 3')" "1 0"
cp record first-two
store=$(value .image.store) tag=$(value .image.tag)
ok "… the image unpacks" umoci unpack --image "${store#oci:}:$tag" bundle
is "… a link in the base is followed" "$(cat bundle/rootfs/opt/real/index)" one
is "… owner and mode are as by buildah" \
  "$(stat -c '%a %u:%g' bundle/rootfs/work bundle/rootfs/work/part | tr '\n' ' ')" \
  "755 7:8 711 7:8 "
build draft-build two
is "unchanged: no builder is started" "$(value .image.why) $(lines STEP)" "unchanged 0"
build env PATH="$DRAFT_BIN:$scratch/nowhere" /usr/bin/env draft-build two
is "… or needed on PATH" "$(value .image.why)" unchanged
echo two >two/index
build env PATH="$DRAFT_BIN:$scratch/nowhere" /usr/bin/env draft-build two
is "a changed file: a new layer, without a builder" "$status $(value .image.how) $(lines STEP)" "0 append 0" ||
  note "$(cat "$scratch/words")"
is "… the other layer is reused" "$(lines "1 layer made before")" 1
echo one >two/index
rm -rf "$DRAFT_HOME/cache/images/names" "$DRAFT_HOME/cache/images/made"
build draft-build two
is "… rebuilt layers are the same" "$(lines 'made before')" 0
cp record first-two
blob=$(find "$DRAFT_HOME/cache/images/blobs" -type f -size -2 | head -n 1)
rm "$blob"
build draft-build two
is "a missing blob is rebuilt" "$status $(value .image.digest)" "0 $(jq -r .image.digest first-two)"
build draft-build --no-append two
is "--no-append: the builder builds the whole image" "$(value '.image | "\(.how) \(.store)"') $(lines 'STEP 7/7')" \
  "builder containers-storage 1"

# Times: a server compares them for a browser that has seen the page before.
later() { awk -v a="$1" -v b="$2" 'BEGIN { exit !(a != "" && (a "") < (b "")) }' && echo yes; }
layers() {
  (cd "$DRAFT_HOME/cache/images/blobs/sha256" && jq -r '.layers[].digest[7:]' "$(value '.image.digest[7:]')")
}
listed() {
  layers | while read -r layer; do TZ=UTC tar --full-time -tvzf "$DRAFT_HOME/cache/images/blobs/sha256/$layer"; done
}
time_of() { listed | awk -v f="$1" '$6 == f { t = $4 "T" $5 } END { print t }'; }
mkdir -p page/www page/old page/lib
printf 'FROM scratch\nCOPY lib /lib\nCOPY www /www\nCOPY <<E /made\none\nE\n' >page/Dockerfile
echo one >page/www/index
echo zero >page/old/index
echo lib >page/lib/part
ln -s part page/lib/link
touch -hd 2020-02-02T02:02:02.9Z page/www/index page/lib/link
touch -d 2019-01-01T00:00:00Z page/old/index page/lib
build draft-build page
is "a file has its own time" "$(value .image.how) $(time_of www/index)" "append 2020-02-02T02:02:02"
is "… so have links and directories" "$(listed | awk '$6 == "lib/link" { print $4 }')" 2020-02-02
is "… and a here-document that of the Dockerfile" "$(time_of made)" "$(TZ=UTC date -r page/Dockerfile +%FT%T)"
layers >before
touch page/www/* page/lib/* page/lib page
build draft-build page
is "touching a file does not build" "$(value .image.why) $(lines 'Building')" "unchanged 0"
newer() { # WHAT PATH, and how many layers are the same
  build draft-build "${4:-page}"
  now=$(time_of "$2")
  is "newer than before: $1" "$(later "$last" "$now") $(layers | grep -cxf before)" "yes $3" ||
    note "$last $now" "$(cat words)"
  layers >before
  last=$now
}
last=$(time_of www/index)
echo two >page/www/index
newer "written, and another layer stays as it is, touched or not" www/index 2
echo six >page/www/index
newer "written within the second" www/index 2
echo ten >page/www/index
touch -d 2020-02-02 page/www/index
newer "with an old time" www/index 2
mkdir clone && cp -r page clone/page
find clone/page -exec touch -hd 2018-01-01 {} +
echo more >clone/page/www/index
touch -d 2018-01-01 clone/page/www/index
newer "from an older clone" www/index 2 clone/page
sed -i 's/COPY www/COPY old/' page/Dockerfile
last=$(time_of www/index)
newer "another file of the context, which is older" www/index 2
last=$(time_of made)
sed -i 's/^one/two/' page/Dockerfile
touch -d 2018-01-01 page/Dockerfile
newer "a here-document" made 2
build env SOURCE_DATE_EPOCH=1000000000 draft-build page
is "SOURCE_DATE_EPOCH is the time of all files" "$(listed | awk '{ print $4 "T" $5 }' | sort -u)" 2001-09-09T01:46:40
build env SOURCE_DATE_EPOCH=1e9 draft-build page
is "… and an invalid one is an error" "$status $(value .failure.message)" \
  "1 SOURCE_DATE_EPOCH is not a number of seconds: '1e9'"
# The same with a builder: a copy before the last RUN.
mtime() {
  container=$(buildah from "localhost/web:$tag")
  buildah run --isolation chroot "$container" stat -c %Y "$1"
  buildah rm "$container" >/dev/null
}
touch -d 2020-02-02 "$app/index"
echo three >"$app/index"
touch -d 2020-02-02 "$app/index"
build draft-build "$app"
tag=$(value .image.tag)
last=$(mtime /srv/index)
echo seven >"$app/index"
touch -d 2020-02-02 "$app/index"
build draft-build "$app"
tag=$(value .image.tag)
is "a builder's image has newer files too" "$(value .image.how) $(($(mtime /srv/index) > last && last > 1000000000))" \
  "builder 1"
echo one >"$app/index"

buildah build -q -t localhost/draft-test/base --isolation chroot - >/dev/null <<'D'
FROM localhost/draft-test/busybox
RUN echo 1 >/version
D
printf 'FROM localhost/draft-test/base\nCOPY index /\n' >two/Dockerfile
build draft-build two
is "a base image alone can be the head" "$(value .image.how)" head+append
echo three >two/index
buildah build -q -t localhost/draft-test/base --isolation chroot - >/dev/null <<'D'
FROM localhost/draft-test/busybox
RUN echo 2 >/version
D
build draft-build two
is "a changed base image makes a new head" "$(value .image.how)" head+append
echo four >two/index
build draft-build two
is "… once" "$(value .image.how)" append
printf 'COPY nosuchfile /\n' >>two/Dockerfile
build draft-build two
like "errors in the head are reported by the builder" "$(said)" '65 *nosuchfile*'
jq -c '.context.digest |= sub("sha256:...."; "sha256:0000")' <packed >tampered
build draft-build --force <tampered
is "a tampered context is bad data" "$(value .failure.code)" 65
echo other >"$app/other"
build draft-build --force <tampered
like "… also if the directory has changed" "$(said)" '65 *'
rm "$app/other"
printf 'FROM localhost/draft-test/busybox\nCOPY . /\nRUN true\n' >two/Dockerfile
build draft-build two
is "not divided, with the reason" "$(value '.image | "\(.how): \(.why)"')" \
  "builder: no file is copied after line 3, which needs the builder: RUN"

# podman: the same store.
cp -r "$app" pod
build env DRAFT_BUILDER=podman draft-build pod
is "podman builds" "$status $(value .image.store) $(lines 'STEP 1/5')" "0 containers-storage 1" ||
  note "$(cat "$scratch/words")"
build env DRAFT_BUILDER=podman draft-build pod
is "… and reuses its image" "$(value .image.why)" unchanged
build draft-build pod
is "… and so does buildah" "$(value .image.why)" unchanged
printf 'FROM localhost/draft-test/busybox\nRUN echo made >/made\nCOPY index /\n' >pod/Dockerfile
build env DRAFT_BUILDER=podman draft-build pod
is "podman builds a head" "$status $(value .image.how) $(lines 'STEP 2/2')" "0 head+append 1" ||
  note "$(cat "$scratch/words")"
echo podded >pod/index
build env DRAFT_BUILDER=podman draft-build pod
is "… and is not started again" "$status $(value .image.how) $(lines STEP)" "0 append 0"

# A Dockerfile that turns out not to be divisible after its head was built is not divided the next time.
cp -r "$app" vain
printf 'FROM localhost/draft-test/busybox\nRUN ln -s /nowhere /here\nCOPY index /here\n' >vain/Dockerfile
build draft-build vain
is "a head that is of no use" "$(value .image.how) $(lines 'COMMIT localhost/draft-head')" "builder 1" ||
  note "$(cat "$scratch/words")"
like "… with a message" "$(value .image.why)" "line 3: '/here' of the base image is a link*"
buildah rmi -f "localhost/vain:$(value .image.tag)" >/dev/null
rm -rf "$DRAFT_HOME/cache/images"
build draft-build vain
is "… and built only once" "$(value .image.how) $(lines 'COMMIT localhost/draft-head')" "builder 0" ||
  note "$(cat "$scratch/words")"

# A builder plugin; see draft-builder(7).
mkdir plugins
cat >plugins/draft-builder-test <<'P'
#!/bin/sh
set -eu
[ "$#" = 1 ] && [ "$1" = build ]
order=$(cat)
printf '%s\n' "$order" >"$SPY.order"
get() { printf '%s\n' "$order" | jq -r "$1"; }
echo "building with $(get .dockerfile)"
echo 'a word on standard error' >&2
case ${PLUGIN:-} in
  fail) echo 'error: the plugin gave up' >&2; exit 3 ;;
  nothing) exit 0 ;;
esac
buildah build -q --isolation chroot --timestamp "$(get .time)" -f "$(get .dockerfile)" \
  -t plugin "$(get .directory)" >/dev/null
buildah push -q plugin "oci:$(get .output):plugin"
[ "${PLUGIN:-}" != damage ] || for blob in "$(get .output)"/blobs/sha256/*; do
  printf x | dd of="$blob" conv=notrunc bs=1 seek=100 2>/dev/null
done
P
chmod +x plugins/draft-builder-test
cp -r "$app" plug
printf '%s\n' '[environments.development]' '  name = "plug"' '  builder = "test"' \
  '  [environments.development.image-build-args]' '    B = "2"' '    A = "1"' >plug/draft.toml
export PATH="$scratch/plugins:$PATH"
for how in fail nothing damage; do
  build env PLUGIN=$how draft-build plug
  case $how in
    fail)
      like "a plugin that fails" "$status $(said)" "1 65 cannot build 'plug': the plugin gave up"
      ok "… its messages name the source directory" grep -qx "building with $scratch/plug/Dockerfile" "$scratch/words"
      ;;
    *)
      like "a plugin whose result is not an image: $how" "$status $(said)" \
        "1 76 cannot use what 'draft-builder-test' has built: *"
      ;;
  esac
  is "… is not kept: $how" "$(ls -A "$DRAFT_HOME/cache/built/test/plug")" ""
done
build draft-build plug
is "a plugin builds" "$status" 0 || note "$(cat "$scratch/words")"
is "… its output is the log" "$(grep -c '^building with\|^a word on' "$DRAFT_HOME/logs/plug/$(value .image.tag)")" 2
layout=$(value .image.store)
layout=${layout#oci:}
is "the result is a layout in the draft home" "$layout" "$DRAFT_HOME/cache/built/test/plug/$(value .image.tag)"
is "… with the digest of the record" "$(skopeo inspect "oci:$layout" | jq -r .Digest)" "$(value .image.digest)"
is "… the order describes the build" \
  "$(jq -r '"\(.draft) \(.app.name) \(.arguments | tojson) \(.tags | length)"' "$SPY.order")" \
  '1 plug {"A":"1","B":"2"} 1'
cp record before
build draft-build plug
is "… and is not started again" "$(value .image.why) $(lines building)" "unchanged 0"
is "… for the same image" "$(value .image.digest)" "$(jq -r .image.digest before)"
rm -rf "$layout/blobs"
build draft-build plug
is "… unless its layout is damaged" "$(value .image.why) $(lines 'building with')" \
  "the builder 'test' builds whole images only 1"

# Locations that buildah accepts instead of an image: they would read images of other applications in the draft home.
cp -r "$app" thief
for line in "FROM oci:$DRAFT_HOME/cache/images:web" 'FROM docker-archive:x.tar' "ARG B=dir:/x
FROM \$B" "FROM localhost/draft-test/busybox
COPY --from=oci:$DRAFT_HOME/cache/images:web / /" "FROM localhost/draft-test/busybox
RUN --mount=type=bind,from=containers-storage:localhost/web,target=/t cp -r /t /u"; do
  printf '%s\nCOPY index /\n' "$line" >thief/Dockerfile
  number=$(printf '%s\n' "$line" | wc -l | tr -d ' ')
  for how in '' --no-append; do
    build draft-build ${how:+"$how"} thief
    like "no image${how:+, $how}: $(echo "$line" | tr "\n" " ")" "$status $(said)" \
      "1 65 cannot build 'thief': Dockerfile:$number: '*' is not an image reference"
    is "… and no builder is started" "$(lines STEP)" 0
  done
done
awk 'BEGIN { print "FROM localhost/draft-test/busybox"; print "ENV A=0123456789"; for (i = 0; i < 60; i++) print "ENV A=$A$A"; print "COPY index /" }' >thief/Dockerfile
build timeout 60 draft-build thief
is "variables that expand without bound" "$status $(said)" \
  "1 65 cannot build 'thief': Dockerfile:16: too long after expanding its variables"

# The tarball of a record has to be a regular file of the size in the record.
draft-pack "$app" >packed
mkfifo fifo
for what in /dev/zero "$scratch/fifo" "$app"; do
  jq -c --arg path "$what" '.context.path = $path' packed >line
  build timeout 60 sh -c 'draft-build --force <line'
  is "$what is not a tarball" "$status $(said)" "1 65 cannot read '$what': it is not a regular file"
done

# Two builds at once, and interruption.
cp -r "$app" slow
printf 'FROM localhost/draft-test/busybox\nCOPY index /\nRUN echo asleep; sleep 3; echo awake\n' >slow/Dockerfile
draft-build slow >one.out 2>one.err &
one=$!
draft-build slow >two.out 2>two.err
wait $one
is "two builds of one application run one after the other" \
  "$(cat one.err two.err | grep -c -e 'Building Dockerfile') $(cat one.err two.err | grep -c unchanged)" "1 1"

sed -i 's/sleep 3/sleep 30/' slow/Dockerfile
rm "$DRAFT_HOME"/logs/slow/*
# A shell without job control starts its children with SIGINT ignored; env resets it.
env --default-signal=INT draft-build slow >one.out 2>one.err &
one=$!
log_has_begun() { grep -qs '^asleep' "$DRAFT_HOME"/logs/slow/*; }
ok "the log is written line by line" await log_has_begun
kill -INT $one
wait $one
is "SIGINT: dies of it" "$?" 130
is "… and removes the unpacked context" "$(ls -A "$DRAFT_HOME/cache/build")" ""
ok "… and leaves no process" await no_process "$DRAFT_HOME/cache/build"

buildah containers -q | sort >were-there
draft-build slow >one.out 2>one.err &
one=$!
await grep -qs '^asleep' one.err
kill -KILL $one
wait $one 2>/dev/null
is "killed: writes no record" "$(cat one.out)" ""
sed -i 's/sleep 30/sleep 0/' slow/Dockerfile
build draft-build slow
is "… and works the next time" "$status $(value .image.why)" \
  "0 no file is copied after line 3, which needs the builder: RUN" || note "$(cat "$scratch/words")"
pkill -KILL -f "$DRAFT_HOME/cache/build"
await no_process "$DRAFT_HOME/cache/build"
echo three >slow/index
build draft-build slow
is "… files of the killed build are removed" "$(ls -A "$DRAFT_HOME/cache/build")" ""
is "… and its container" "$(buildah containers -q | sort | comm -13 were-there -)" ""

# After many builds the store has the last three images, images of others, and of failed builds what the next may use.
mkdir many
stored() { buildah images --format '{{.Name}}:{{.Tag}}' | grep -c '^localhost/many:'; }
dangling() { buildah images --all --quiet --filter dangling=true | sort; }
printf 'FROM localhost/draft-test/busybox\nCOPY index /\nRUN true\n' >many/Dockerfile
buildah tag localhost/draft-test/busybox localhost/many:mine
dangling >before
for i in 1 2 3 4; do echo $i >many/index; draft-build -q many >record 2>words; done
is "of four builds three images stay" "$(stored)" 4 || note "$(buildah images --all)"
ok "… the newest ones" has_image "many:$(value .image.tag)"
sed -i 's/RUN true/RUN false/' many/Dockerfile
for i in 5 6 7; do echo $i >many/index; draft-build -q many >/dev/null 2>&1; done
is "of three failed builds one step stays" "$(dangling | comm -13 before - | wc -l)" 1 || note "$(buildah images --all)"
sed -i 's/RUN false/RUN true/' many/Dockerfile
build draft-build --force -q many
build draft-build --force -q many
is "a rebuilt image replaces the old one" "$(stored) $(dangling | comm -13 before - | wc -l)" "4 1" ||
  note "$(buildah images --all)"
finish
