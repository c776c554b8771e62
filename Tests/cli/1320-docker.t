#!/bin/sh
# draft-build with docker, on a separate daemon: whole images, and images on a head that docker has built.
. "$(dirname "$0")/lib.sh"
daemons=''
# shellcheck disable=SC2317 # called by the trap
clean_up() {
  # shellcheck disable=SC2086 # numbers
  [ -z "$daemons" ] || { kill $daemons; wait $daemons; } 2>/dev/null
  cd /
  awk -v s="$scratch/" 'index($2, s) == 1 { print $2 }' /proc/mounts | sort -r | xargs -r umount -l 2>/dev/null
  rm -rf "$scratch"
}
trap clean_up EXIT
export DRAFT_BUILDER=docker TMPDIR="$scratch" CONTAINERS_STORAGE_CONF="$scratch/storage.conf"
build() { run "$@"; cp "$out" "$scratch/record"; cp "$err" "$scratch/words"; }
value() { jq -r "$1" "$scratch/record"; }
said() { jq -r 'select(.failure) | .failure | "\(.code) \(.message)"' "$scratch/record"; }
# The output of the program in an image.
runs() { docker run --rm --network none "$1" 2>&1; }

mkdir whole divided
# shellcheck disable=SC2016 # the Dockerfile has a variable of its own
printf '%s\n' 'FROM localhost/draft-test/busybox' 'ARG GREETING=hello' 'COPY . /srv' \
  'RUN echo "$GREETING" >/greeting; echo RAN' 'CMD ["cat", "/srv/index"]' >whole/Dockerfile
printf \
  'FROM localhost/draft-test/busybox\nRUN echo head >/head\nWORKDIR /srv\nCOPY . .\nCMD ["cat", "/head", "index"]\n' \
  >divided/Dockerfile
echo one | tee whole/index >divided/index

build env DOCKER_HOST="unix://$scratch/nothing" draft-build whole divided
is "without a daemon" "$status $(said | sort -u)" "1 69 cannot use 'docker': its daemon does not answer"
advised() { jq -r '.doctor.checks[] | select(.name == "builder") | "\(.state) \(.hint)"' "$out"; }
run env DOCKER_HOST="unix://$scratch/nothing" draft-doctor -o record whole
is "doctor: docker without its daemon" "$status $(advised)" "1 failure start its daemon, and join the group docker"
docker_daemon docker || { skip "docker builds" "dockerd does not start: $(tail -n 1 docker.log)"; finish; exit 0; }
daemons=$daemon
run draft-doctor -o record whole
is "doctor: … its daemon is started" "$(advised)" "ok null"
DRAFT_BASE_FOR=docker "$root/Tests/base-image" busybox
port=$(free_port)
registry registry "127.0.0.1:$port"
daemons="$daemons $daemon"
at() { skopeo inspect --tls-verify=false "docker://127.0.0.1:$port/$1" | jq -r .Digest; }

# Whole images.
printf '%s\n' '[environments.development]' '  name = "whole"' '  custom-tags = ["v1"]' \
  '  [environments.development.image-build-args]' '    GREETING = "good day"' >whole/draft.toml
build draft-build whole
is "docker builds" "$status $(value '.image | "\(.store) \(.how)"')" "0 docker-daemon builder" || note "$(cat words)"
is "with build arguments" "$(docker run --rm --network none "whole:$(value .image.tag)" cat /greeting)" "good day"
is "… and tags" "$(docker image inspect -f '{{.Id}}' whole:v1)" \
  "$(docker image inspect -f '{{.Id}}' "whole:$(value .image.tag)")"
build draft-build whole
is "… but not again" "$(value .image.why)" unchanged
# The image is read from the store of the daemon layer by layer, each once.
build sh -c "DRAFT_REGISTRY=127.0.0.1:$port draft-build whole | draft-push"
is "docker's image is pushed" "$status $(value .image.digest)" "0 $(at "whole:$(value .image.tag)")" ||
  note "$(cat words)"
ok "… and read by others" skopeo copy -q --src-tls-verify=false "docker://$(value .push.reference)" \
  "oci:$scratch/pulled:x"
