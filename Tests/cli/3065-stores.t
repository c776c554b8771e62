#!/bin/sh
# draft repo push and copy, and repositories in buckets. What readers see of a store that does not obey conditions,
# where a publisher was killed after it had written over what another wrote.
. "$(dirname "$0")/lib.sh"
tools=${DRAFT_TEST_CACHE:-/root/.cache/draft-test}/tools/bin
[ -x "$tools/rclone" ] || tools=$(dirname "$(command -v rclone || echo /none/rclone)")
servers=
export GNUPGHOME="$scratch/gpg"
mkdir -m 700 "$GNUPGHOME"
trap 'kill $servers 2>/dev/null; gpgconf --kill all 2>/dev/null; cd /; rm -rf "$scratch"' EXIT
unset AWS_PROFILE AWS_REGION AWS_DEFAULT_REGION AWS_SESSION_TOKEN AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY

for name in web db new; do
  mkdir -p $name/templates
  printf 'apiVersion: v2\nname: %s\nversion: 1.0.0\ndescription: The %s of a team\n' $name $name >$name/Chart.yaml
  draft package -q -d dist $name >/dev/null
done
gpg --batch --quiet --passphrase '' --quick-generate-key 'Ann <ann@example.com>' rsa2048 sign never 2>/dev/null
gpg --batch --quiet --passphrase '' --quick-generate-key 'Bob <bob@example.com>' rsa2048 sign never 2>/dev/null
gpg --export ann@example.com >ann.gpg; gpg --export bob@example.com >bob.gpg
draft package -q --sign --key ann@example.com -d signed web >/dev/null
failed() { jq -r '.failure | "\(.code) \(.message)"' "$out"; }

# A web server that lists files and does not obey conditions.
/usr/bin/python3 "$root/Tests/cli/store-server.py" "$scratch/near.port" "$scratch/near.log" >near.out 2>&1 3>&- &
servers="$servers $!"
await test -s near.port
url=http://127.0.0.1:$(cat near.port)
draft publish -q -u "$url/late/charts" web db >/dev/null
curl -sS "$url/late/charts/index.yaml" >without
draft publish -q -u "$url/late/charts" new >/dev/null
curl -sS -X PUT --data-binary @without "$url/late/charts/index.yaml"
is 'an index without the last chart' "$(curl -sS "$url/late/charts/index.yaml" | grep -c '^  new:')" 0
exits 0 'repo add' draft repo add -q late "$url/late/charts"
is '… reads what is not in the index yet' "$(draft search -o record new | jq -r .fetch.reference)" 'late/new#1.0.0'
exits 0 'fetch by its name' draft fetch -q -d by-name late/new
ok '…' cmp by-name/new-1.0.0.tgz dist/new-1.0.0.tgz
exits 0 'fetch by its address' draft fetch -q -d by-url "helm:${url#http://}/late/charts/new"
ok '…' cmp by-url/new-1.0.0.tgz dist/new-1.0.0.tgz
ok 'helm reads the index as well' helm repo update late
is '… without what is missing' "$(helm search repo late/new -o json | jq length)" 0
exits 0 'repo update' draft repo update -q late
is '… has it again' "$(helm search repo late/new -o json | jq -r '.[0].version')" 1.0.0
draft publish -q -u "$url/plain/charts" web >/dev/null
draft repo add -q plain "$url/plain/charts" >/dev/null
is 'where conditions hold nothing is listed' "$(grep -c 'PROPFIND /plain' near.log)" 0

# push
exits 0 'push to a repository by its name' draft repo push -o record "$scratch/dist/db-1.0.0.tgz" plain
is '… says where it is' "$(jq -r '"\(.chart.name) \(.publish.url)"' "$out")" "db $url/plain/charts/db-1.0.0.tgz"
ok '… as records' valid_records "$out"
run draft repo push -o table dist/db-1.0.0.tgz plain
is 'again' "$status $(cat "$out") $(cat "$err")" \
  "0 $url/plain/charts/db-1.0.0.tgz --> Nothing to push: '$url/plain/charts/db-1.0.0.tgz' is there"
