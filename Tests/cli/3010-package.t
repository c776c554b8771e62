#!/bin/sh
# draft package: archives as of helm package, reproducible; dependencies, signatures, errors.
. "$(dirname "$0")/lib.sh"
root_helm=$(command -v helm) || root_helm=

chart() { # DIR NAME [VERSION]
  mkdir -p "$1/templates"
  printf 'apiVersion: v2\nname: %s\nversion: %s\n# gone\ndescription: A chart.\n' "$2" "${3:-1.0.0}" >"$1/Chart.yaml"
  printf '# The port.\nport: 80\n' >"$1/values.yaml"
  # shellcheck disable=SC2016 # it is a template
  printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s}\ndata: {port: "{{ .Values.port }}"}\n' \
    "$2" >"$1/templates/map.yaml"
}
listed() { tar tzf "$1" | tr '\n' ' '; }

chart web web
printf 'templates/*.bak\n' >web/.helmignore
echo x >web/templates/a.bak
exits 0 'packs a chart' draft package -o record web
is '… to NAME-VERSION.tgz in the current directory' "$(jq -r .chart.path "$out")" "$(pwd -P)/web-1.0.0.tgz"
is '… the record has its name, version, size and digest' \
  "$(jq -r '.chart | "\(.name) \(.version) \(.size) \(.digest)"' "$out")" \
  "web 1.0.0 $(wc -c <web-1.0.0.tgz | tr -d ' ') sha256:$(sha256sum web-1.0.0.tgz | cut -d ' ' -f 1)"
is '… its source, number of files, and that it is new' "$(jq -r '.package | "\(.from) \(.files) \(.kept)"' "$out")" \
  "$(pwd -P)/web 4 false"
ok '… and is valid' valid_records "$out"
is 'the archive has the files of the chart' "$(listed web-1.0.0.tgz)" \
  'web/Chart.yaml web/values.yaml web/templates/map.yaml web/.helmignore '
is 'Chart.yaml is written as helm writes it' "$(tar xzOf web-1.0.0.tgz web/Chart.yaml)" 'apiVersion: v2
description: A chart.
name: web
version: 1.0.0'
like 'progress is on standard error' "$(cat "$err")" "--> Packed '*web-1.0.0.tgz'"

# The same files, the same bytes.
cp web-1.0.0.tgz first.tgz; touch -d 2001-01-01 web-1.0.0.tgz
find web -exec touch -d 2011-11-11 {} +
chmod 600 web/values.yaml
run draft package web
is 'a second run writes nothing' "$(stat -c %Y web-1.0.0.tgz) $(cut -d ' ' -f 1-4 "$err")" \
  "$(date -d 2001-01-01 +%s) --> Nothing to pack:"
cp -r web other; mkdir elsewhere
(umask 077; draft package -q -d elsewhere/deep other >/dev/null)
ok 'another directory, time and modes give the same bytes' cmp first.tgz elsewhere/deep/web-1.0.0.tgz
SOURCE_DATE_EPOCH=1700000000 draft package -q -d dated web >/dev/null
is 'SOURCE_DATE_EPOCH is the time of its files' \
  "$(tar tvzf dated/web-1.0.0.tgz --utc --full-time | awk '{ print $4 }' | sort -u)" 2023-11-14
run env SOURCE_DATE_EPOCH=x draft package web
is '… and an invalid one is a configuration error' "$status" 78

exits 0 '--version and --app-version' draft package -o record --version 2.0.0-rc.1 --app-version 7 web
is '… are in Chart.yaml of the archive' "$(tar xzOf web-2.0.0-rc.1.tgz web/Chart.yaml |
    grep -i '^[av].*version:\|^version') $(jq -r '.chart.appVersion' "$out")" 'apiVersion: v2
appVersion: "7"
version: 2.0.0-rc.1 7'
run draft package --version 1.x web
is 'an invalid version is a usage error' "$status" 64
like '… and is named' "$(cat "$err")" "draft-package: option '--version' does not take '1.x'*"
like '--version as the last argument prints the version of draft' "$(draft package --version)" 'draft-package *'
exits 64 '--verify with --sign' draft package --verify --sign web-1.0.0.tgz
exits 64 '--key without --sign' draft package --key x web
like '… is named' "$(cat "$err")" "*option '--key' is for '--sign'*"

# Several charts, and records.
chart a a; chart b b
run draft package -d many a b web
is 'several charts give several records' "$status $(jq -r .chart.name "$out" | tr '\n' ' ')" '0 a b web '
run draft package -j 4 -d many4 a b web
is '-j gives the same records in the same order' "$(jq -c '[.chart.name, .chart.digest]' "$out")" \
  "$(draft package -q -d many a b web | jq -c '[.chart.name, .chart.digest]')"
