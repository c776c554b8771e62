#!/bin/sh
# draft publish: to directories, web servers, S3, Google and registries; together or not at all, never twice; errors.
# ROUNDS=100 has eight publishers meet that often, instead of twice.
. "$(dirname "$0")/lib.sh"
tools=${DRAFT_TEST_CACHE:-/root/.cache/draft-test}/tools/bin
[ -x "$tools/rclone" ] || tools=$(dirname "$(command -v rclone || echo /none/rclone)")
rounds=${ROUNDS:-2}
servers=
export GNUPGHOME="$scratch/gpg"
mkdir -m 700 "$GNUPGHOME"
trap 'kill $servers 2>/dev/null; gpgconf --kill all 2>/dev/null; cd /; rm -rf "$scratch"' EXIT

chart() { # DIR NAME [VERSION]
  mkdir -p "$1/templates"
  printf 'apiVersion: v2\nname: %s\nversion: %s\ndescription: A "chart" <of> ours & more.\n' "$2" "${3:-1.0.0}" >"$1/Chart.yaml"
  echo 'port: 80' >"$1/values.yaml"
  # shellcheck disable=SC2016 # it is a template
  printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}}\n' >"$1/templates/map.yaml"
}
failed() { jq -r '.failure | "\(.code) \(.message)"' "$out"; }
chart web web; chart db db 0.1.0

# A directory.
exits 0 'charts are published to a directory' draft publish -o record -u repo web db
is 'with their archives and an index' "$(find repo -type f -printf "%f\n" | sort | tr '\n' ' ')" \
  'db-0.1.0.tgz index.yaml web-1.0.0.tgz '
is 'the record says where' "$(jq -r '"\(.chart.name) \(.publish.url) \(.publish.existing)"' "$out")" \
  "web $(pwd -P)/repo/web-1.0.0.tgz false
db $(pwd -P)/repo/db-0.1.0.tgz false"
ok 'and is as the schema has it' valid_records "$out"
is 'the archive of the record is there' \
  "sha256:$(sha256sum "$(jq -r 'select(.chart.name == "web").chart.path' "$out")" | cut -d ' ' -f 1)" \
  "$(jq -r 'select(.chart.name == "web").chart.digest' "$out")"
like 'progress is told' "$(cat "$err")" "--> Uploaded to '*/repo/web-1.0.0.tgz'*"
cp repo/index.yaml before
draft package -q -d helms web db >/dev/null
helm repo index helms
is "the index is helm's, but for the times" "$(grep -v 'created\|generated' repo/index.yaml)" \
  "$(grep -v 'created\|generated' helms/index.yaml)"
exits 0 'the same again is a success' draft publish -u repo web db
like 'and says so' "$(cat "$err")" "--> Already published '*/repo/web-1.0.0.tgz'*"
ok 'nothing is written for it' cmp before repo/index.yaml
echo 'more: 1' >>web/values.yaml
chart new new
run draft publish -u repo new web
is 'other bytes of a version are refused, and all that are published with it' "$status $(failed)" "1 75 not published, because '$(pwd -P)/web' is not: charts of one call are published together
73 cannot publish 'web-1.0.0.tgz': '$(pwd -P)/repo/index.yaml' has this version with other bytes"
ok 'nothing of it is there' cmp before repo/index.yaml
not_ok 'not even an archive' test -e repo/new-1.0.0.tgz
chart web web 1.1.0
ok 'lines are published' sh -c 'draft package -q -d dist web new | draft publish -q -u repo >lines'
is 'in their order, with what they had' \
  "$(jq -r '"\(.chart.name) \(.package.files) \(.publish.existing)"' lines)" 'web 3 false
new 3 false'
is 'the newest version is first' "$(grep -A 99 '^  web:' repo/index.yaml | grep ' version:' | tr -d '\n')" \
  '    version: 1.1.0    version: 1.0.0'
jq -c 'del(.publish) | .chart.digest |= sub("[0-9a-f]{4}$"; "0000")' lines >changed
run draft publish -u repo2 <changed
is 'an archive that is not the one of the line' "$status $(jq -r '.failure.code' "$out" | tr '\n' ' ')" '1 65 75 '
not_ok 'is not published' test -e repo2/index.yaml
is 'on a terminal the addresses' "$(draft publish -o table -q -u repo web)" "$(pwd -P)/repo/web-1.1.0.tgz"

