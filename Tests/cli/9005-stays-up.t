#!/bin/sh
# The stages keep running: a change gets from the saved file to the registry without starting a program. strace counts
# execve in the whole pipe, from the moment when the first image is in the registry.
# alone: after every image that another test makes in the store, the base image is looked up again
. "$(dirname "$0")/lib.sh"
DRAFT_REGISTRY=127.0.0.1:$(free_port)
export DRAFT_REGISTRY
registry registry "$DRAFT_REGISTRY"
name=stays-$$
# shellcheck disable=SC2317 # called by the trap
clean_up() {
  kill $daemon 2>/dev/null
  buildah images -n 2>/dev/null |
    awk -v n="/$name\$" '$1 ~ n { print $3 }' | sort -u | xargs -r buildah rmi -f >/dev/null 2>&1
  cd /
  rm -rf "$scratch"
}
trap clean_up EXIT
"$root/Tests/base-image" busybox >/dev/null || { echo "Bail out! no base image"; exit 1; }

mkdir "$name"
printf 'FROM localhost/draft-test/busybox\nRUN echo built >/head\nCOPY . /app/\n' >"$name/Dockerfile"
echo 0 >"$name/file"
: >records
: >trace
# shellcheck disable=SC2016 # the inner shell's
strace -f -qq -s 200 -e trace=execve -e signal=none -o trace \
  sh -c 'draft-watch --watch-delay 0.05 "$1" | draft-pack | draft-build | draft-push' sh "$name" >records 2>words &
pipe=$!
lines() {
  tries=0
  until [ "$(wc -l <records)" -ge "$1" ]; do tries=$((tries + 1)); [ $tries -lt 600 ] || return 1; sleep 0.1; done
}
ok 'the first image is pushed' lines 1 || note "$(tail -n 20 words)"
like '… and a builder was started for it' "$(cat trace)" '*"buildah"*'
before=$(wc -l <trace)
for round in 1 2 3; do
  # At once: a shell's > is two changes.
  echo $round >new && mv new "$name/file"
  ok "change $round is pushed" lines $((round + 1)) || note "$(tail -n 20 words)"
done
is '… each as another image' \
  "$(jq -r .push.reference records | sort -u | wc -l) $(jq -c 'select(has("failure"))' records)" \
  '4 '
is '… and no program was started' "$(tail -n +$((before + 1)) trace)" ''
: >"$name/another"
ok 'an added file is pushed' lines 5
rm "$name/another"
ok '… and a removed one' lines 6
is '… and no program was started for them' "$(tail -n +$((before + 1)) trace)" ''
is 'the former tree is the former image again' "$(sed -n 6p records | jq -r .image.digest)" \
  "$(sed -n 4p records | jq -r .image.digest)"
pkill -TERM -f "draft-watch --watch-delay 0.05 $name"
wait $pipe
finish