mkdir -p app/charts; chart app/charts/app app; echo 'print(1)' >app/app.py
run sh -c 'draft detect app | draft package -d lines'
is 'the record of an application packs its chart' \
  "$status $(jq -r '.chart.name' "$out") $(jq -r 'keys_unsorted | contains(["app", "chart", "package"])' "$out")" \
  '0 app true'
run sh -c 'draft package -d lines app'
is 'so does the directory of an application' "$status $(jq -r '.app.name, .chart.name' "$out" | tr '\n' ' ')" \
  '0 app app '
(cd web && draft package -q -d ../here >/dev/null <&-)
ok 'without operands the chart in the current directory' test -f here/web-1.0.0.tgz
is 'on a terminal it prints the paths' "$(draft package -o table -q -d many a b)" "$(pwd -P)/many/a-1.0.0.tgz
$(pwd -P)/many/b-1.0.0.tgz"

# Dependencies.
chart outer outer
printf 'dependencies:\n- name: inner\n  version: ^1.1\n  repository: file://../inner\n' >>outer/Chart.yaml
chart inner inner 1.1.5
run draft package outer
is 'a missing dependency' "$status $(jq -r .failure.code "$out")" '1 65'
is '… is named' "$(cat "$err")" "draft-package: chart '$(pwd -P)/outer' lacks dependencies in charts/: inner
  try 'draft package --dependency-update $(pwd -P)/outer'"
not_ok '… and nothing is written' test -e outer-1.0.0.tgz
exits 0 '-u packs a dependency from a directory into charts/' draft package -u outer
is '… and it is unpacked in the archive' "$(listed outer-1.0.0.tgz)" \
  'outer/Chart.yaml outer/Chart.lock outer/values.yaml outer/templates/map.yaml outer/charts/inner/Chart.yaml outer/charts/inner/values.yaml outer/charts/inner/templates/map.yaml '
chart inner inner 1.2.0
run draft package -u outer
is 'a newer version replaces the old one' "$(ls outer/charts)" inner-1.2.0.tgz
chart inner inner 2.0.0
run draft package -u outer
is 'a version that does not match' "$status $(jq -r .failure.code "$out")" '1 65'
like '… is named with the constraint' "$(cat "$err")" "*cannot get dependency 'inner'*has version 2.0.0, not ^1.1"
chart inner inner 1.2.0
printf 'dependencies:\n- name: outer\n  version: 1.x\n  repository: file://../outer\n' >>inner/Chart.yaml
run draft package -u outer
like 'a circular dependency is an error' "$status $(cat "$err")" "1 *it depends on itself*"
chart inner inner 1.2.0
printf '%s\n' 'dependencies: [{name: inner, version: 1.2.0, repository: "file://../inner"}]' 'digest: sha256:0' \
  'generated: "2026-01-01T00:00:00Z"' >outer/Chart.lock
exits 0 'a lock that does not match the dependencies' draft package -u outer
like 'is made new' \
  "$(cat outer/Chart.lock)" 'dependencies:
- name: inner
  repository: file://../inner
  version: 1.2.0
digest: sha256:????????????????????????????????????????????????????????????????
generated: "20*Z"'
rm outer/Chart.lock
if [ -n "$root_helm" ]; then
  # The digest of a lock is that of JSON as Go writes it, with <, > and & escaped.
  sed -i "s/\^1.1/'>=1.1 <2, !=1.1.7 || ^1.1'/" outer/Chart.yaml
  helm dependency update outer >/dev/null 2>&1
  exits 0 "a lock of helm's holds" draft package -u outer
  is 'and is in the archive' "$(tar xzOf outer-1.0.0.tgz outer/Chart.lock)" "$(cat outer/Chart.lock)"
else
  skip "a lock made by helm" 'there is no helm'
fi

# Two versions of one chart, which helm package would mix up.
chart twice twice
printf 'dependencies: [{name: in, version: 1.0.0, repository: ""}, {name: in, version: 2.0.0, repository: "", alias: new}]\n' >>twice/Chart.yaml
for version in 1.0.0 2.0.0; do
  chart "in$version" in $version
  draft package -q -d twice/charts "in$version" >/dev/null
done
run draft package -d many twice
is 'two versions of one chart get two directories' \
  "$status $(listed many/twice-1.0.0.tgz | tr ' ' '\n' | grep Chart.yaml | tr '\n' ' ')" \
  '0 twice/Chart.yaml twice/charts/in/Chart.yaml twice/charts/in-2.0.0/Chart.yaml '
if [ -n "$root_helm" ]; then
  is '… and helm renders both' "$(helm template x many/twice-1.0.0.tgz | grep '^# Source' | sort)" \
    "$(printf '# Source: twice/%s\n' charts/in/templates/map.yaml charts/new/templates/map.yaml templates/map.yaml)"
else
  skip '… and helm renders both' 'there is no helm'
fi