# Where to.
mkdir project; chart project/charts/project project
printf '[publish]\nrelease = "releases"\nsnapshot = "snapshots"\n' >project/draft.toml
(cd project && draft publish -q . >/dev/null)
ok 'draft.toml names where releases go' test -e project/releases/project-1.0.0.tgz
is 'and draft config and the rest take it' "$(draft detect project 2>&1 >/dev/null | grep -c unknown)" 0
printf '[publish]\nreleases = "x"\n' >project/draft.toml
run draft publish project
like 'a wrong key is told, and that there is no place' "$status $(cat "$err")" \
  "*unknown key 'releases'; did you mean 'release'?*where to publish?*"
printf '[publish]\nrelease = "releases"\nsnapshot = "snapshots"\n' >project/draft.toml
for place in /tmp/x ../x a/../../x link/x file:///tmp/x; do
  printf '[publish]\nrelease = "%s"\n' "$place" >project/draft.toml
  ln -sfn / project/link
  run draft publish project
  like "a draft.toml does not name $place" "$status $(failed)" "1 78 publish.release *outside*"
done
rm project/link
printf '[publish]\nrelease = "releases"\nsnapshot = "snapshots"\n' >project/draft.toml
git() { command git -c user.name=x -c user.email=x@example.com -c init.defaultBranch=main "$@"; }
(cd project && git init -q && git add . && git commit -qm one && git tag v1.2.3 && git commit -qm two --allow-empty)
commit=$(git -C project rev-parse --short=7 HEAD)
(cd project && draft publish -q --snapshot charts/project >/dev/null)
ok 'a snapshot is named after its commit' test -e "project/snapshots/project-1.2.4-snapshot.1.g$commit.tgz"
echo 'x: 1' >>project/charts/project/values.yaml
run draft publish --snapshot -u snapshots project/charts/project
like 'what is not committed has no name' "$status $(failed)" \
  "1 65 cannot name a snapshot of '*it has changes that are not committed"
run draft publish --snapshot -u snapshots web
like 'nor has what is in no repository' "$status $(failed)" \
  "1 65 cannot name a snapshot of '*git: fatal: not a git repository*"

# Wrong ways.
run draft publish -u repo nowhere web
is 'a chart that is not there' "$status $(jq -r '.failure.code' "$out" | tr '\n' ' ')" '1 66 75 '
run draft publish web
like 'no destination' "$status $(failed)" '1 64 where to publish?'
for url in ftp://x/y s3:// 's3://a b/c' 'https://' 'https://user@x/y' oci://x:1/y:tag 'oci://x@y' \
  "s3://a$(printf '\001')"; do
  run draft publish -u "$url" web
  like "$url is no destination" "$status $(failed)" "1 64 cannot publish to '*"
done
exits 64 '--key without --sign' draft publish --key x -u repo web
head -c 100 dist/web-1.1.0.tgz >cut-1.0.0.tgz
run draft publish -u repo4 db cut-1.0.0.tgz
like 'a truncated archive' "$status $(jq -r '.failure.code' "$out" | tr '\n' ' ')" '1 75 65 '
not_ok 'publishes nothing' test -e repo4/index.yaml
mkdir bad; printf '<!DOCTYPE html>\n' >bad/index.yaml
run draft publish -u bad web
like 'an index that is none' "$status $(failed)" "1 65 '*bad/index.yaml' is not a repository index: it is HTML"
mkdir twice; chart twice/web web 1.1.0; echo 'a: 1' >>twice/web/values.yaml
run draft publish -u repo4 web twice/web
like 'one version twice' "$(failed)" "*65 cannot publish 'web-1.1.0.tgz': '*' and '*' are different charts"
if mkdir small && mount -t tmpfs -o size=64k none small 2>/dev/null; then
  draft publish -q -u small db >/dev/null
  head -c 65536 /dev/urandom >big; cp -r web large; mv big large/
  run draft publish -u small large
  is 'a disk that is full' "$status $(jq -r .failure.code "$out")" '1 73'
  is 'has what it had' "$(find small -type f -printf "%f\n" | sort | tr '\n' ' ')$(grep -c large small/index.yaml)" \
    'db-0.1.0.tgz index.yaml 0'
  umount small
else
  skip 'a disk that is full' 'cannot mount'
fi

