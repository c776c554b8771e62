#!/bin/sh
# Each pack with a Dockerfile, with its example: create, up, and the application answers; then a source change, which
# must only make a layer or run the compiler: the rule of draft-pack(5). The base images come from Debian packages.
. "$(dirname "$0")/lib.sh"
packs=$(cd "$root/packs" && for dir in */; do [ ! -f "$dir/Dockerfile" ] || echo "${dir%/}"; done)
export CONTAINERS_CONF="$root/Tests/fixtures/containers/containers.conf"
# shellcheck disable=SC2317 # called by the trap
clean_up() {
  for pack in $packs built; do
    podman pod ls -q --filter "label=draft=$pack-$$" | xargs -r podman pod rm -f >/dev/null 2>&1
    buildah images -q "localhost/$pack-$$" 2>/dev/null | sort -u | xargs -r buildah rmi -f >/dev/null 2>&1
  done
  buildah rmi -f "localhost/draft-test/npm-$$" >/dev/null 2>&1
  cd /
  rm -rf "$scratch"
}
trap clean_up EXIT
# The RUN steps of the last build that were executed, not taken from the cache of the builder: "RUN set -eu; ..." a
# line.
carried_out() {
  awk 'step && !/^--> Using cache/ { print step } { step = "" } / STEP [0-9/]+: RUN |^STEP [0-9/]+: RUN / { sub(/.*STEP [0-9\/]+: /, ""); step = $0 } END { if (step) print step }' "$1"
}
base() { printf '\n    [environments.development.image-build-args]\n      BASE = "%s"\n' "$2" >>"$1/draft.toml"; }
answer() { curl -sS --retry 5 --retry-connrefused "$(jq -r '.release.urls[0]' "$1")"; }

for pack in $packs; do
  case $pack in javascript) base=node ;; *) base=$pack ;; esac
  "$root/Tests/base-image" "$base" >/dev/null || { echo "Bail out! no base image"; exit 1; }
  app=$scratch/$pack-$$
  cp -r "$root/packs/$pack/example" "$app"
  run draft create "$app"
  is "$pack: create" "$status $(jq -r .pack.name "$out")" "0 $pack"
  base "$app" "localhost/draft-test/$base"
  run draft up "$app"
  is "$pack: up" "$status" 0 || note "$(tail -n 20 "$err")"
  is "$pack: the example answers" "$(answer "$out")" "Hello, World!"
  is "$pack: runs not as root, on a read-only root file system" \
    "$(podman ps -q --filter "label=draft=$pack-$$" | xargs podman inspect |
    jq -c '[.[] | select(.IsInfra | not) | [.Config.User, .HostConfig.ReadonlyRootfs]][0]')" '["10001:10001",true]'

  # Source is what the pack does not bring itself, as it does a manifest to begin with. Each change is one the builder
  # has not seen.
  case $pack in python) sign='#' ;; *) sign=// ;; esac
  for file in "$app"/*; do
    [ ! -f "$file" ] || [ ! -e "$root/packs/$pack/example/${file##*/}" ] ||
      [ -e "$root/packs/$pack/${file##*/}" ] || echo "$sign $(date +%s%N)" >>"$file"
  done
  run draft-build "$app"
  cp "$err" "$scratch/words"
  case $pack in
    # These are built; whatever is not named here runs as it is written.
    go)
      is "$pack: a change of source is built" "$status $(jq -r '.image.how' "$out")" "0 builder"
      like "$pack: … only by the compiler" "$(carried_out "$scratch/words")" 'RUN *go build *' &&
        is "$pack: … in one step" "$(carried_out "$scratch/words" | wc -l)" 1 ;;
    *)
      is "$pack: a change of source is a layer" \
        "$status $(jq -r '.image.how' "$out" | sed 's/head+append/append/') $(grep -c STEP "$scratch/words")" \
        "0 append 0"
      ;;
  esac
done

# A script 'build', as for TypeScript, here a copy; with an npm that behaves like npm where there is no registry to
# contact.
app=$scratch/built-$$
mkdir -p "$app/src" "$scratch/npm"
cat >"$scratch/npm/npm" <<'END'
#!/bin/sh
echo "npm $*"
case "$*" in
  run\ build) PATH=$PWD/node_modules/.bin:$PATH; copy src dist ;;
  run\ postinstall) echo patched >node_modules/lib/patch ;;
  install*|ci*)
    mkdir -p node_modules/lib && echo 'exports.greeting = "Hello, World!\n"' >node_modules/lib/index.js && echo '{}' >node_modules/lib/package.json
    case "$*" in *--omit=dev*) ;; *)
      mkdir -p node_modules/copy node_modules/.bin && ln -s ../copy/copy node_modules/.bin/copy
      printf '%s\n' '#!/bin/sh' \
        'cp -r "$1" "$2" && mkdir -p node_modules/.made && echo made >node_modules/.made/client.js' \
        >node_modules/copy/copy
      chmod +x node_modules/copy/copy ;;
    esac ;;
  start) exec node dist/server.js ;;
esac
END
chmod +x "$scratch/npm/npm"
printf 'FROM localhost/draft-test/node\nCOPY npm /usr/bin/npm\n' >"$scratch/npm/Dockerfile"
buildah build -q -t "localhost/draft-test/npm-$$" "$scratch/npm" >/dev/null || {
  echo "Bail out! no base image with an npm"
  exit 1
}
cat >"$app/src/server.js" <<'END'
const { greeting } = require("lib");
require("http").createServer((_, answer) => answer.end(greeting)).listen(8080);
process.on("SIGTERM", () => process.exit(0));
END
printf '{"name": "built", "scripts": {"build": "copy src dist", "postinstall": "patch", "start": "node dist/server.js"}, "dependencies": {"lib": "1"}, "devDependencies": {"copy": "1"}}\n' >"$app/package.json"
run draft create "$app"
is 'build script: create' "$status $(jq -r .pack.name "$out")" '0 javascript'
is 'build script: the Dockerfile runs it, and copies no source after it' "$(grep -c 'else npm run build' \
    "$app/Dockerfile") $(grep -c '^# draft: [be]\|^COPY --chown=10001:10001 \. ' "$app/Dockerfile")" '1 0'
base "$app" "localhost/draft-test/npm-$$"
run draft up "$app"
is 'build script: up' "$status" 0 || note "$(tail -n 20 "$err")"
cp "$out" "$scratch/line"
is 'build script: its result answers' "$(answer "$scratch/line")" 'Hello, World!'
# shellcheck disable=SC2016 # $ is the container's
is 'build script: the image has the run-time packages and built files' \
  "$(podman ps -q --filter "label=draft=built-$$" |
    xargs -I ID podman exec ID sh -c 'cd /app && find node_modules | LC_ALL=C sort | tr "\n" " "')" \
  'node_modules node_modules/.made node_modules/.made/client.js node_modules/lib node_modules/lib/index.js node_modules/lib/package.json node_modules/lib/patch '
echo "// $(date +%s%N)" >>"$app/src/server.js"
run draft-build "$app"
cp "$err" "$scratch/words"
is 'build script: a change of source runs it' "$status $(grep -c '^npm run build' "$scratch/words")" '0 1' ||
  note "$(cat "$scratch/words")"
is 'build script: … and installs no package' \
  "$(carried_out "$scratch/words" | wc -l) $(grep -c '^npm [ic]' "$scratch/words")" '1 0'
finish
