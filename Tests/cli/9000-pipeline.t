#!/bin/sh
# The whole pipe with real parts: a registry, buildah, skopeo, umoci, helm, podman; stage by stage, and with create
# and up.
. "$(dirname "$0")/lib.sh"
export CONTAINERS_CONF="$root/Tests/fixtures/containers/containers.conf"
registry=127.0.0.1:$(free_port)
registry registry "$registry"
name=pipeline-$$
# shellcheck disable=SC2317 # called by the trap
clean_up() {
  podman pod ls -q --filter "label=draft=$name" | xargs -r podman pod rm -f >/dev/null 2>&1
  buildah images -n 2>/dev/null | awk -v n="/$name\$" '$1 ~ n || $1 == "localhost/'"$name"'" { print $3 }' |
    sort -u | xargs -r buildah rmi -f >/dev/null 2>&1
  kill $daemon 2>/dev/null
  cd /
  rm -rf "$scratch"
}
trap clean_up EXIT
"$root/Tests/base-image" python >/dev/null || { echo "Bail out! no base image"; exit 1; }

fetch() { curl -sS --retry 5 --retry-connrefused --retry-delay 1 "$1"; }
writes() { grep -cE '"(POST|PUT|PATCH) ' registry.log; }
app=$scratch/$name
cp -r "$root/packs/python/example" "$app"

# The pipe of the README, stage by stage.
run sh -c "draft detect $app | draft scaffold"
is "detect | scaffold: exit status" "$status" 0
printf '\n    [environments.development.image-build-args]\n      BASE = "localhost/draft-test/python"\n' \
  >>"$app/draft.toml"
export DRAFT_REGISTRY="$registry"
run sh -c "draft detect $app | draft scaffold | draft pack | draft build | draft push | draft release | tee line | jq -r .release.urls[0]"
is "detect | scaffold | pack | build | push | release | jq: exit status" "$status" 0 || note "$(tail -n 20 "$err")"
url=$(cat "$out")
like "the release has a URL" "$url" 'http://127.0.0.1:*'
like "… which answers" "$(fetch "$url")" '*Hello, World!*'
is "every stage has added its member, in order" "$(jq -r 'keys_unsorted | join(" ")' line)" \
  "draft app language pack scaffold context chart image push values release origin"
is "… and the record has no failure" "$(jq -c .failure line)" null
{ draft list; draft status <line; draft history <line; draft target <line; draft doctor <line; } >looked 2>/dev/null
ok "… and is valid, as are the records of reporting commands" valid_records line looked
is "list, status, history, target and doctor work on it" \
  "$(jq -rs 'map(keys_unsorted | last) | sort | unique | join(" ")' looked)" "doctor history release status target"
reference=$(jq -r .push.reference line)
tag=$(jq -r .image.tag line)
like "the tag is 40 hex digits" "$(printf %s "$tag" | tr -d 0-9a-f | wc -c) ${#tag}" "0 40"

# Other programs can read what was pushed.
is "skopeo finds the tag with the digest of the record" \
  "$(skopeo inspect --tls-verify=false "docker://$registry/$name:$tag" | jq -r .Digest)" "$(jq -r .image.digest line)"
ok "skopeo copies it by digest" skopeo copy -q --src-tls-verify=false "docker://$reference" "oci:$scratch/copy:x"
ok "umoci unpacks it" umoci unpack --rootless --image "$scratch/copy:x" "$scratch/bundle"
ok "… and has the application" cmp "$app/app.py" "$scratch/bundle/rootfs/app/app.py"
ok "podman pulls it" podman pull -q --tls-verify=false "$reference"