# Signatures.
gpg --batch --quiet --passphrase '' --quick-generate-key 'Ann <ann@example.com>' rsa2048 sign never 2>/dev/null
gpg --batch --quiet --passphrase '' --quick-generate-key 'Bob <bob@example.com>' rsa2048 sign never 2>/dev/null
gpg --export ann@example.com >ann.gpg; gpg --export bob@example.com >bob.gpg
exits 0 'charts are signed' draft publish -o record --sign --key ann@example.com -u signed web
is 'the record says by whom' "$(jq -r .publish.signer "$out")" \
  "$(gpg --list-keys --with-colons ann@example.com | awk -F: '/^fpr/ { print $10; exit }')"
ok 'helm verifies it' helm verify --keyring ann.gpg signed/web-1.1.0.tgz
draft package -q --sign --key bob@example.com -d bobs db >/dev/null
run draft publish --keyring ann.gpg -u signed bobs/db-0.1.0.tgz
like 'an archive that was signed by a wrong key' "$status $(failed)" \
  "1 1 cannot verify '*bobs/db-0.1.0.tgz': the key of its signature is not in the keyring"
not_ok 'is not published' test -e signed/db-0.1.0.tgz
exits 0 'the signature beside an archive goes with it' draft publish --keyring bob.gpg -u signed bobs/db-0.1.0.tgz
ok 'byte for byte' cmp bobs/db-0.1.0.tgz.prov signed/db-0.1.0.tgz.prov
exits 0 'an archive can be signed' draft publish --sign --key ann@example.com -u signed2 dist/new-1.0.0.tgz
not_ok 'which writes nothing beside it' test -e dist/new-1.0.0.tgz.prov
ok 'helm verifies that too' helm verify --keyring ann.gpg signed2/new-1.0.0.tgz

# A server that obeys conditions, and what goes wrong with one.
store() { # NAME [OTHER-PORT]
  /usr/bin/python3 "$root/Tests/cli/store-server.py" "$scratch/$1.port" "$scratch/$1.log" ${2+"$2"} \
    >"$1.out" 2>&1 3>&- &
  servers="$servers $!"
  await test -s "$1.port"
  _port=$(cat "$1.port")
}
store far; far=$_port
store near "$far"; port=$_port
url=http://127.0.0.1:$port
index() { curl -sS "$url/$1/index.yaml"; }
there() {
  index "$1" | grep -c 'digest: ' | tr -d '\n'
  index "$1" | grep -c "$(sha256sum dist/new-1.0.0.tgz | cut -d ' ' -f 1)"
}
for kind in plain busy many cut half lost; do
  run draft publish -u "$url/$kind/charts/" dist/new-1.0.0.tgz
  is "$kind: published" "$status $(jq -r .publish.url "$out") $(there $kind/charts)" \
    "0 $url/$kind/charts/new-1.0.0.tgz 11"
  curl -sS "$url/$kind/charts/new-1.0.0.tgz" >got
  ok "$kind: whole" cmp got dist/new-1.0.0.tgz
done
run draft publish -u "$url/race/charts" dist/new-1.0.0.tgz
is 'an index that another publisher changes has both' "$status $(there race/charts)" '0 21'
run draft publish -u "$url/late/charts" dist/new-1.0.0.tgz
is 'so has one that another publisher writes behind it, where there are no conditions' "$status $(there late/charts)" \
  '0 21'
not_ok 'a server with conditions needs no fragments' grep -q 'race/charts/index.d/new' near.log
echo 'x: 1' >>new/values.yaml
run draft publish -u "$url/plain/charts" new
like 'a version that is there is not replaced' "$status $(failed)" \
  "1 73 cannot publish 'new-1.0.0.tgz': '*index.yaml' has this version with other bytes"
curl -sS -X PUT --data-binary @dist/web-1.1.0.tgz "$url/plain/orphan/new-1.0.0.tgz"
run draft publish -u "$url/plain/orphan" new
like 'nor is an archive that no index has' "$status $(failed)" \
  "1 73 cannot publish 'new-1.0.0.tgz': '*new-1.0.0.tgz' has this version with other bytes"