echo four >whole/index
build sh -c "DRAFT_REGISTRY=127.0.0.1:$port draft-build whole | draft-push"
ok "after a change of one file the base is not pushed again" test "$(value .push.uploaded)" -lt 100000
# BuildKit compares times and sizes of files, and packed files all have the same time. Newer clients have BuildKit as
# a plugin.
mkdir sized
printf 'FROM localhost/draft-test/busybox\nCOPY . /srv\nCMD ["cat", "/srv/index"]\n' >sized/Dockerfile
for content in 1111 2222 3333; do
  echo $content >sized/index
  DOCKER_BUILDKIT=1 PATH=/usr/bin:$PATH draft-build -q --no-append sized >record 2>words
  is "a change that keeps the size, with BuildKit: $content" "$(runs "sized:$(value .image.tag)")" $content ||
    note "$(cat words)"
done
printf 'FROM localhost/draft-test/busybox\nRUN exit 3\n' >whole/Dockerfile
build draft-build whole
like "a failing RUN" "$(said)" "65 cannot build 'whole': Dockerfile:2: *exit 3*"
printf 'FROM localhost/draft-test/busybox\nENV X\n' >whole/Dockerfile
build draft-build whole
is "a Dockerfile that no builder accepts" "$(said)" \
  "65 cannot build 'whole': Dockerfile:2: ENV 'X' has no value: write X=VALUE"
printf 'FROM localhost/draft-test/busybox\nRUN <<EOF\necho hi\nEOF\n' >whole/Dockerfile
build draft-build whole
like "a here-document without BuildKit" "$status $(said)" \
  "1 65 cannot build 'whole': Dockerfile:2: 'RUN <<EOF' is a here-document, which this 'docker' does not support"
printf 'FROM 127.0.0.1:1/no/such:image\n' >whole/Dockerfile
build draft-build whole
like "a base image that cannot be fetched" "$(said)" "69 *cannot get the base image '127.0.0.1:1/no/such:image'*"
printf 'FROM 127.0.0.1:1/no/such:image\nCOPY . /srv\n' >whole/Dockerfile
build env DRAFT_REGISTRY="127.0.0.1:$port" draft-build whole
like "… also of a head" "$(said)" "69 *cannot get the base image '127.0.0.1:1/no/such:image'*"
printf 'FROM localhost/draft-test/busybox\nRUN exit 3\nCOPY . /srv\n' >whole/Dockerfile
build env DRAFT_REGISTRY="127.0.0.1:$port" draft-build whole
like "a failing RUN in a head" "$(said)" "65 cannot build 'whole': *exit 3*"

# On a head, for a registry. The calls of docker are recorded.
mkdir bin
real=$(command -v docker)
# shellcheck disable=SC2016
printf '#!/bin/sh\necho "$1 $2" >>%s\nexec %s "$@"\n' "$scratch/calls" "$real" >bin/docker
chmod +x bin/docker
PATH=$scratch/bin:$PATH
: >calls
build draft-build -q divided
is "without a registry docker builds the whole image" "$status $(value '.image | "\(.store) \(.how): \(.why)"')" \
  "0 docker-daemon builder: no registry is set, so the image goes to docker's daemon" || note "$(cat words)"
is "… it runs" "$(runs "divided:$(value .image.tag)")" "head
one"
export DRAFT_REGISTRY="127.0.0.1:$port"
# shellcheck disable=SC2016
pipe() { : >calls; build sh -c 'draft-build -q "$@" divided | draft-push -q' sh "$@"; }
pipe
is "with a registry docker builds the head" "$status $(value '.image | "\(.store[0:4]) \(.how)"')" \
  "0 oci: head+append" || note "$(cat words)"
is "… the image is in the registry" "$(value .image.digest)" "$(at "divided:$(value .image.tag)")"
is "… docker runs it" "$(runs "127.0.0.1:$port/divided:$(value .image.tag)" | tail -n 2)" "head
one"
# The layer of the working directory, which docker makes, and that of the copy.
is "… with two layers on the head" "$(value .image.layers)" \
  "$(($(docker image inspect -f '{{len .RootFS.Layers}}' "$(docker image ls -q 'localhost/draft-head')") + 2))"
echo two >divided/index
pipe
is "a change: no build, one new layer" "$status $(value .image.how) $(value .push.existing)" \
  "0 append $(($(value .image.layers) - 1))" || note "$(cat words record)"
