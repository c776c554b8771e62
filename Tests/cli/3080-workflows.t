#!/bin/sh
# The workflows of teams in man/examples/workflows, each from the first change to the user who fetches the chart.
. "$(dirname "$0")/lib.sh"
tools=${DRAFT_TEST_CACHE:-/root/.cache/draft-test}/tools/bin
[ -x "$tools/rclone" ] || tools=$(dirname "$(command -v rclone || echo /none/rclone)")
workflows=$root/man/examples/workflows
servers=
export GNUPGHOME="$scratch/gpg" CONTAINERS_STORAGE_CONF="$scratch/storage.conf" TMPDIR="$scratch"
mkdir -m 700 "$GNUPGHOME"
cat >"$CONTAINERS_STORAGE_CONF" <<END
[storage]
driver = "overlay"
graphroot = "$scratch/storage"
runroot = "$scratch/run"
END
# shellcheck disable=SC2317 # called by the trap
clean_up() {
  # shellcheck disable=SC2086 # words
  kill $servers 2>/dev/null
  gpgconf --kill all 2>/dev/null
  cd /
  awk -v s="$scratch/" 'index($2, s) == 1 { print $2 }' /proc/mounts | sort -r | xargs -r umount -l 2>/dev/null
  rm -rf "$scratch"
}
trap clean_up EXIT
unset AWS_PROFILE AWS_REGION AWS_DEFAULT_REGION AWS_SESSION_TOKEN AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
git() { command git -c user.name=x -c user.email=x@example.com -c init.defaultBranch=main "$@"; }
chart() { # DIR NAME VERSION
  mkdir -p "$1/templates" "$1/ci"
  printf 'apiVersion: v2\nname: %s\nversion: %s\ndescription: The %s of a team\n' "$2" "$3" "$2" >"$1/Chart.yaml"
  printf 'replicas: 1\n' >"$1/values.yaml"
  printf 'replicas: 3\n' >"$1/ci/three-values.yaml"
  cat >"$1/templates/map.yaml" <<'END'
apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Release.Name }}}
data: {replicas: {{ .Values.replicas | quote }}}
END
}
gpg --batch --quiet --passphrase '' --quick-generate-key 'Charts <charts@example.com>' rsa2048 sign never 2>/dev/null
gpg --batch --quiet --passphrase '' --quick-generate-key 'Eve <eve@example.com>' rsa2048 sign never 2>/dev/null
gpg --export eve@example.com >eve.gpg
export KEY=charts@example.com
ok 'the scripts pass shellcheck' shellcheck "$workflows/official" "$workflows/public"

# 1. Official: a branch is reviewed, merged and released to Google.
if [ -x "$tools/gcp-storage-emulator" ]; then
  port=$(free_port)
  "$tools/gcp-storage-emulator" start --host 127.0.0.1 --port "$port" --in-memory --default-bucket charts \
    >google.log 2>&1 3>&- &
  servers="$servers $!"
  await curl -sSf "http://127.0.0.1:$port/storage/v1/b/charts"
  export STORAGE_EMULATOR_HOST="127.0.0.1:$port" DESTINATION=gs://charts/official
  mkdir official; cd official || exit 1
  git init -q; chart charts/web web 1.0.0; chart charts/db db 1.0.0
  git add .; git commit -qm 'web and db'; git tag merged
  git checkout -qb more-replicas
  echo 'replicas: 2' >charts/web/values.yaml
  git commit -qam 'more replicas'
  exits 1 'official: a change without a new version' "$workflows/official" review merged
  like '… is said' "$(cat "$err")" '*charts/web: a change needs a new version*'
  chart charts/web web 1.1.0
  # shellcheck disable=SC2016 # it is a template
  echo 'data: {replicas: {{ required "replicas" .Values.more }}}' >>charts/web/templates/map.yaml
  git commit -qam 'a new version'
  not_ok 'a chart that does not render' "$workflows/official" review merged
  chart charts/web web 1.1.0
  git commit -qam 'fixed'
  exits 0 'a branch in review' "$workflows/official" review merged
  like '… was rendered with its ci values' "$(cat "$out" "$err")" '*three-values.yaml*'
  git checkout -q main; git merge -q more-replicas
  exits 0 'what was merged is released' "$workflows/official" release merged
  exits 0 'once more' "$workflows/official" release merged
  exits 0 'the first release' "$workflows/official" release "$(git hash-object -t tree /dev/null)"
  is 'nothing is released' "$("$workflows/official" release main)" 'No chart has changed.'
  cd ..
  gpg --export "$KEY" >official.gpg
  draft repo add -q official gs://charts/official >/dev/null
  is 'users find both' "$(draft search -o table --versions | sort | tr '\n' ' ')" \
    'official/db#1.0.0 - The db of a team official/web#1.1.0 - The web of a team '
  exits 0 'and fetch what was signed' draft fetch -q --verify --keyring official.gpg -d official-user official/web
  exits 1 'by that key' draft fetch -q --verify --keyring eve.gpg -d eve-user official/web
  unset STORAGE_EMULATOR_HOST
else
  skip 'the official workflow' 'there is no gcp-storage-emulator'
fi