curl -sS -X PUT --data-binary @cut-1.0.0.tgz "$url/plain/orphan2/new-1.0.0.tgz"
exits 0 'unless it is only a part of one' draft publish -u "$url/plain/orphan2" new
for case in denied:77:403 full:73:507 down:75:503; do
  kind=${case%%:*} code=${case#*:}
  run draft publish -u "$url/$kind/charts" dist/new-1.0.0.tgz
  like "$kind: refused, in one sentence" "$status $(failed)" \
    "1 ${code%:*} cannot upload '$url/$kind/charts/index.yaml': ${code#*:} from 127.0.0.1:$port*"
done
run draft publish -u "$url/html/charts" dist/new-1.0.0.tgz
like 'a page instead of an index' "$status $(failed)" "1 65 '*index.yaml' is not a repository index: it is HTML"
is 'nothing is uploaded there' "$(grep -c 'PUT /html' near.log)" 0
run draft publish -u http://127.0.0.1:1/x dist/new-1.0.0.tgz
like 'a server that is not there' "$status $(failed)" '1 69 cannot fetch *no answer from 127.0.0.1:1*'
printf 'repositories:\n- {name: mine, url: "%s", username: me, password: secret}\n' "$url" >repositories.yaml
: >far.log
HELM_REPOSITORY_CONFIG=repositories.yaml draft publish -q -u "$url/away/charts" dist/new-1.0.0.tgz >/dev/null 2>&1
is 'a login goes to its server' "$(grep -c 'PUT /away/charts/new-1.0.0.tgz 307 Basic' near.log)" 1
is 'and not to where it redirects' \
  "$(grep -c 'PUT /plain/away/charts/new-1.0.0.tgz 201 -' far.log) $(grep -c Basic far.log)" '1 0'
run draft publish -u "$url/plain/token?sig=s3cret" dist/new-1.0.0.tgz
is 'a query goes with every request, and is not shown' \
  "$(grep -c 'PUT /plain/token/new-1.0.0.tgz?sig=s3cret 201' near.log) $(cat "$out" "$err" | grep -c s3cret)" '1 0'

# S3.
unset AWS_PROFILE AWS_REGION AWS_DEFAULT_REGION AWS_SESSION_TOKEN
export AWS_ACCESS_KEY_ID=AKID AWS_SECRET_ACCESS_KEY=s/e+c=ret AWS_EC2_METADATA_DISABLED=true
AWS_ENDPOINT_URL=$url/skew
export AWS_ENDPOINT_URL
run draft publish -u s3://bucket/x db
like 'a clock that is off' "$status $(failed)" \
  "1 78 cannot fetch 's3://bucket/x/index.yaml': the clock of this machine is 2 h ahead of that of 127.0.0.1:$port"
run env "AWS_ENDPOINT_URL=$url/region" draft publish -u s3://bucket/x db
like 'a bucket elsewhere' "$status $(failed)" \
  "1 78 cannot fetch 's3://bucket/x/index.yaml': bucket 'bucket' is in region eu-west-1"
like 'what to try' "$(jq -r .failure.hint "$out")" 'try AWS_REGION=eu-west-1'
run env "AWS_ENDPOINT_URL=$url/away" draft publish -u s3://bucket/x db
like 'a signed request follows no redirect' "$status $(failed)" \
  "1 76 cannot upload 's3://bucket/x/*it redirects to localhost:$far*"
is 'and is not seen there' "$(grep -c AWS4 far.log)" 0
run env "AWS_ENDPOINT_URL=$url/plain" draft publish -u s3://bucket/x db
is 'a server that obeys conditions' \
  "$status $(grep -c 'PUT /plain/bucket/x/index.yaml 201 AWS4-HMAC-SHA256' near.log) $(grep -c 'PUT /plain/bucket/x/index.d/db' near.log)" \
  '0 1 0'
if [ -x "$tools/rclone" ]; then
  mkdir -p s3/bucket
  port3=$(free_port)
  "$tools/rclone" serve s3 --auth-key "AKID,$AWS_SECRET_ACCESS_KEY" --addr "127.0.0.1:$port3" -q s3 \
    >rclone.log 2>&1 3>&- &
  servers="$servers $!"
  await curl -sS "http://127.0.0.1:$port3/"
  port8=$(free_port)
  "$tools/rclone" serve s3 --auth-key "AKID,$AWS_SECRET_ACCESS_KEY" --addr "127.0.0.1:$port8" \
    --force-path-style=false -q s3 >rclone2.log 2>&1 3>&- &
  servers="$servers $!"
  await curl -sS "http://127.0.0.1:$port8/"
  export AWS_ENDPOINT_URL="http://127.0.0.1:$port3"
  count3=0
  # shellcheck disable=SC2016 # it is a name
  for prefix in plain 'with space' 'plus+plus' 'a%20b%2Bc' 'ünï/日本' "q'uo(te)s*!" 'a:b=c&d,e;f@g$h' '~tilde_-.x' ''; do
    run draft publish -q -u "s3://bucket/$prefix" db web
    if [ "$status" = 0 ] && [ -e "s3/bucket/$prefix/index.yaml" ] &&
      [ "$(grep -c digest "s3/bucket/$prefix/index.yaml")" = 2 ]; then
      count3=$((count3 + 1))
    else
      note "'$prefix'"
      said
    fi
  done
  is 'names of all kinds are signed as the server checks them' $count3 9
  is 'a store without conditions has a fragment for each call' \
    "$(find s3/bucket/plain/index.d -type f | sed 's/\.[0-9a-f]*\.yaml$//; s/.*\///' | sort | tr '\n' ' ')" \
    'conditions db-0.1.0 '
  curl -sS --aws-sigv4 aws:amz:us-east-1:s3 -u "AKID:$AWS_SECRET_ACCESS_KEY" -X DELETE \
    "$AWS_ENDPOINT_URL/bucket/plain/index.yaml" \
    -H "x-amz-content-sha256: $(sha256sum </dev/null | cut -d ' ' -f 1)"
  draft publish -q -u s3://bucket/plain dist/new-1.0.0.tgz >/dev/null
  is 'which makes the index again' "$(grep -c digest s3/bucket/plain/index.yaml)" 3
  curl -sS -o got --aws-sigv4 aws:amz:us-east-1:s3 -u "AKID:$AWS_SECRET_ACCESS_KEY" -X PUT \
    --data-binary @helms/index.yaml "$AWS_ENDPOINT_URL/bucket/before/index.yaml" -H 'Content-Type: text/yaml' \
    -H "x-amz-content-sha256: $(sha256sum <helms/index.yaml | cut -d ' ' -f 1)"
  draft publish -q -u s3://bucket/before dist/new-1.0.0.tgz >/dev/null
  is 'what was in an index before is in a fragment too' \
    "$(cat s3/bucket/before/index.d/*.yaml | grep -c digest) $(grep -c digest s3/bucket/before/index.yaml)" '3 3'
  exits 0 'again' draft publish -u s3://bucket/plain db
  like 'nothing to do' "$(cat "$err")" "--> Already published 's3://bucket/plain/db-0.1.0.tgz'"
  run env AWS_SECRET_ACCESS_KEY=wrong draft publish -u s3://bucket/plain db
  like 'a wrong key' "$status $(failed)" \
    "1 77 cannot fetch 's3://bucket/plain/index.yaml': 403 from 127.0.0.1:$port3: SignatureDoesNotMatch*"
  run draft publish -u s3://none/x db
  like 'no bucket' "$status $(failed)" "1 69 there is no bucket 'none'"
  (
    unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_ENDPOINT_URL
    mkdir -p "$HOME/.aws"
    printf '[ci]\naws_access_key_id = AKID\naws_secret_access_key = s/e+c=ret\n' >"$HOME/.aws/credentials"
    printf '[profile ci]\nendpoint_url = http://localhost:%s\nregion = eu-west-1\ns3 =\n  addressing_style = virtual\n' "$port8" >"$HOME/.aws/config"
    AWS_PROFILE=ci draft publish --debug -u s3://bucket/virtual db >virtual.out 2>virtual.err
    AWS_PROFILE=none draft publish -u s3://bucket/virtual db >none.out 2>none.err
    draft publish -u s3://bucket/virtual db >nokey.out 2>nokey.err
  )
  ok 'a profile, and a bucket in the host' test -e s3/bucket/virtual/index.yaml
  like 'as it says' "$(cat virtual.err)" "*PUT http://bucket.localhost:$port8/virtual/db-0.1.0.tgz: 200*"
  like 'a profile that is not there' "$(cat none.err)" \
    "*no credentials for 's3://bucket/virtual': there is no profile 'none'*"
  like 'no key' "$(cat nokey.err)" "*no credentials for 's3://bucket/virtual': there is no access key*"
else
  skip 'S3' 'there is no rclone'
fi

# Google.
if [ -x "$tools/gcp-storage-emulator" ]; then
  port4=$(free_port)
  "$tools/gcp-storage-emulator" start --host 127.0.0.1 --port "$port4" --in-memory --default-bucket charts \
    >google.log 2>&1 3>&- &
  servers="$servers $!"
  await curl -sSf "http://127.0.0.1:$port4/storage/v1/b/charts"
  export STORAGE_EMULATOR_HOST="127.0.0.1:$port4"
  exits 0 'charts are published to Google' draft publish -u 'gs://charts/a b+c/ü' web db
  curl -sS "http://127.0.0.1:$port4/storage/v1/b/charts/o/a%20b%2Bc%2F%C3%BC%2Findex.yaml?alt=media" >got
  is 'with an index of both' "$(grep -c digest got)" 2
  curl -sS "http://127.0.0.1:$port4/storage/v1/b/charts/o/a%20b%2Bc%2F%C3%BC%2Fdb-0.1.0.tgz?alt=media" >got
  ok 'and whole archives' cmp got repo/db-0.1.0.tgz
  run draft publish -u gs://none/x db
  like 'no bucket' "$status $(failed)" "1 69 there is no bucket 'none'"
  unset STORAGE_EMULATOR_HOST
  mkdir fake
  printf '#!/bin/sh\necho "ERROR: no account" >&2\nexit 1\n' >fake/gcloud; chmod +x fake/gcloud
  run env PATH="$scratch/fake:$PATH" draft publish -u gs://charts/x db
  like 'no token' "$status $(failed)" "1 77 no credentials for 'gs://charts': gcloud: ERROR: no account"
  export STORAGE_EMULATOR_HOST="127.0.0.1:$port4"
else
  skip 'Google' 'there is no gcp-storage-emulator'
fi

# A web server of Debian's.
if command -v nginx >/dev/null && [ -e /usr/lib/nginx/modules/ngx_http_dav_ext_module.so ]; then
  port5=$(free_port) port6=$(free_port)
  mkdir -p www tmp
  chmod 755 "$scratch"; chmod 777 www tmp
  cat >nginx.conf <<END
load_module /usr/lib/nginx/modules/ngx_http_dav_ext_module.so;
daemon off; pid $scratch/nginx.pid; error_log $scratch/nginx.log; user root;
events {}
http {
  access_log off; client_body_temp_path $scratch/tmp; client_max_body_size 1m;
  server {
    listen 127.0.0.1:$port5; root $scratch/www;
    dav_methods PUT MKCOL; dav_ext_methods PROPFIND; create_full_put_path on;
  }
  server { listen 127.0.0.1:$port6; root $scratch/www; dav_methods PUT; create_full_put_path on; }
}
END
  nginx -e "$scratch/nginx.log" -c "$scratch/nginx.conf" >nginx.out 2>&1 3>&- &
  servers="$servers $!"
  await curl -sS "http://127.0.0.1:$port5/"
  exits 0 'nginx with WebDAV takes charts' draft publish -u "http://127.0.0.1:$port5/charts" web
  ok 'with fragments, for it obeys no conditions' test -e www/charts/index.d/conditions
  run draft publish -u "http://127.0.0.1:$port6/plain" db
  like 'one without PROPFIND as well, with a warning' "$status $(cat "$err")" \
    "0 *warning: '*' neither obeys conditions nor lists files*"
  exits 0 'draft fetches them' draft fetch -d fetched "helm:127.0.0.1:$port5/charts/web"
  ok 'helm too' helm pull web --repo "http://127.0.0.1:$port5/charts" -d .
  ok 'the same' cmp fetched/web-1.1.0.tgz web-1.1.0.tgz
else
  skip 'a web server' 'there is no nginx with WebDAV'
fi

# A registry.
port7=$(free_port)
registry images "127.0.0.1:$port7"
servers="$servers $daemon"
touch -d 2024-05-05T01:02:03Z dist/web-1.1.0.tgz bobs/db-0.1.0.tgz
manifest() {
  curl -sS -H 'Accept: application/vnd.oci.image.manifest.v1+json' "http://127.0.0.1:$port7/v2/$1/manifests/$2"
}
mkdir -p rich/templates
printf 'apiVersion: v2\nname: rich\nversion: 1.0.0+b1\nhome: https://example.com\nsources: [https://a.example, https://b.example]\nmaintainers: [{name: Ann, email: ann@example.com}, {name: Bob}]\nappVersion: "7"\nkeywords: [k]\nannotations: {a.b/c: "<&>", org.opencontainers.image.title: no}\n' >rich/Chart.yaml
draft package -q -d dist rich >/dev/null; touch -d 2024-05-05T01:02:03Z dist/rich-1.0.0+b1.tgz
for file in dist/web-1.1.0.tgz dist/rich-1.0.0+b1.tgz bobs/db-0.1.0.tgz; do
  name=${file#*/}; version=${name#*-}; name=${name%%-*} version=$(echo "${version%.tgz}" | tr + _)
  helm push --plain-http "$file" "oci://127.0.0.1:$port7/helm" >/dev/null 2>&1
  run draft publish -o record -u "oci://127.0.0.1:$port7/ours" "$file"
  is "$name: the manifest is that of helm push" "$status $(manifest "ours/$name" "$version")" \
    "0 $(manifest "helm/$name" "$version")"
done
is 'the record has its digest' "$(jq -r .publish.manifest "$out")" \
  "sha256:$(manifest helm/db 0.1.0 | sha256sum | cut -d ' ' -f 1)"
TZ=Asia/Kolkata helm push --plain-http dist/web-1.1.0.tgz "oci://127.0.0.1:$port7/helm/east" >/dev/null 2>&1
run env TZ=Asia/Kolkata draft publish -u "oci://127.0.0.1:$port7/ours/east" dist/web-1.1.0.tgz
is 'in another time zone too' "$status $(manifest ours/east/web 1.1.0)" "0 $(manifest helm/east/web 1.1.0)"
exits 0 'again' draft publish -u "oci://127.0.0.1:$port7/ours" dist/web-1.1.0.tgz
like 'is published already' "$(cat "$err")" "*Already published 'oci://127.0.0.1:$port7/ours/web:1.1.0'"
run draft publish -u "oci://127.0.0.1:$port7/ours" twice/web
like 'a tag is not moved' "$status $(failed)" \
  "1 73 cannot publish 'web-1.1.0.tgz': 'oci://127.0.0.1:$port7/ours/web:1.1.0' has this version with other bytes"
exits 0 'draft fetches from there' draft fetch -d fetched3 "oci://127.0.0.1:$port7/ours/rich:1.0.0+b1"
ok 'helm too' helm pull --plain-http "oci://127.0.0.1:$port7/ours/db" --version 0.1.0 --verify --keyring bob.gpg -d .

# Eight at once.
mkdir eight
for n in 1 2 3 4 5 6 7 8; do chart "src$n" "chart$n"; draft package -q -d eight "src$n" >/dev/null; done
meet() { # URL INDEX-COMMAND
  _lost=0 _round=0
  while [ $_round -lt "$rounds" ]; do
    _round=$((_round + 1)) _pids=
    for n in 1 2 3 4 5 6 7 8; do
      draft publish -q -u "$1/$_round" "eight/chart$n-1.0.0.tgz" >"eight/$n.out" 2>"eight/$n.err" 3>&- &
      _pids="$_pids $!"
    done
    for _pid in $_pids; do wait "$_pid" || _lost=$((_lost + 1)); done
    sed 's/^/# /' eight/*.err >&2
    [ "$($2 "$_round" | grep -c '^  chart')" = 8 ] || _lost=$((_lost + 1))
  done
  echo $_lost
}
from_directory() { cat "together/$1/index.yaml"; }
is "eight publishers at once, $rounds times: a directory has all" "$(meet together from_directory)" 0
from_server() { index "plain/together/$1"; }
is 'a server with conditions' "$(meet "$url/plain/together" from_server)" 0
if [ -x "$tools/rclone" ]; then
  from_s3() { cat "s3/bucket/together/$1/index.yaml"; }
  is 'S3 without' "$(meet s3://bucket/together from_s3)" 0
fi
if [ -x "$tools/gcp-storage-emulator" ]; then
  from_google() { curl -sS "http://127.0.0.1:$port4/storage/v1/b/charts/o/together%2F$1%2Findex.yaml?alt=media"; }
  is 'Google without' "$(meet gs://charts/together from_google)" 0
fi
finish
