#!/bin/sh
# draft-build with docker, on a daemon of the test's own: whole images, and those made on a head that docker has built.
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
export DRAFT_BUILDER=docker TMPDIR="$scratch"
build() { run "$@"; cp "$out" "$scratch/record"; cp "$err" "$scratch/words"; }
value() { jq -r "$1" "$scratch/record"; }
said() { jq -r 'select(.failure) | .failure | "\(.code) \(.message)"' "$scratch/record"; }
# What an image says of itself by its program.
runs() { docker run --rm --network none "$1" 2>&1; }

mkdir whole divided
# shellcheck disable=SC2016 # the Dockerfile has a variable of its own
printf 'FROM localhost/draft-test/busybox\nARG GREETING=hello\nCOPY . /srv\nRUN echo "$GREETING" >/greeting; echo RAN\nCMD ["cat", "/srv/index"]\n' >whole/Dockerfile
printf 'FROM localhost/draft-test/busybox\nRUN echo head >/head\nWORKDIR /srv\nCOPY . .\nCMD ["cat", "/head", "index"]\n' >divided/Dockerfile
echo one | tee whole/index >divided/index

build env DOCKER_HOST="unix://$scratch/nothing" draft-build whole divided
is "no daemon" "$status $(said | sort -u)" "1 69 cannot use 'docker': its daemon does not answer"
docker_daemon docker || { skip "docker builds" "dockerd does not start: $(tail -n 1 docker.log)"; finish; exit 0; }
daemons=$daemon
DRAFT_BASE_FOR=docker "$root/Tests/base-image" busybox
port=$(free_port)
registry registry "127.0.0.1:$port"
daemons="$daemons $daemon"
at() { skopeo inspect --tls-verify=false "docker://127.0.0.1:$port/$1" | jq -r .Digest; }

# As a whole.
printf '[environments.development]\n  name = "whole"\n  custom-tags = ["v1"]\n  [environments.development.image-build-args]\n    GREETING = "good day"\n' >whole/draft.toml
build draft-build whole
is "docker builds" "$status $(value '.image | "\(.store) \(.how)"')" "0 docker-daemon builder" || note "$(cat words)"
is "with build arguments" "$(docker run --rm --network none "whole:$(value .image.tag)" cat /greeting)" "good day"
is "and tags" "$(docker image inspect -f '{{.Id}}' whole:v1)" "$(docker image inspect -f '{{.Id}}' "whole:$(value .image.tag)")"
build draft-build whole
is "and not again" "$(value .image.why)" unchanged
# It comes out of the daemon's store layer by layer, each once.
build sh -c "DRAFT_REGISTRY=127.0.0.1:$port draft-build whole | draft-push"
is "docker's image is pushed" "$status $(value .image.digest)" "0 $(at "whole:$(value .image.tag)")" || note "$(cat words)"
ok "and read by others" skopeo copy -q --src-tls-verify=false "docker://$(value .push.reference)" "oci:$scratch/pulled:x"
echo four >whole/index
build sh -c "DRAFT_REGISTRY=127.0.0.1:$port draft-build whole | draft-push"
ok "after a change of one file the base is not sent again" test "$(value .push.uploaded)" -lt 100000
# BuildKit goes by the times and sizes of files, and packed files have one time for all. A newer client has it as a plugin, or not at all.
mkdir sized
printf 'FROM localhost/draft-test/busybox\nCOPY . /srv\nCMD ["cat", "/srv/index"]\n' >sized/Dockerfile
for content in 1111 2222 3333; do
  echo $content >sized/index
  DOCKER_BUILDKIT=1 PATH=/usr/bin:$PATH draft-build -q --no-append sized >record 2>words
  is "a change that keeps the size, with BuildKit: $content" "$(runs "sized:$(value .image.tag)")" $content || note "$(cat words)"
done
printf 'FROM localhost/draft-test/busybox\nRUN exit 3\n' >whole/Dockerfile
build draft-build whole
like "a failing RUN" "$(said)" "65 cannot build 'whole': *exit 3*"
printf 'FROM 127.0.0.1:1/no/such:image\n' >whole/Dockerfile
build draft-build whole
like "a base image that cannot be had" "$(said)" "69 *cannot get the base image '127.0.0.1:1/no/such:image'*"
printf 'FROM 127.0.0.1:1/no/such:image\nCOPY . /srv\n' >whole/Dockerfile
build draft-build whole
like "of a head as well" "$(said)" "69 *cannot get the base image '127.0.0.1:1/no/such:image'*"
printf 'FROM localhost/draft-test/busybox\nRUN exit 3\nCOPY . /srv\n' >whole/Dockerfile
build draft-build whole
like "a failing RUN in a head" "$(said)" "65 cannot build 'whole': *exit 3*"