head -c 100 dist/new-1.0.0.tgz >cut-1.0.0.tgz
run draft repo push dist/new-1.0.0.tgz cut-1.0.0.tgz plain
like 'one that is no chart' "$status $(cat "$err")" "65 draft-repo: *cut-1.0.0.tgz*"
is '… and none is there' "$(curl -sS "$url/plain/charts/index.yaml" | grep -c '^  new:')" 0
exits 78 'a repository that helm does not know' draft repo push dist/new-1.0.0.tgz plian
like '… has a near one' "$(cat "$err")" "draft-repo: helm has no repository 'plian'*did you mean 'plain'?"
exits 64 'push of nothing' draft repo push plain
exits 64 'an option of another word' draft repo push --url x dist/new-1.0.0.tgz plain

# copy to a store with an index
draft repo update -q plain
exits 0 'copy to a store' draft repo copy -o record plain/db "$url/plain/mirror"
ok '… as records' valid_records "$out"
is '… which is where it is now' "$(jq -r '"\(.fetch.exact) \(.publish.url)"' "$out")" \
  "plain/db#1.0.0 $url/plain/mirror/db-1.0.0.tgz"
ok '… and the archive of the record' cmp "$(jq -r .chart.path "$out")" dist/db-1.0.0.tgz
run draft repo copy plain/db plain/none "$url/plain/mirror"
is 'again, with one that there is not' \
  "$status $(grep -c "Nothing to copy: '$url/plain/mirror/db-1.0.0.tgz' is there" "$err")" '1 1'

# copy to a registry
port=$(free_port)
registry images "127.0.0.1:$port"
servers="$servers $daemon"
oci=oci://127.0.0.1:$port/copies
run draft repo copy --keyring bob.gpg signed/web-1.0.0.tgz "$oci"
like 'one that was signed by a wrong key' "$status $(cat "$err")" "1 *the key of its signature is not in the keyring*"
none() { curl -sS "http://127.0.0.1:$port/v2/$1/tags/list" | jq -r '.errors[0].code'; }
is '… is not copied' "$(none copies/web)" NAME_UNKNOWN
exits 0 'copy to a registry' draft repo copy --keyring ann.gpg -o record signed/web-1.0.0.tgz "$oci"
like '… says where, and by whom it is signed' "$(jq -r '"\(.publish.url) \(.fetch.signer)"' "$out")" \
  "$oci/web:1.0.0 ????*"
mkdir pulled
ok 'helm verifies the copy' helm pull --plain-http --verify --keyring ann.gpg "$oci/web" --version 1.0.0 -d pulled
ok '… the archive byte for byte' cmp pulled/web-1.0.0.tgz signed/web-1.0.0.tgz
ok '… and the signature' cmp pulled/web-1.0.0.tgz.prov signed/web-1.0.0.tgz.prov
exits 0 'copy from there to another place' draft repo copy -q --keyring ann.gpg "$oci/web:1.0.0" "$oci/again"
one() {
  curl -sS -H 'Accept: application/vnd.oci.image.manifest.v1+json' "http://127.0.0.1:$port/v2/$1/manifests/1.0.0"
}
is '… has the same manifest' "$(one copies/again/web)" "$(one copies/web)"
cp -r web other; echo 'a: 1' >other/values.yaml
draft package -q -d other-dist other >/dev/null
run draft repo copy other-dist/web-1.0.0.tgz "$oci"
like 'a version is not replaced' "$status $(cat "$err")" \
  "1 *cannot publish 'web-1.0.0.tgz': '$oci/web:1.0.0' has this version with other bytes*"
run draft publish -u "$oci" new other-dist/web-1.0.0.tgz
is 'nor is what would be published with it' \
  "$(jq -r .failure.code "$out" | tr '\n' ' ')$(none copies/new)" '75 73 NAME_UNKNOWN'