is "… docker is only asked for the base image" "$(cat calls)" "image inspect"
is "… and it runs" "$(runs "127.0.0.1:$port/divided:$(value .image.tag)" | tail -n 2)" "head
two"
pipe
is "unchanged: nothing is started" "$(value .image.why) $(cat calls)" "unchanged "
# The same tag, but another image, because the rules of docker differ.
cat >"$CONTAINERS_STORAGE_CONF" <<T
[storage]
driver = "overlay"
graphroot = "$scratch/storage"
runroot = "$scratch/run"
T
env -u DRAFT_BASE_FOR "$root/Tests/base-image" busybox
build draft-build -q --builder buildah divided
is "an image for docker is not used for buildah" "$status $(value .image.how)" "0 head+append" || note "$(cat words)"
pipe
is "… and stays" "$(value .image.why)" unchanged
echo three >divided/index
docker image ls --format '{{.Repository}}:{{.Tag}}' | grep -v busybox | xargs docker rmi -f >/dev/null
is "the heads are removed" "$(docker image ls -q localhost/draft-head)" ""
pipe --tag v7
is "a head that the daemon has removed is taken from the draft home" \
  "$status $(value .image.how) $(runs "127.0.0.1:$port/divided:v7" | tail -n 1)" "0 append three" || note "$(cat words)"
# Another base image under the same name results in another head.
printf 'FROM localhost/draft-test/busybox\nRUN echo base >/base\n' |
  docker build -q -t localhost/draft-test/busybox - >/dev/null 2>&1
echo four >divided/index
pipe
is "the base image has changed" \
  "$status $(value .image.how) $(docker run --rm --network none "$(value .push.reference)" cat /base 2>/dev/null)" \
  "0 head+append base"
# The base image may be anywhere where docker finds it.
docker tag localhost/draft-test/busybox "127.0.0.1:$port/base:1"
docker push -q "127.0.0.1:$port/base:1" >/dev/null
docker rmi -f "127.0.0.1:$port/base:1" >/dev/null
sed -i "1s|.*|FROM 127.0.0.1:$port/base:1|" divided/Dockerfile
pipe
is "a base image from a registry" "$status $(value .image.how) $(docker image inspect -f . "127.0.0.1:$port/base:1")" \
  "0 head+append ." || note "$(cat words)"
echo five >divided/index
pipe
is "… stays in docker's store" "$status $(value .image.how) $(cat calls)" "0 append image inspect"

# What the two builders of docker do differently is left to docker.
whole() { # NAME REASON
  build draft-build -q divided
  is "$1" "$status $(value '.image | "\(.how): \(.why)"')" "0 builder: $2" || note "$(cat words)"
}
printf 'FROM localhost/draft-test/busybox\nUSER 7\nWORKDIR /made\nCOPY . .\n' >divided/Dockerfile
whole "a working directory of a user" "line 3: docker's builders differ in whose the working directory is"
printf 'FROM localhost/draft-test/busybox\nCOPY . /srv\nHEALTHCHECK CMD true\n' >divided/Dockerfile
whole "HEALTHCHECK" "line 3: HEALTHCHECK exists only in docker's format"
printf 'FROM localhost/draft-test/busybox\nCOPY . /srv\n' >divided/Dockerfile
chmod 4755 divided/index
whole "setuid" "line 2: docker's builders differ in the mode of 'index'"
chmod 644 divided/index
echo '!index' >divided/.dockerignore
whole "exceptions in .dockerignore" "docker's builders differ in what '.dockerignore' excepts"
rm divided/.dockerignore

# Killed while docker builds the head.
printf '%s\n' 'FROM localhost/draft-test/busybox' 'RUN sleep 3; echo head >/head' 'COPY . /srv' \
  'CMD ["cat", "/head", "/srv/index"]' >divided/Dockerfile
draft-build -q divided >record 2>words &
pid=$!
building() { grep -q 'RUN sleep' "$DRAFT_HOME"/logs/divided/*; }
await building
kill -KILL $pid
wait $pid 2>/dev/null
pipe
is "killed in the middle: the next run works" \
  "$status $(runs "127.0.0.1:$port/divided:$(value .image.tag)" | tail -n 2)" "0 head
five"
finish
