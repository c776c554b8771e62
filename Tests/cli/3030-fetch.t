#!/bin/sh
# draft fetch: charts from repositories, registries, URLs and files; checks, cache, errors.
. "$(dirname "$0")/lib.sh"
helm=$(command -v helm) || helm=

export GNUPGHOME="$scratch/gpg"
mkdir -m 700 "$GNUPGHOME"
mkdir serve other
servers=
trap 'kill $servers 2>/dev/null; gpgconf --kill all 2>/dev/null; cd /; rm -rf "$scratch"' EXIT
server() { # NAME [OTHER-PORT]
  (
    cd serve && exec /usr/bin/python3 \
      "$root/Tests/cli/repository-server.py" "$scratch/$1.port" "$scratch/$1.log" ${2+"$2"}
  ) >"$1.out" 2>&1 3>&- &
  servers="$servers $!"
  await test -s "$1.port"
  _port=$(cat "$1.port")
}
server far; far=$_port
server near "$far"; port=$_port
url=http://127.0.0.1:$port

chart() { # NAME VERSION
  mkdir -p "src/$1/templates"
  printf 'apiVersion: v2\nname: %s\nversion: %s\n' "$1" "$2" >"src/$1/Chart.yaml"
  echo 'port: 80' >"src/$1/values.yaml"
  # shellcheck disable=SC2016 # it is a template
  printf 'kind: ConfigMap\napiVersion: v1\nmetadata: {name: {{ .Release.Name }}}\n' >"src/$1/templates/map.yaml"
  draft package -q -d serve/charts "src/$1" >/dev/null
}
not() { if "$@"; then false; fi; }
sum() { sha256sum "$1" | cut -d ' ' -f 1; }
entry() { # NAME VERSION [URL [DIGEST]]
  printf '  - {name: %s, version: %s, urls: ["%s"], digest: %s}\n' \
    "$1" "$2" "${3:-charts/$1-$2.tgz}" "${4:-$(sum "serve/charts/$1-$2.tgz")}"
}
for version in 1.0.0 1.2.0 1.10.0 2.0.0-rc.1; do chart web $version; done
chart db 0.1.0
mkdir serve/charts/away serve/charts/closed
index() {
  printf 'apiVersion: v1\nentries:\n'
  echo '  db:'; entry db 0.1.0
  echo '  web:'; entry web 1.2.0; entry web 1.10.0; entry web 1.0.0; entry web 2.0.0-rc.1
  echo '  wrong:'; entry wrong 1.0.0 charts/web-1.0.0.tgz "$(printf '%064d' 7)"
  echo '  other:'; entry other 1.0.0 charts/web-1.0.0.tgz "$(sum serve/charts/web-1.0.0.tgz)"
  echo '  older:'; printf '  - {name: older, version: 1.0.0, urls: []}\n'
  echo '  moved:'; entry moved 1.0.0 "http://localhost:$far/charts/web-1.0.0.tgz" '""'
}
index >serve/index.yaml
asked() { grep -c " 200 " near.log || true; }

# By URL.
exits 0 'fetches an archive from a URL' draft fetch -o record "$url/charts/web-1.2.0.tgz"
is '… the record has the archive' "$(jq -r '.chart | "\(.path) \(.digest) \(.name) \(.version)"' "$out")" \
  "$(pwd -P)/web-1.2.0.tgz sha256:$(sum web-1.2.0.tgz) web 1.2.0"
is '… and its origin' "$(jq -r '.fetch | "\(.reference) \(.exact) \(.url) \(.cached) \(.kept)"' "$out")" \
  "$url/charts/web-1.2.0.tgz $url/charts/web-1.2.0.tgz $url/charts/web-1.2.0.tgz false false"
ok '… and is valid' valid_records "$out"
ok '… the archive has the same bytes' cmp web-1.2.0.tgz serve/charts/web-1.2.0.tgz
is '… and mode 644' "$(stat -c %a web-1.2.0.tgz)" 644
run draft fetch -o table "$url/charts/web-1.2.0.tgz"
is 'on a terminal it prints the path' "$(cat "$out")" "$(pwd -P)/web-1.2.0.tgz"
like 'a second run writes nothing' "$(cat "$err")" '*Nothing to write*'