# Unchanged.
before=$(writes)
cat "$DRAFT_HOME"/logs/"$name"/* | cksum >logs.before
run draft up "$app"; cp "$out" first
is "up, unchanged: exit status" "$status" 0 || note "$(cat "$err")"
is "up, unchanged: no write request" "$(writes)" "$before"
is "up, unchanged: nothing built" "$(cat "$DRAFT_HOME"/logs/"$name"/* | cksum)" "$(cat logs.before)"
is "up, unchanged: nothing released" "$(jq -c '[.release.changed, .image.why]' "$out")" '[false,"unchanged"]'
is "up, unchanged: the same revision" "$(jq .release.revision "$out")" "$(jq .release.revision line)"
draft up "$app" >again 2>/dev/null
ok "up, unchanged, twice: the same bytes" cmp first again
find "$app" -exec touch {} +
ok "up, touched: the same bytes" sh -c "draft up $app 2>/dev/null | cmp - again"

# A change.
sed -i 's/Hello, World!/Hello, Draft!/' "$app/app.py"
run draft up "$app"
is "up, changed: exit status" "$status" 0 || note "$(cat "$err")"
like "up, changed: the new answer on the same port" "$(fetch "$url")" '*Hello, Draft!*'
is "up, changed: another tag, a new revision" "$(jq -c "[.image.tag == \"$tag\", .release.changed]" "$out")" \
  '[false,true]'

# Each stage alone on a directory, as called by a Makefile.
for stage in detect scaffold pack build push release; do
  run "draft-$stage" "$app"
  is "draft-$stage alone on a directory" "$status" 0 || note "$(cat "$err")"
  is "draft-$stage alone writes the members that it describes" "$(jq -r 'keys - ["app", "draft"] | join(" ")' "$out")" \
    "$("draft-$stage" --describe | jq -r '.writes.members | sort | join(" ")')"
  case $stage in
    scaffold | detect) ;;
    *)
      is "draft-$stage alone sets its member" "$(jq -c "has(if \"$stage\" == \"pack\" then \"context\" elif \"$stage\" == \"build\" then \"image\" else \"$stage\" end)" "$out")" true
      ;;
  esac
done
ok "draft-build in the directory itself" sh -c "cd $app && draft-build </dev/tty || draft-build ."

# A stage in sh and jq in the middle, and members of others.
cat >stage <<'S'
#!/bin/sh
# Ten lines of sh and jq: adds a label and passes on failed records.
while IFS= read -r line; do
  printf '%s\n' "$line" | jq -c 'if .failure then . else .scan = {"issues": 0} end'
done
S
chmod +x stage
run sh -c "draft pack $app | ./stage | draft build | draft push | ./stage | draft release"
is "a stage of sh and jq in the middle: exit status" "$status" 0 || note "$(cat "$err")"
is "… its member is there at the end" "$(jq -c .scan "$out")" '{"issues":0}'
member='"x":{ "b" : 1.0,"a":[1E+2 , "\u00e9\/"]}'
draft pack "$app" 2>/dev/null >packed
printf '%s,%s }\n' "$(sed 's/}$//' packed)" "$member" >odd
run sh -c "draft build <odd | draft push | draft release"
is "a foreign member passes byte for byte" "$(grep -cF ",$member," "$out")" 1

# Two applications, one of which fails: the other is released, and the pipeline exits with 1.
mkdir -p "$scratch/broken" && printf 'FROM scratch\nCOPY nothing /\n' >"$scratch/broken/Dockerfile"
run sh -c "draft pack $scratch/broken $app | draft build -j 2 | draft push -j 2 | draft release"
is "one of two fails: exit status" "$status" 1
is "one of two fails: in draft-build, and the other is released" \
  "$(jq -c '[.app.name, .failure.by, .release.status]' "$out" | tr '\n' ' ')" \
  "[\"broken\",\"draft-build\",null] [\"$name\",null,\"deployed\"] "

# SIGKILL at any moment, in any stage; then run it again: it works, and there is no incomplete file in the directory.
tree() { (cd "$app" && find . | sort | cksum); }
whole=$(tree)
for stage in pack build push release; do
  for delay in 0.01 0.05 0.2 0.8; do
    echo "# $stage $delay" >>"$app/app.py"
    (
      draft up "$app" >/dev/null 2>&1 &
      up=$!
      sleep $delay
      pkill -KILL -P $up -f "draft-$stage" 2>/dev/null
      wait $up
    ) 2>/dev/null
  done
  run draft up "$app"
  is "after SIGKILL of draft-$stage: up works" "$status" 0 || note "$(cat "$err")"
  is "after SIGKILL of draft-$stage: all files are whole" "$(jq -c '[.failure, .release.status]' "$out")" \
    '[null,"deployed"]'
done
is "at the end the directory has only the application's files" "$(tree)" "$whole"

# watch = true keeps the pipe running: a saved file changes the answer, a broken one keeps the old answer, Ctrl-C ends
# all.
sed -i 's/watch = false/watch = true/; s/watch-delay = 2/watch-delay = 0.2/' "$app/draft.toml"
perl -e '$SIG{INT} = "DEFAULT"; exec @ARGV' draft up "$app" >watched 2>watched.err </dev/null &
up=$!
lines() { # COUNT: waits for that many records
  tries=0
  until [ "$(wc -l <watched)" -ge "$1" ]; do tries=$((tries + 1)); [ $tries -lt 600 ] || return 1; sleep 0.1; done
}
ok "up with watch = true: the first record" lines 1
sed -i 's/Hello, Draft!/Hello, Watch!/' "$app/app.py"
ok "up with watch = true: a save is a record" lines 2
like "up with watch = true: … and a new answer on the same port" "$(fetch "$url")" '*Hello, Watch!*'
is "up with watch = true: the record names the file" "$(tail -n 1 watched | jq -c .change)" \
  '{"sequence":1,"paths":["app.py"]}'
cp "$app/Dockerfile" Dockerfile.whole
echo 'RUN false' >>"$app/Dockerfile"
ok "up with watch = true: a broken build is a record" lines 3
is "up with watch = true: … with the stage that failed" "$(tail -n 1 watched | jq -r .failure.by)" draft-build
like "up with watch = true: … and the old answer stays" "$(fetch "$url")" '*Hello, Watch!*'
cp Dockerfile.whole "$app/Dockerfile"; sed -i 's/Hello, Watch!/Hello, Draft!/' "$app/app.py"
ok "up with watch = true: a later save is released" lines 4
like "up with watch = true: … and answers" "$(fetch "$url")" '*Hello, Draft!*'
exits 75 "up with watch = true: another up of the application is refused" draft up --no-watch "$app"
kill -INT $up; wait $up; is "up with watch = true: SIGINT ends it" $? 130
sleep 0.5
ok "up with watch = true: … and so is every stage of it" await no_process \
  "draft-(watch|pack|build|push|release).*$name|draft-watch --auto -- $app"
sed -i 's/watch = true/watch = false/' "$app/draft.toml"

# Invalid input: one message with a hint, its code in the record, exit 1, and nothing is lost.
wrong() { # NAME CODE PATTERN COMMAND...
  what=$1 code=$2 pattern=$3; shift 3
  run "$@"
  is "$what: exit 1" "$status" 1
  is "$what: code" "$(jq -c .failure.code "$out" | tail -n 1)" "$code"
  like "$what: one message" "$(grep '^draft-' "$err" | tail -n 1)" "$pattern"
  like "$what: a hint" "$(grep '^  ' "$err")" '  ?*'
}
mkdir -p "$scratch/empty"
wrong "no Dockerfile" 66 "draft-pack: *Dockerfile*" draft-pack "$scratch/empty"
cp -r "$app" "$scratch/toml" && printf 'name = \n' >"$scratch/toml/draft.toml"
run draft-pack "$scratch/toml"
is "broken TOML: exit status" "$status" 78
like "broken TOML: place" "$(cat "$err")" "draft-pack: *draft.toml*line 1*"
printf '{"draft":1,"app":{"name":"toml","dir":"%s"}}\n' "$scratch/toml" >toml.line
wrong "broken TOML on a line" 78 "draft-pack: *draft.toml*line 1*" sh -c 'draft pack <toml.line'
cp -r "$app" "$scratch/yaml" && printf 'name: [\n' >"$scratch/yaml/charts/$name/Chart.yaml"
wrong "broken Chart.yaml" 65 "draft-pack: *Chart.yaml*" draft-pack "$scratch/yaml"
cp -r "$app" "$scratch/render" && printf '{{ .Values.x | nothing }}\n' >"$scratch/render/charts/$name/templates/x.yaml"
wrong "a chart that does not render" 65 "draft-release: *" draft-release "$scratch/render"
mkdir -p bin && for program in sh env; do ln -sf "$(command -v $program)" bin/; done
wrong "no builder" 69 "draft-build: *buildah*" env PATH="$scratch/bin" "$DRAFT_BIN/draft-build" "$scratch/broken"
mkdir -p full && printf 'FROM scratch\n' >full/Dockerfile && head -c 200000 /dev/zero >full/data
if mkdir -p small && mount -t tmpfs -o size=40k none small 2>/dev/null; then
  trap 'umount small; clean_up' EXIT
  wrong "the disk of the draft home is full" 73 \
    "draft-pack: *No space left on device*" env DRAFT_HOME="$scratch/small" draft-pack "$scratch/full"
  is "the disk of the draft home is full: no partial files are left" "$(find small -type f -size +0 | grep -v locks)" \
    ""
  umount small
  trap clean_up EXIT
else
  skip "the disk of the draft home is full" "cannot mount a tmpfs here"
fi
kill $daemon; wait $daemon 2>/dev/null
echo "# changed" >>"$app/app.py"
wrong "the registry is down" 69 "draft-push: *$registry*" draft-push "$app"
like "the release still answers" "$(fetch "$url")" '*Hello, Draft!*'
unset DRAFT_REGISTRY
run draft up "$app"
is "no registry: up works without" "$status" 0 || note "$(cat "$err")"
is "no registry: podman runs the local image, without a message" "$(grep -c 'no registry' "$err")" 0
is "no registry: no push" "$(jq -c .push "$out")" null
finish