# Errors.
exits 66 'a missing directory' draft package nowhere
like '… is named' "$(cat "$err")" "draft-package: cannot find a chart at 'nowhere'*"
mkdir nochart
run draft package nochart
is 'a directory without a chart' "$status $(jq -r .failure.code "$out")" '1 66'

# Archives, and records of other commands.
exits 0 'an archive is packed again' draft package -o record -d again first.tgz
ok '… with the same bytes, if it is one of ours' cmp again/web-1.0.0.tgz first.tgz
exits 0 '… or in another version' draft package -d again --version 3.0.0 first.tgz
is '… as its Chart.yaml says' "$(tar xzOf again/web-3.0.0.tgz web/Chart.yaml | tail -n 1)" 'version: 3.0.0'
tar -czf foreign.tgz web; mkdir foreign; mv foreign.tgz foreign/web-1.0.0.tgz; cp foreign/web-1.0.0.tgz kept.tgz
run draft package -d foreign foreign/web-1.0.0.tgz
like '… but not over itself' "$status $(jq -r .failure.code "$out") $(cat "$err")" \
  "1 73 *cannot pack '*foreign/web-1.0.0.tgz' again: the new archive would take its place*"
ok '… it is left as it was' cmp kept.tgz foreign/web-1.0.0.tgz
draft package -q -d again web >line
is 'a record is packed by its chart' \
  "$(draft package -q -d lines --version 4.0.0 <line | jq -r '[.chart.version, (.chart.path | sub(".*/"; ""))] | join(" ")')" \
  '4.0.0 web-4.0.0.tgz'
exits 0 'draft lint takes it' draft lint -o table <line
is '… and names the archive' \
  "$(grep -c "^$(pwd -P)/again/web-1.0.0.tgz" "$out") $(tail -n 1 "$err" | cut -d ' ' -f 2-4)" \
  "$(wc -l <"$out" | tr -d ' ') Checked 1 chart:"
is 'so does draft params' "$(draft params <line | jq -r '.param | "\(.chart) \(.path)"')" \
  "$(pwd -P)/again/web-1.0.0.tgz port"
sed 's/"chart":{"path":"[^"]*"/"chart":{"path":"\/nowhere.tgz"/' line | cat - line >two
for command in lint params; do
  run sh -c "draft $command <two"
  is "draft $command: one that is not there fails, the next does not" \
    "$status $(jq -r 'if .failure then "failed" else (.param // .finding).chart end' "$out" | uniq | tr '\n' ' ')" \
    "1 failed $(pwd -P)/again/web-1.0.0.tgz "
  run sh -c "echo '{\"draft\":1,\"failure\":{\"by\":\"x\",\"code\":1,\"message\":\"m\"}}' | draft $command"
  is "draft $command: a failed line passes, and counts" "$status $(cat "$out")" \
    '1 {"draft":1,"failure":{"by":"x","code":1,"message":"m"}}'
  run sh -c "echo '[' | draft $command"
  is "draft $command: a bad line" "$status" 65
  run sh -c "printf '{\"draft\":1}\n' | draft $command"
  is "draft $command: a line without chart or application" "$status $(jq -r .failure.code "$out")" '1 65'
  exits 0 "draft $command: an application has its chart" sh -c "draft detect app | draft $command"
  exits 0 "draft $command: nothing is nothing" sh -c "draft $command </dev/null | cat; : | draft $command"
done
cp again/web-1.0.0.tgz moved.tgz; echo x >>again/web-1.0.0.tgz
run draft lint <line
is 'a chart that is not that of the record' "$status $(jq -r .failure.code "$out")" '1 65'

# More wrong ways.
ln -s /etc/passwd a/link
run draft package -d refused a
is 'a link out of the chart' "$status $(jq -r .failure.code "$out")" '1 65'
like '… is named' "$(cat "$err")" "draft-package: cannot load 'link' of chart '*/a': the link leads out of *"
rm a/link
truncate -s 50M a/values.yaml
run draft package -d refused a
like 'values of 50 MB' "$status $(jq -r .failure.code "$out") $(cat "$err")" \
  "1 65 draft-package: cannot load chart '*/a': it has 'values.yaml' of more than 5 MB*"
chart a a
printf '{' >a/values.schema.json
run draft package -d refused a
like 'a schema that is not JSON' "$status $(jq -r .failure.code "$out") $(cat "$err")" \
  "1 65 *values.schema.json' is not JSON*"
rm a/values.schema.json
run draft package -d refused a/Chart.yaml
is 'a file instead of a directory' "$status" 1
ok 'nothing is written for any of these' test ! -e refused
touch file
run draft package -d file a
is 'a destination that is a file' "$status $(jq -r .failure.code "$out")" '1 73'
head -c 900000 /dev/urandom >b/big
exits 0 'a chart whose release may be too large' draft package -d many b
like '… is packed with a warning' "$(cat "$err")" \
  "*warning: a release of '*b-1.0.0.tgz' may need a Secret of * KB; the limit is 1024 KB*"