# helm:HOST/PATH, without helm repo add.
exits 0 'helm:HOST/PATH fetches the highest release' draft fetch -o record -d helms "helm:127.0.0.1:$port/web"
is '… not a pre-release' "$(jq -r .chart.version "$out")" 1.10.0
exact=$(jq -r .fetch.exact "$out")
is '… and the exact reference has the version' "$exact" "helm:127.0.0.1:$port/web#1.10.0"
before=$(asked)
exits 0 '… which can be fetched' draft fetch -o record -d pasted "$exact"
is '… from the cache, because the digest is known' "$(jq -r .fetch.cached "$out")" true
is 'an unchanged index is not downloaded again' "$(asked)" "$before"
grep -q '/index.yaml 304' near.log
report $? 'which the server was asked for'
echo junk >"$DRAFT_HOME/cache/fetched/$(sum helms/web-1.10.0.tgz).tgz"
exits 0 'a damaged file of the cache' draft fetch -o record -d mended "$exact"
is '… is not used' "$(jq -r .fetch.cached "$out") $(sum mended/web-1.10.0.tgz)" \
  "false $(sum serve/charts/web-1.10.0.tgz)"
for pair in '^1=1.10.0' '~1.2=1.2.0' '1.0.0=1.0.0' '>1.0.0 <1.10=1.2.0' '2.0.0-rc.1=2.0.0-rc.1' '>0-0=2.0.0-rc.1'; do
  is "version ${pair%=*}" "$(draft fetch -q -d c "helm:127.0.0.1:$port/web#${pair%=*}" | jq -r .chart.version)" \
    "${pair##*=}"
done
run draft fetch "helm:127.0.0.1:$port/web#^3"
like 'a constraint that nothing matches' "$status $(jq -r .failure.code "$out") $(cat "$err")" \
  "1 69 *no version of 'web' in '$url/index.yaml' matches '^3': the newest is 2.0.0-rc.1"
run draft fetch "helm:127.0.0.1:$port/nothing"
like 'a chart that is not in the index' "$status $(jq -r .failure.code "$out") $(cat "$err")" \
  "1 69 *there is no chart 'nothing' in '$url/index.yaml'"
run draft fetch -d several "helm:127.0.0.1:$port/nothing" "helm:127.0.0.1:$port/db" "$url/charts/web-1.0.0.tgz"
is 'one failure does not stop the others' "$status $(jq -r '.chart.name // "failed"' "$out" | tr '\n' ' ')" \
  '1 failed db web '
is 'records are read from standard input' "$(jq -c '{app, fetch: {reference: .fetch.reference}} | del(.app)' "$out" |
    sed 1d | draft fetch -q -d lines | jq -r .chart.name | tr '\n' ' ')" 'db web '
mv serve/index.yaml index.kept; sed '/web/d' index.kept >serve/index.yaml; touch -d '+1 hour' serve/index.yaml
run draft fetch "helm:127.0.0.1:$port/web"
like 'a changed index is downloaded again' "$status $(cat "$err")" "1 *there is no chart 'web'*"
mv index.kept serve/index.yaml; touch -d '+2 hours' serve/index.yaml

# A large index does not need memory: 30 MB of other charts.
mkdir serve/large
awk 'BEGIN { print "entries:"; for (chart = 0; chart < 400; chart++) { printf "  c%d:\n", chart
  for (i = 0; i < 800; i++) printf "  - {name: c%d, version: 1.0.%d, description: A chart like any other, with a text., urls: [x-%d.tgz]}\n", chart, i, i } }' >serve/large/index.yaml
printf '  db: [{name: db, version: 0.1.0, urls: ["../charts/db-0.1.0.tgz"]}]\n' >>serve/large/index.yaml
peak() { /usr/bin/python3 -c 'import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)' "$@"; }
small=$(peak draft fetch -q -d large "helm:127.0.0.1:$port/db")
large=$(peak draft fetch -q -d large "helm:127.0.0.1:$port/large/db")
note "index of 1 KB: $small KB, of 30 MB: $large KB"
ok 'a large index does not need memory' test "$large" -lt $((small + 8000))