# A private bucket, whose server checks signatures and does not obey conditions.
if [ -x "$tools/rclone" ]; then
  mkdir -p s3/bucket
  port3=$(free_port)
  "$tools/rclone" serve s3 --auth-key 'AKID,s/e+c=ret' --addr "127.0.0.1:$port3" -q s3 >rclone.log 2>&1 3>&- &
  servers="$servers $!"
  await curl -sS "http://127.0.0.1:$port3/"
  export AWS_ENDPOINT_URL="http://127.0.0.1:$port3"
  place="s3://bucket/a b+c/ü"
  printf 's/e+c=ret' | draft credential add -q minio -u AKID >/dev/null
  exits 69 'a bucket without an index' draft repo add -c minio mine "$place"
  like '… says so' "$(cat "$err")" "draft-repo: cannot fetch '$place/index.yaml': 404 from *"
  AWS_ACCESS_KEY_ID=AKID AWS_SECRET_ACCESS_KEY=s/e+c=ret draft publish -q -u "$place" \
    signed/web-1.0.0.tgz db >/dev/null
  exits 77 'no key' draft repo add mine "$place"
  like '… says so' "$(cat "$err")" "draft-repo: no credentials for '$place': there is no access key*"
  exits 0 'a repository in a bucket' draft repo add -q -c minio mine "$place"
  ok 'helm can do without it' helm pull web --repo "$url/plain/charts" -d "$scratch/other"
  is 'both are listed' "$(draft repo list -o record | jq -r .repository.name | tr '\n' ' ')" 'late plain mine '
  exits 73 'a name that is taken there' draft repo add mine "$url/plain/charts"
  is 'search' "$(draft search -o table mine/web)" 'mine/web - The web of a team'
  exits 0 'fetch verifies' draft fetch -q --verify --keyring ann.gpg -d from-bucket mine/web
  ok '… and has it byte for byte' cmp from-bucket/web-1.0.0.tgz signed/web-1.0.0.tgz
  cp "s3/bucket/a b+c/ü/index.yaml" without3
  exits 0 'push needs no other key' draft repo push -q dist/new-1.0.0.tgz mine
  cp without3 "s3/bucket/a b+c/ü/index.yaml"
  exits 0 'update' draft repo update -q mine
  is '… reads what is not in the index yet' "$(draft search -o record mine/new | jq -r .fetch.reference)" \
    'mine/new#1.0.0'
  ok '… and it can be fetched' draft fetch -q -d from-bucket mine/new
  curl -sS --aws-sigv4 aws:amz:us-east-1:s3 -u "AKID:s/e+c=ret" -X DELETE \
    "$AWS_ENDPOINT_URL/bucket/a%20b%2Bc/%C3%BC/new-1.0.0.tgz" \
    -H "x-amz-content-sha256: $(sha256sum </dev/null | cut -d ' ' -f 1)"
  rm -r "$DRAFT_HOME/cache"
  run draft fetch -d from-bucket2 mine/new
  like 'an archive that is gone' "$status $(failed)" "1 69 cannot fetch '$place/new-1.0.0.tgz': 404 from *"
  printf wrong | draft credential add -q bad -u AKID >/dev/null
  exits 77 'a wrong key' draft repo add --force-update -c bad mine "$place"
  like '… says so' "$(cat "$err")" \
    "draft-repo: cannot fetch '$place/index.yaml': 403 from 127.0.0.1:$port3: SignatureDoesNotMatch*"
  not_ok 'no secret is told' grep -q 's/e+c=ret' "$err"
  exits 0 'copy from one store to the other' draft repo copy -q --keyring ann.gpg mine/web "$url/plain/signed"
  curl -sS "$url/plain/signed/web-1.0.0.tgz.prov" >got
  ok '… with the signature' cmp got signed/web-1.0.0.tgz.prov
  exits 0 'rm' draft repo rm -q mine plain
  is '… of both lists' "$(draft repo list -o record | jq -r .repository.name)" late
  exits 64 'a credential for Google' draft repo add -c minio g gs://charts
else
  skip 'a repository in a bucket' 'there is no rclone'
fi
if [ -x "$tools/gcp-storage-emulator" ]; then
  port4=$(free_port)
  "$tools/gcp-storage-emulator" start --host 127.0.0.1 --port "$port4" --in-memory --default-bucket charts \
    >google.log 2>&1 3>&- &
  servers="$servers $!"
  await curl -sSf "http://127.0.0.1:$port4/storage/v1/b/charts"
  export STORAGE_EMULATOR_HOST="127.0.0.1:$port4"
  draft publish -q -u gs://charts/x dist/web-1.0.0.tgz >/dev/null
  exits 0 'a repository at Google' draft repo add -q google gs://charts/x
  exits 0 'fetch' draft fetch -q -d from-google google/web
  ok '…' cmp from-google/web-1.0.0.tgz dist/web-1.0.0.tgz
else
  skip 'a repository at Google' 'there is no gcp-storage-emulator'
fi
finish