rm b/big

# Signatures.
export GNUPGHOME="$scratch/gpg"
mkdir -m 700 "$GNUPGHOME"
trap 'gpgconf --kill all 2>/dev/null; cd /; rm -rf "$scratch"' EXIT
run draft package --sign a
is 'no key for --sign' "$status $(jq -r .failure.code "$out")" '1 77'
like '… is an error' "$(cat "$err")" "draft-package: cannot sign '*a-1.0.0.tgz': *--key*"
gpg --batch --quiet --passphrase secret \
  --pinentry-mode loopback --quick-generate-key 'Ann <ann@example.com>' rsa2048 sign never 2>/dev/null
gpg --batch --quiet --passphrase '' --quick-generate-key 'Bob <bob@example.com>' rsa2048 sign never 2>/dev/null
ann=$(gpg --list-keys --with-colons ann@example.com | awk -F: '/^fpr/ { print $10; exit }')
echo secret >pass
exits 0 '--sign signs with gpg' draft package -o record --sign --key ann@example.com --passphrase-file pass a
is '… the record has the signer and the file' "$(jq -r '.package | "\(.signer) \(.provenance)"' "$out")" \
  "$ann $(pwd -P)/a-1.0.0.tgz.prov"
echo wrong >wrong; gpgconf --kill all
run draft package --sign --key ann@example.com --passphrase-file wrong b
is 'a wrong passphrase' "$status $(jq -r .failure.code "$out")" '1 77'
gpg --export ann@example.com >pub.gpg; gpg --export bob@example.com >bob.gpg
exits 0 '--verify accepts it' draft package -o record --verify a-1.0.0.tgz
is '… with the same signer' "$(jq -r '.package.signer' "$out")" "$ann"
exits 0 '… with a keyring' env GNUPGHOME="$scratch/none" draft package --verify --keyring pub.gpg a-1.0.0.tgz
run env GNUPGHOME="$scratch/none" draft package --verify --keyring bob.gpg a-1.0.0.tgz
is '… but not with another' "$status $(jq -r .failure.code "$out")" '1 1'
like '… which is an error' "$(cat "$err")" \
  "draft-package: cannot verify '$(pwd -P)/a-1.0.0.tgz': the key of its signature is not in the keyring"
if [ -n "$root_helm" ]; then
  ok 'helm verifies it' helm verify --keyring pub.gpg a-1.0.0.tgz
  gpg --batch --export-secret-keys bob@example.com >sec.gpg
  mkdir helms; helm package --sign --key bob@example.com --keyring sec.gpg -d helms b >/dev/null 2>"$err" || said
  exits 0 'draft verifies an archive signed by helm' draft package --verify --keyring bob.gpg helms/b-1.0.0.tgz
else
  skip 'helm verifies it' 'there is no helm'
fi
gpg --batch --export-secret-keys bob@example.com >sec.gpg
exits 0 '--sign with a keyring file, without a gpg home' \
  env GNUPGHOME="$scratch/none" draft package --sign --keyring sec.gpg -d bobs b
exits 0 '… which --verify accepts too' draft package --verify bobs/b-1.0.0.tgz
cp a-1.0.0.tgz x.tgz; cp a-1.0.0.tgz.prov x.tgz.prov
run draft package --verify x.tgz
like 'a provenance for another name fails' "$status $(cat "$err")" "1 *its provenance says nothing of 'x.tgz'*"
draft package -q -d changed --app-version 9 a >/dev/null; cp a-1.0.0.tgz.prov changed/
run draft package --verify changed/a-1.0.0.tgz
like '… for other bytes' "$status $(cat "$err")" "1 *its digest is sha256:*, not sha256:*, as was signed*"
sed 's/^name: a$/name: b/' a-1.0.0.tgz.prov >changed/a-1.0.0.tgz.prov
run draft package --verify changed/a-1.0.0.tgz
like '… with changed text' "$status $(cat "$err")" "1 *BAD signature*"
printf 'files:\n  a-1.0.0.tgz: sha256:%s\n' "$(sha256sum changed/a-1.0.0.tgz | cut -d ' ' -f 1)" |
  cat - a-1.0.0.tgz.prov >changed/a-1.0.0.tgz.prov
run draft package --verify changed/a-1.0.0.tgz
is '… text outside of the signature does not count' "$status" 1
run draft package --verify many/a-1.0.0.tgz
like 'an archive without provenance fails' "$status $(cat "$err")" "1 *there is no '*/many/a-1.0.0.tgz.prov'*"
draft package -q --app-version 10 a >/dev/null
not_ok 'a new archive removes the old signature' test -e a-1.0.0.tgz.prov
finish