# REPO/NAME, from helm's files.
mkdir -p "$HOME/.config/helm" "$HOME/.cache/helm/repository"
cat >"$HOME/.config/helm/repositories.yaml" <<Y
apiVersion: ""
repositories:
- {name: near, url: "$url"}
- {name: closed, url: "$url/closed", username: me, password: secret}
- {name: open, url: "$url/closed"}
- {name: bad, url: "$url/closed", username: me, password: wrong}
- {name: away, url: "$url/away", username: me, password: secret}
- {name: html, url: "$url/html"}
- {name: gone, url: "$url/gone"}
- {name: half, url: "$url/half"}
- {name: busy, url: "$url/busy"}
Y
exits 0 'REPO/NAME fetches from a repository of helm' draft fetch -o record -d repo 'near/web#~1.0'
is '… with its reference' "$(jq -r '.fetch.exact' "$out") $(sum repo/web-1.0.0.tgz)" \
  "near/web#1.0.0 $(sum serve/charts/web-1.0.0.tgz)"
sed '/1.10.0/d' serve/index.yaml >"$HOME/.cache/helm/repository/near-index.yaml"
is "REPO/NAME uses the index that helm has stored" "$(draft fetch -q -d repo near/web | jq -r .chart.version)" 1.2.0
run draft fetch near/web#1.10.0
like '… and suggests an update if it lacks a version' "$(cat "$err")" \
  "*no version of 'web' in '*near-index.yaml' matches '1.10.0'*draft repo update near'"
run draft fetch naer/web
like 'an unknown repository' "$status $(jq -r .failure.code "$out") $(cat "$err")" \
  "1 78 *helm has no repository 'naer'*did you mean 'near'?"