# On a head. What docker is started for is written down, and what it is given to load.
mkdir bin
real=$(command -v docker)
cat >bin/docker <<S
#!/bin/sh
echo "\$1 \$2" >>"$scratch/calls"
if [ "\$1" = load ]; then cat >"$scratch/load.tar"; exec "$real" "\$@" <"$scratch/load.tar"; fi
exec "$real" "\$@"
S
chmod +x bin/docker
PATH=$scratch/bin:$PATH
calls() { sed 's/ -*\(inspect\|.*\)$/ \1/' calls | sort | uniq -c | awk '{ print $2, $3, $1 }' | paste -sd , -; }
layers() { tar -tf load.tar | grep -c '\.tar\.gz$'; }
build draft-build -q divided
is "a head is built, and the image made on it" "$status $(value '.image | "\(.store) \(.how)"')" "0 docker-daemon head+append" || note "$(cat words)"
is "it runs" "$(runs "divided:$(value .image.tag)")" "head
one"
# That of the working directory, which docker makes, and that of the copy.
is "only the layers above the head go to the daemon" "$(layers) of $(value .image.layers)" "2 of $(docker image inspect -f '{{len .RootFS.Layers}}' "divided:$(value .image.tag)")"
echo two >divided/index
: >calls
build draft-build -q divided
is "a change: no build" "$status $(value .image.how) $(grep -c '^build' calls)" "0 append 0" || note "$(cat words calls)"
is "it runs as well" "$(runs "divided:$(value .image.tag)")" "head
two"
tag=$(value .image.tag)
: >calls
build draft-build -q divided
is "unchanged: the daemon is asked whether it has it" "$(value .image.why) $(cat calls)" "unchanged image inspect"
docker rmi -f "divided:$tag" >/dev/null
docker image prune -af >/dev/null
build draft-build -q divided
is "removed by hand: it is brought again" "$(value .image.why) $(runs "divided:$tag")" "unchanged head
two"
is "with all its layers" "$(layers)" "$(value .image.layers)"
DRAFT_BASE_FOR=docker "$root/Tests/base-image" busybox
echo three >divided/index
docker image prune -af >/dev/null
DRAFT_BASE_FOR=docker "$root/Tests/base-image" busybox
build draft-build -q divided
is "a head that the daemon has no more: all layers go" "$status $(value .image.how) $(runs "divided:$(value .image.tag)")" "0 append head
three" || note "$(cat words)"
echo four >divided/index
build draft-build -q --tag v7 divided
is "further tags" "$(runs divided:v7)" "head
four"
# Another base image under the same name is another head.
printf 'FROM localhost/draft-test/busybox\nRUN echo base >/base\n' | docker build -q -t localhost/draft-test/busybox - >/dev/null 2>&1
echo five >divided/index
build draft-build -q divided
is "the base image has changed" "$status $(value .image.how) $(docker run --rm --network none "divided:$(value .image.tag)" cat /base)" "0 head+append base"

# With a registry.
: >calls
build sh -c "DRAFT_REGISTRY=127.0.0.1:$port draft-build divided | draft-push"
is "with a registry the daemon gets nothing" "$status $(value '.image | "\(.store[0:4]) \(.how)"') $(grep -c '^load' calls)" "0 oci: append 0" || note "$(cat words)"
is "and the registry all" "$(value .image.digest)" "$(at "divided:$(value .image.tag)")"
docker rmi -f "127.0.0.1:$port/divided:$(value .image.tag)" >/dev/null 2>&1
is "docker runs it from there" "$(runs "127.0.0.1:$port/divided:$(value .image.tag)" | tail -n 2)" "head
five"
echo six >divided/index
: >calls
build sh -c "DRAFT_REGISTRY=127.0.0.1:$port draft-build divided | draft-push"
is "a change: all but one layer are there" "$status $(value .image.how) $(value .push.existing)" "0 append $(($(value .image.layers) - 1))" || note "$(cat words record)"
is "docker is asked for the base image alone" "$(cat calls)" "image inspect"

# What docker's builders are not agreed on is docker's.
whole() { # NAME REASON
  build draft-build -q divided
  is "$1" "$status $(value '.image | "\(.how): \(.why)"')" "0 builder: $2" || note "$(cat words)"
}
printf 'FROM localhost/draft-test/busybox\nUSER 7\nWORKDIR /made\nCOPY . .\n' >divided/Dockerfile
whole "a working directory of a user" "line 3: docker's builders differ in whose the working directory is"
printf 'FROM localhost/draft-test/busybox\nCOPY . /srv\nHEALTHCHECK CMD true\n' >divided/Dockerfile
whole "HEALTHCHECK" "line 3: HEALTHCHECK is of docker's format alone"
printf 'FROM localhost/draft-test/busybox\nCOPY . /srv\n' >divided/Dockerfile
chmod 4755 divided/index
whole "setuid" "line 2: docker's builders differ in the mode of 'index'"
chmod 644 divided/index
echo '!index' >divided/.dockerignore
whole "exceptions in .dockerignore" "docker's builders differ in what '.dockerignore' excepts"
rm divided/.dockerignore

# Killed while docker loads.
printf 'FROM localhost/draft-test/busybox\nRUN echo head >/head\nCOPY . /srv\nCMD ["cat", "/head", "/srv/index"]\n' >divided/Dockerfile
# shellcheck disable=SC2016
printf '#!/bin/sh\n[ "$1" != load ] || { : >%s/loading; exec sleep 60; }\nexec %s "$@"\n' "$scratch" "$real" >bin/docker
draft-build -q divided >record 2>words &
pid=$!
tries=0; until [ -e loading ] || [ $tries -gt 300 ]; do tries=$((tries + 1)); sleep 0.1; done
kill -KILL $pid
wait $pid 2>/dev/null
pkill -f 'sleep 60'
printf '#!/bin/sh\nexec %s "$@"\n' "$real" >bin/docker
build draft-build -q divided
is "killed while docker loads: the next run brings it" "$status $(value .image.why) $(runs "divided:$(value .image.tag)")" "0 unchanged head
six"
# shellcheck disable=SC2016
printf '#!/bin/sh\n[ "$1" != load ] || { echo "no space left on device" >&2; exit 1; }\nexec %s "$@"\n' "$real" >bin/docker
echo seven >divided/index
build draft-build divided
like "a daemon that does not take it" "$status $(said)" "1 73 cannot bring the image 'divided:*' into docker's store: no space left on device"
like "is said with what to do" "$(cat words)" "*make room: 'docker system prune'*"
finish