# 2. Public: all of a checkout at a fixed time, to the directory of a web server.
mkdir public public-web
cd public || exit 1
chart charts/web web 1.0.0; chart charts/db db 1.0.0
export DESTINATION="$scratch/public-web"
exits 0 'public: a whole repository' "$workflows/public"
chart charts/web web 1.1.0
exits 0 'and again, later' "$workflows/public"
chart charts/new new 1.0.0; echo '# changed' >>charts/db/values.yaml
cp "$DESTINATION/index.yaml" ../index.before
exits 1 'a version that is there with other bytes' "$workflows/public"
ok '… and nothing is released' cmp "$DESTINATION/index.yaml" ../index.before
cd ..
(cd public-web && exec /usr/bin/python3 "$root/Tests/cli/repository-server.py" "$scratch/port" "$scratch/log") \
  >server.out 2>&1 3>&- &
servers="$servers $!"
await test -s port
url=http://127.0.0.1:$(cat port)
curl -sS "$url/keys.asc" | gpg --batch --dearmor >public.gpg
exits 0 'users take the keys and verify' draft fetch -q --verify --keyring public.gpg -d public-user \
  "helm:${url#http://}/web"
if command -v helm >/dev/null; then
  ok 'helm verifies as well' helm pull web --repo "$url" --verify --keyring public.gpg -d "$scratch"
  ok '… the same' cmp web-1.1.0.tgz public-user/web-1.1.0.tgz
else
  skip 'helm verifies as well' 'there is no helm'
fi

# 3. Private: a bucket with credentials, copies of upstream charts, and an image beside its chart.
if [ -x "$tools/rclone" ]; then
  mkdir -p s3/internal
  port3=$(free_port)
  "$tools/rclone" serve s3 --auth-key 'AKID,hush' --addr "127.0.0.1:$port3" -q s3 >rclone.log 2>&1 3>&- &
  servers="$servers $!"
  await curl -sS "http://127.0.0.1:$port3/"
  port4=$(free_port)
  registry images "127.0.0.1:$port4"
  servers="$servers $daemon"
  export AWS_ENDPOINT_URL="http://127.0.0.1:$port3"
  mkdir -p corpcalendar/src
  cd corpcalendar || exit 1
  chart chart/corpcalendar corpcalendar 0.0.0
  printf 'image: {repository: "", tag: ""}\nreplicas: 1\n' >chart/corpcalendar/values.yaml
  # shellcheck disable=SC2016 # it is a template
  echo '  image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"' >>chart/corpcalendar/templates/map.yaml
  sed -i 's/^data: {replicas: \(.*\)}$/data:\n  replicas: \1/' chart/corpcalendar/templates/map.yaml
  printf 'FROM scratch\nCOPY src /\n' >Dockerfile
  echo calendar >src/calendar
  cat >draft.toml <<END
[environments.development]
name = "corpcalendar"
chart = "chart/corpcalendar"

[publish]
snapshot = "s3://internal/snapshots"
snapshot-registry = "127.0.0.1:$port4/snapshots"
release = "s3://internal/releases"
release-registry = "127.0.0.1:$port4/releases"
END
  git init -q; git add .; git commit -qm one
  commit=$(git rev-parse --short=7 HEAD)
  export AWS_ACCESS_KEY_ID=AKID AWS_SECRET_ACCESS_KEY=hush
  exits 0 'private: a commit' make -f "$workflows/private.mk" commit
  snapshot=0.0.1-snapshot.1.g$commit
  ok '… makes a snapshot of the chart' test -e "$scratch/s3/internal/snapshots/corpcalendar-$snapshot.tgz"
  exits 2 'a commit without a tag is no release' make -f "$workflows/private.mk" tag
  git tag v1.2.3
  exits 0 'a tag' make -f "$workflows/private.mk" tag
  tags() { curl -sS "http://127.0.0.1:$port4/v2/$1/corpcalendar/tags/list" | jq -r '.tags | join(" ")'; }
  is '… makes the final image, and the commit that of a snapshot' "$(tags releases) $(tags snapshots)" \
    "1.2.3 $snapshot"
  exits 0 'charts of others are copied' make -f "$workflows/private.mk" upstream KEYS=../public.gpg \
    UPSTREAM="$url/web-1.1.0.tgz" STORE=s3://internal/releases
  unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
  cd ..
  printf hush | draft credential add -q minio -u AKID >/dev/null
  exits 0 'internal users' draft repo add -q -c minio internal s3://internal/releases
  is '… find both' "$(draft search -o table internal/ | sort | tr '\n' ' ')" \
    'internal/corpcalendar - The corpcalendar of a team internal/web - The web of a team '
  exits 0 '… with the signature of upstream' draft fetch -q --verify --keyring public.gpg -d internal-user \
    internal/web
  draft fetch -q -d internal-user internal/corpcalendar >/dev/null
  is '… and the chart names its image' \
    "$(draft render internal-user/corpcalendar-1.2.3.tgz -o yaml | grep image:)" \
    "  image: \"127.0.0.1:$port4/releases/corpcalendar:1.2.3\""
else
  skip 'the private workflow' 'there is no rclone'
fi
finish