if [ -n "$helm" ]; then
  mkdir pulled
  for version in 1.0.0 '^1'; do
    rm -rf pulled ours; mkdir pulled
    ok "helm pull --version $version" helm pull near/web --version "$version" -d pulled
    draft fetch -q -d ours "near/web#$version" >/dev/null
    ok '… has the same file' diff -r pulled ours
  done
  ok 'helm pull --untar' helm pull near/web --untar -d pulled
  rm pulled/*.tgz
  draft fetch -q --untar -d untarred near/web >/dev/null
  ok '… has the same tree' diff -r pulled untarred
else
  skip 'helm pull' 'there is no helm'
fi

# Logins.
is 'the login of a repository is used' "$(draft fetch -q -d closed closed/db | jq -r .chart.name)" db
run draft fetch open/db
like '… without one it fails' "$status $(jq -r .failure.code "$out") $(cat "$err")" \
  "1 77 *cannot fetch '$url/closed/index.yaml': 401 from 127.0.0.1:$port: not logged in*draft repo add --force-update -c CREDENTIAL open *"
run draft fetch bad/db
like '… with a wrong one too' "$status $(jq -r .failure.code "$out") $(cat "$err")" \
  "1 77 *401 from 127.0.0.1:$port: the login is not accepted*"
not_ok '… and the password is not printed' grep -q 'wrong' "$err"
: >far.log
exits 0 'a redirect to another host is followed' draft fetch -q -d away away/db
ok '… and gets the request' grep -q '^/index.yaml 200' far.log
not_ok '… without the login' grep -q Basic far.log
ok '… that the first host got' grep -q '^/away/index.yaml 302 Basic' near.log
run draft fetch -q -d away 'closed/moved'
like 'a URL in the index on another host does not get the login either' "$status $(cat "$err")" \
  "1 *'http://localhost:$far/charts/web-1.0.0.tgz': it is chart 'web'"
# The archive of 'away' was in the cache.
is '… as its log shows' "$(cat far.log)" '/index.yaml 200 -
/charts/web-1.0.0.tgz 200 -'

# Bad servers and bad files.
run draft fetch html/web
like 'a page instead of an index' "$status $(jq -r .failure.code "$out") $(cat "$err")" \
  "1 65 *'$url/html/index.yaml' is not a repository index: it is HTML*"
run draft fetch gone/web
like 'a missing index' "$status $(jq -r .failure.code "$out") $(cat "$err")" \
  "1 69 *cannot fetch '$url/gone/index.yaml': 404 from 127.0.0.1:$port"
run draft fetch half/web
like 'half an index' "$status $(jq -r .failure.code "$out") $(cat "$err")" \
  "1 69 *cannot fetch '$url/half/index.yaml': no answer from *"
is 'retries when a server is busy' "$(draft fetch -q -d busy busy/db | jq -r .chart.name)" db
mkdir refused
run draft fetch -d refused "helm:127.0.0.1:$port/wrong"
like 'bytes that do not match the digest in the index' "$status $(jq -r .failure.code "$out") $(cat "$err")" \
  "1 65 *its digest is sha256:*, not sha256:*"
run draft fetch -d refused "helm:127.0.0.1:$port/other"
like 'another chart than requested' "$status $(jq -r .failure.code "$out") $(cat "$err")" "1 65 *it is chart 'web'"
run draft fetch -d refused "helm:127.0.0.1:$port/older"
like 'a version without a URL' "$status $(jq -r .failure.code "$out") $(cat "$err")" \
  "1 65 *it has no URL for older 1.0.0*"
run draft fetch -d refused "$url/html/web-1.0.0.tgz"
is 'a page instead of an archive' "$status $(jq -r .failure.code "$out")" '1 65'
run draft fetch -d refused "$url/half/charts/web-1.0.0.tgz"
is 'a connection that breaks off' "$status $(jq -r .failure.code "$out")" '1 69'
head -c 200 serve/charts/web-1.0.0.tgz >serve/charts/short-1.0.0.tgz
run draft fetch -d refused "$url/charts/short-1.0.0.tgz"
is 'half an archive' "$status $(jq -r .failure.code "$out")" '1 65'
run draft fetch -d refused http://127.0.0.1:1/charts/web-1.0.0.tgz
is 'a server that does not answer' "$status $(jq -r .failure.code "$out")" '1 69'
mkdir -p evil/web; echo x >evil/out; cp src/web/Chart.yaml evil/web/
tar -C evil/web --transform 's,^out,web/../../out,;s,^Chart,web/Chart,' -Pczf serve/charts/evil-1.0.0.tgz \
  Chart.yaml ../out 2>/dev/null
run draft fetch --untar -d refused "$url/charts/evil-1.0.0.tgz"
is 'a path out of the destination' "$status $(jq -r .failure.code "$out")" '1 65'
is 'nothing is written for any of them' "$(ls -A refused)" ''
run draft fetch --untar -d twice "$url/charts/web-1.0.0.tgz" "$url/charts/web-1.0.0.tgz"
like '--untar does not overwrite a directory' \
  "$status $(jq -r '.failure.code // .fetch.directory' "$out" | tr '\n' ' ') $(cat "$err")" \
  "1 $(pwd -P)/twice/web 73 *cannot unpack to '$(pwd -P)/twice/web': it exists*"
is '… and leaves nothing beside it' "$(ls -A twice)" web
mkdir -m 700 twice/db.tmp-aB3xYz twice/db.tmp-cD3xYz twice/db.tmp-new twice/tmp-aB3xYz
echo x >twice/db.tmp-aB3xYz/Chart.yaml
touch -d '-2 minutes' twice/db.tmp-*
(exec 9<twice/db.tmp-cD3xYz && flock 9 && exec sleep 1000) >/dev/null 2>&1 3>&- & lock=$!; servers="$servers $lock"
await not flock -n twice/db.tmp-cD3xYz true
draft fetch -q --untar -d twice near/db#0.1.0 >/dev/null
is 'what a killed one has left beside it is removed, and nothing else' \
  "$(find twice -mindepth 1 -maxdepth 1 | sort | tr '\n' ' ')" \
  'twice/db twice/db.tmp-cD3xYz twice/db.tmp-new twice/tmp-aB3xYz twice/web '
kill "$lock"; rm -rf twice/db* twice/tmp-*
ln -s "$scratch/victim" twice/web-1.0.0.tgz
draft fetch -q -d twice "$url/charts/web-1.0.0.tgz" >/dev/null
not_ok 'a link in the destination is replaced, not followed' test -e victim
rm -rf twice/web*
for _ in 1 2 3 4; do draft fetch -q -d twice near/web#1.2.0 >>many 2>&1 & jobs="${jobs:-} $!"; done
# shellcheck disable=SC2086 # they are words
wait $jobs
is 'several processes at once' \
  "$(jq -r .chart.digest many | sort | uniq -c | tr -s ' ') $(ls -A twice) $(sum twice/web-1.2.0.tgz)" \
  " 4 sha256:$(sum serve/charts/web-1.2.0.tgz) web-1.2.0.tgz $(sum serve/charts/web-1.2.0.tgz)"
exits 64 'no operands' draft fetch <&-
run draft fetch 'what is this'
is 'an invalid reference' "$status" 64
exits 64 '--keyring without --verify' draft fetch --keyring x near/web
touch file
run draft fetch -d file near/web#1.2.0
is 'a destination that is a file' "$status $(jq -r .failure.code "$out")" '1 73'

# Other commands take references as well.
if [ -n "$helm" ]; then
  is 'draft test takes a reference that draft fetch prints' \
    "$(draft test -q "$exact" | jq -c '[.test.chart, .test.passed, .test.objects]')" "[\"$exact\",true,1]"
  is '… so does draft params' \
    "$(draft params -q "$exact" | jq -r '.param | "\(.chart) \(.path) \(.file // .uses[0].file)"')" \
    "$exact port $exact/values.yaml"
  run draft test "helm:127.0.0.1:$port/nothing"
  is '… with the same errors' "$status" 69
else
  skip 'draft test takes a reference that draft fetch prints' 'there is no helm'
fi

# Files and directories.
exits 0 'a local archive' draft fetch -o record -d files ./serve/charts/db-0.1.0.tgz
ok '… is copied' cmp files/db-0.1.0.tgz serve/charts/db-0.1.0.tgz
exits 0 'a directory' draft fetch -o record -d files ./src/db
is '… is packed' "$(jq -r '"\(.chart.path) \(.fetch.kept)"' "$out")" "$(pwd -P)/files/db-0.1.0.tgz true"
run draft fetch ./nowhere
is 'a missing file' "$status $(jq -r .failure.code "$out")" '1 66'

# Provenance.
gpg --batch --quiet --passphrase '' --quick-generate-key 'Bob <bob@example.com>' rsa2048 sign never 2>/dev/null
gpg --batch --quiet --passphrase '' --quick-generate-key 'Eve <eve@example.com>' rsa2048 sign never 2>/dev/null
gpg --export bob@example.com >bob.gpg
gpg --export eve@example.com >eve.gpg
gpg --batch --export-secret-keys bob@example.com >sec.gpg
bob=$(gpg --list-keys --with-colons bob@example.com | awk -F: '/^fpr/ { print $10; exit }')
run draft fetch --verify -d signed near/web#1.0.0
like '--verify without provenance' "$status $(cat "$err")" \
  "1 *cannot verify '$url/charts/web-1.0.0.tgz': there is no '$url/charts/web-1.0.0.tgz.prov'"
chart db 0.2.0
draft package -q --sign --key bob@example.com -d serve/charts src/db >/dev/null
exits 0 'a signed archive' draft fetch -o record --verify --keyring bob.gpg -d signed "$url/charts/db-0.2.0.tgz"
is '… with its signer and provenance in the record' "$(jq -r '.fetch | "\(.signer) \(.provenance)"' "$out")" \
  "$bob $(pwd -P)/signed/db-0.2.0.tgz.prov"
run draft fetch --verify --keyring eve.gpg -d refused "$url/charts/db-0.2.0.tgz"
like '… fails with another key' "$status $(jq -r .failure.code "$out") $(cat "$err")" \
  "1 1 *the key of its signature is not in the keyring"
cp serve/charts/db-0.1.0.tgz serve/charts/db-0.2.0.tgz
run draft fetch --verify -d refused "$url/charts/db-0.2.0.tgz"
like '… and with other bytes' "$status $(jq -r .failure.code "$out") $(cat "$err")" \
  "1 1 *its digest is sha256:*, not *, as was signed"
is '… and nothing is written' "$(ls -A refused)" ''
if [ -n "$helm" ]; then
  ok 'helm verifies the fetched archive' helm verify --keyring bob.gpg signed/db-0.2.0.tgz
  chart db 0.3.0
  ok 'helm signs' helm package --sign --key bob@example.com --keyring sec.gpg -d serve/charts src/db
  exits 0 '… and draft verifies it' draft fetch --verify --keyring bob.gpg -d signed "$url/charts/db-0.3.0.tgz"
else
  skip 'helm verifies' 'there is no helm'
fi

# Registries.
if command -v docker-registry >/dev/null && [ -n "$helm" ]; then
  place=127.0.0.1:$(free_port)
  registry store "$place"; servers="$servers $daemon"
  chart web '3.0.0+b.1'
  draft package -q --sign --key bob@example.com -d serve/charts src/web >/dev/null
  for archive in web-1.0.0 web-1.10.0 web-2.0.0-rc.1; do
    helm push "serve/charts/$archive.tgz" "oci://$place/charts" --plain-http >/dev/null 2>&1
  done
  exits 0 'oci:// fetches the highest release' draft fetch -o record -d oci "oci://$place/charts/web"
  is '… with its reference' "$(jq -r .fetch.exact "$out")" "oci://$place/charts/web:1.10.0"
  ok '… and the bytes that helm pushed' cmp oci/web-1.10.0.tgz serve/charts/web-1.10.0.tgz
  helm push "serve/charts/web-3.0.0+b.1.tgz" "oci://$place/charts" --plain-http >/dev/null 2>&1
  rm -rf pulled; mkdir pulled
  for version in 1.0.0 2.0.0-rc.1 3.0.0+b.1; do
    ok "helm pulls $version" helm pull "oci://$place/charts/web" --version "$version" --plain-http -d pulled
    exits 0 '… so does draft' draft fetch -o record -d theirs "oci://$place/charts/web:$version"
  done
  ok '… with the same files' diff -r pulled theirs
  exits 0 '--verify with a registry' draft fetch -o record --verify --keyring bob.gpg -d theirs \
    "oci://$place/charts/web:3.0.0+b.1"
  is '… from the cache, by digest' "$(jq -r '.fetch | "\(.cached) \(.signer)"' "$out")" "true $bob"
  run draft fetch --verify -d refused "oci://$place/charts/web:1.0.0"
  like '… fails without provenance' "$status $(cat "$err")" "1 *it was pushed without a provenance"
  digest=$(curl -sS -o /dev/null -D - -H 'Accept: application/vnd.oci.image.manifest.v1+json' \
      "http://$place/v2/charts/web/manifests/1.0.0" | tr -d '\r' | sed -n 's/^[Dd]ocker-[Cc]ontent-[Dd]igest: //p')
  exits 0 'a reference with a digest' draft fetch -o record -d pinned "oci://$place/charts/web@$digest"
  is '… keeps it in the exact reference' "$(jq -r .fetch.exact "$out")" "oci://$place/charts/web@$digest"
  run draft fetch -d refused "oci://$place/charts/web:9.0.0"
  like 'a missing tag' "$status $(jq -r .failure.code "$out") $(cat "$err")" \
    "1 69 *cannot fetch 'oci://$place/charts/web:9.0.0': 404 from $place"
  printf -- '- {name: reg, url: "oci://%s/charts"}\n' "$place" >>"$HOME/.config/helm/repositories.yaml"
  is 'a repository of helm with an oci:// URL' "$(draft fetch -q -d oci 'reg/web#^1' | jq -r .fetch.exact)" \
    "oci://$place/charts/web:1.10.0"
  htpasswd -Bbc htpasswd me secret 2>/dev/null
  shut=127.0.0.1:$(free_port)
  registry shut "$shut" "auth: {htpasswd: {realm: draft, path: $scratch/htpasswd}}"; servers="$servers $daemon"
  run draft fetch "oci://$shut/charts/web:1.0.0"
  like 'a registry that wants a login' "$status $(jq -r .failure.code "$out") $(cat "$err")" "1 77 *401 from $shut: *"
  # The file that 'helm registry login' writes, which refuses this registry because it has no TLS.
  mkdir -p "$HOME/.config/helm/registry"
  printf '{"auths": {"%s": {"auth": "%s"}}}' \
    "$shut" "$(printf me:secret | base64)" >"$HOME/.config/helm/registry/config.json"
  helm push serve/charts/web-1.0.0.tgz "oci://$shut/charts" --plain-http >/dev/null 2>&1
  exits 0 '… gets that of helm registry login' draft fetch -d oci "oci://$shut/charts/web:1.0.0"
else
  skip 'charts in a registry' 'there is no docker-registry or no helm'
fi
finish
