#!/bin/sh
# draft repo, beside helm on the same files: each reads and changes what the other has written.
. "$(dirname "$0")/lib.sh"
if ! command -v helm >/dev/null; then
  skip 'draft repo and helm repo' 'there is no helm'
  finish
  exit
fi

export GNUPGHOME="$scratch/gpg"
mkdir -m 700 "$GNUPGHOME"
mkdir serve
(cd serve && exec /usr/bin/python3 "$root/Tests/cli/repository-server.py" "$scratch/port" "$scratch/log") \
  >server.out 2>&1 3>&- &
server=$!
trap 'kill $server 2>/dev/null; gpgconf --kill all 2>/dev/null; cd /; rm -rf "$scratch"' EXIT
await test -s port
url=http://127.0.0.1:$(cat port)
list=$HOME/.config/helm/repositories.yaml
cache=$HOME/.cache/helm/repository

chart() { # NAME VERSION
  mkdir -p "src/$1/templates"
  printf 'apiVersion: v2\nname: %s\nversion: %s\nappVersion: "1.10"\ndescription: The %s of a team\nkeywords: [server, "007"]\n' "$1" "$2" "$1" >"src/$1/Chart.yaml"
  # shellcheck disable=SC2154 # it is exported by lib.sh
  draft package -q -d "${3:-serve/charts}" "src/$1" >/dev/null
}
for version in 1.0.0 1.10.0 1.2.0 2.0.0-rc.1; do chart web $version; done
chart db 0.1.0
mkdir -p src/old/templates
printf 'apiVersion: v1\nname: old\nversion: 0.1.0+build.7\nmaintainers: [{name: Ann, email: ann@example.com}]\nannotations: {b: "2", a: "yes"}\ndeprecated: true\n' >src/old/Chart.yaml
printf 'dependencies: [{name: web, version: ^1, repository: "%s", condition: web.on}]\n' "$url" >src/old/requirements.yaml
mkdir src/old/charts
cp serve/charts/web-1.0.0.tgz src/old/charts
draft package -q -d serve/charts src/old >/dev/null

# index, as helm writes it.
same() { # NAME OURS HELMS: but for the times
  _name=$1
  sed 's/\(created\|generated\): .*/\1: now/' "$2" >ours.yaml
  sed 's/\(created\|generated\): .*/\1: now/' "$3" >helms.yaml
  ok "$_name" diff helms.yaml ours.yaml
}
cp -r serve ours
cp -r serve theirs
echo nothing >ours/charts/damaged.tgz
exits 0 'an index is written' draft repo index -q ours
like 'what is no chart is named' "$(cat "$err")" \
  "draft-repo: warning: 'ours/charts/damaged.tgz' is left out of the index: *"
helm repo index theirs
same 'as helm repo index does' ours/index.yaml theirs/index.yaml
is 'it is readable' "$(stat -c %a ours/index.yaml)" 644
for at in https://example.com/charts https://example.com/charts/ 'https://example.com?a=b' below/charts; do
  draft repo index -q --url "$at" ours >/dev/null 2>&1
  helm repo index --url "$at" theirs
  same "with --url $at" ours/index.yaml theirs/index.yaml
done
cp ours/index.yaml before.yaml
touch -d '2001-01-01' ours/index.yaml
run draft repo index --url below/charts ours
like 'an index that would say the same' "$(cat "$err")" "*Nothing to write: 'ours/index.yaml' is up to date"
ok '… is left alone' cmp before.yaml ours/index.yaml
is '… with its time' "$(stat -c %y ours/index.yaml | cut -d ' ' -f 1)" 2001-01-01
sed -i 's/^    created: .*/    created: "2020-02-02T02:02:02.123456789Z"/' ours/index.yaml
chart new 3.0.0 ours/charts
SOURCE_DATE_EPOCH=86400 draft repo index -q ours >/dev/null 2>&1
is 'a new archive has its own time, the others keep theirs' \
  "$(grep -c 2020-02-02 ours/index.yaml) $(grep -c 'created: "1970-01-02T00:00:00Z"' ours/index.yaml)" '6 1'
like 'and SOURCE_DATE_EPOCH is the time of the index' "$(tail -n 1 ours/index.yaml)" 'generated: "1970-01-02T00:00:00Z"'
cat >more.yaml <<'Y'
apiVersion: v1
entries:
  web:
  - {name: web, version: 1.2.0, urls: ["https://example.com/other.tgz"], digest: aa, created: "2021-01-01T00:00:00Z"}
  - name: web
    version: 1.5.0
    urls: ["https://example.com/web-1.5.0.tgz"]
    digest: bb
    created: "2021-01-01T00:00:00Z"
  - {name: web, version: not one, urls: []}
  far:
  - name: far
    version: "7"
    apiVersion: v2
    urls: ["far.tgz"]
    created: "2021-01-01T00:00:00Z"
    icon: "https://example.com/i.png"
    keywords: [a]
generated: "2021-01-01T00:00:00Z"
Y
rm -r ours theirs
cp -r serve ours
cp -r serve theirs
draft repo index -q --merge more.yaml ours >/dev/null
helm repo index --merge more.yaml theirs
same 'with --merge' ours/index.yaml theirs/index.yaml
exits 0 'a file to merge that is not there' draft repo index -q --merge none.yaml ours
is 'is an empty index' "$(grep -c '^  far:' ours/index.yaml)" 0
exits 66 'a directory that is not there' draft repo index none
like '… is named' "$(cat "$err")" "draft-repo: there is no directory 'none'"
echo '<html>' >page.html
exits 65 'a page to merge' draft repo index --merge page.html ours
like '… is not an index' "$(cat "$err")" "draft-repo: 'page.html' is not a repository index: *"
draft repo index -q serve >/dev/null

# add
exits 0 'add, with a name' draft repo add -o table team "$url"
is '… prints it' "$(cat "$out") / $(cat "$err")" "team / --> Added 'team': 3 charts"
is 'the list is for the user alone' "$(stat -c %a "$list")" 600
mkdir helm
HELM_REPOSITORY_CONFIG=$scratch/helm/repositories.yaml HELM_REPOSITORY_CACHE=$scratch/helm/cache \
  helm repo add team "$url" >/dev/null
ok 'and as helm writes it' cmp "$list" helm/repositories.yaml
ok 'with the index' cmp "$cache/team-index.yaml" helm/cache/team-index.yaml
sort "$cache/team-charts.txt" >ours.txt
sort helm/cache/team-charts.txt >helms.txt
ok '… and the names of the charts' cmp ours.txt helms.txt
is '… with its modes' "$(stat -c %a "$cache/team-index.yaml" "$cache/team-charts.txt" | tr '\n' ' ')" '644 644 '
is 'helm finds its charts' "$(helm search repo team/web -o json | jq -r '.[0].version')" 1.10.0
run draft repo add -o record team "$url"
like 'add again' "$status $(cat "$err") $(jq -r .repository.name "$out")" \
  "0 *Nothing to add: 'team' is there already team"
ok '… is a record as the schema has it' valid_records "$out"
exits 73 'a name that is taken' draft repo add team "$url/closed"
like '… is said' "$(cat "$err")" "draft-repo: cannot add 'team': it is there already, with '$url'*--force-update*"
like 'by helm as well' "$(helm repo add team "$url/closed" 2>&1)" '*already exists*'
run draft repo add -q -o table "$url/charts/.."
is 'a name is made from the URL' "$status $(cat "$out")" '0 127-0-0-1'
exits 78 'a URL that is none' draft repo add 'ftp://example.com'
exits 64 'a registry' draft repo add charts oci://example.com/charts
like '… needs no repository' "$(cat "$err")" "*charts in a registry need no repository*oci://example.com/charts/NAME*"
exits 64 'a name with a slash' draft repo add a/b "$url"
exits 69 'a repository without an index' draft repo add none "$url/none"
like '… is not added' "$(cat "$err") $(grep -c 'name: none' "$list")" \
  "draft-repo: cannot fetch '$url/none/index.yaml': 404 from *0"
exits 65 'a page' draft repo add page "$url/html"
like '… is no index' "$(cat "$err")" "draft-repo: '$url/html/index.yaml' is not a repository index: it is HTML*"
exits 77 'a repository that wants a login' draft repo add closed "$url/closed"
like '… says so' "$(cat "$err")" '*401*not logged in*draft credential add*'
is 'nothing is left of what failed' \
  "$(find "$cache" -name '*tmp*' -o -name '*closed*' -o -name '*page*' -o -name '*none*')" ''

# With a login.
printf secret | draft credential add -q mine -u me >/dev/null
exits 0 'with a credential' draft repo add -q -c mine closed "$url/closed"
not_ok 'the secret is nowhere' grep -q secret "$out"
mkdir pulled-by-helm
exits 0 'helm can use it' helm pull closed/db -d pulled-by-helm
ok '… to update it' helm repo update closed
exits 78 'a credential that there is not' draft repo add -c mien other "$url/closed"
like '… has a near one' "$(cat "$err")" "draft-repo: there is no credential 'mien'*did you mean 'mine'?"
printf wrong | draft credential add -q bad -u me >/dev/null
exits 77 'a login that is not accepted' draft repo add -c bad --force-update closed "$url/closed"
ok '… leaves the old one' draft fetch -q -d fetched closed/db
exits 0 'helm adds one' helm repo add theirs "$url/closed" --username me --password secret
is 'and we list it' \
  "$(draft repo list -o record | jq -r 'select(.repository.name == "theirs") | "\(.repository.url) \(.repository.login)"')" \
  "$url/closed true"
not_ok 'without its password' grep -q secret "$out"

# Unknown fields, in turn with helm.
sed -i 's/^  name: team/  name: team\n  unknown: "012"/; s/^apiVersion:.*/apiVersion: ""\nmore: {a: 1.50}/' "$list"
exits 0 'add to a list with more in it' draft repo add -q again "$url"
is '… keeps that' "$(grep -c 'unknown: "012"' "$list") $(grep -c '  a: 1.5' "$list")" '1 1'
is 'helm lists what we list' "$(helm repo list -o json | jq -r '.[] | "\(.name) \(.url)"')" \
  "$(draft repo list -o record | jq -r '.repository | "\(.name) \(.url)"')"
draft repo list -o table >listed
like 'as a table' "$(head -n 1 listed) / $(sed -n 2p listed)" "NAME * URL / team * $url"
# shellcheck disable=SC2016 # it is for the other shell
ok 'by many at once, with helm' sh -c '
  for i in 1 2 3 4 5; do
    draft repo add -q "ours$i" "$1" >/dev/null &
    helm repo add "helms$i" "$1" >/dev/null &
  done
  wait' sh "$url"
is 'none is lost' "$(grep -c 'name: \(ours\|helms\)[1-5]$' "$list")" 10

# update
chart fresh 1.0.0
draft repo index -q serve >/dev/null
exits 0 'update of one' draft repo update team
is '…' "$(cat "$err")" "--> Updated 'team': 4 charts"
is 'has what is new' "$(draft fetch -q -d fetched team/fresh | jq -r .chart.name)" fresh
is 'the others are as they were' "$(draft fetch -q again/fresh 2>/dev/null | jq -r .failure.code)" 69
printf 'apiVersion: v1\nrepositories:\n- {name: gone, url: "%s/gone"}\n- {name: team, url: "%s"}\n- {name: far, url: "oci://example.com/x"}\n' "$url" "$url" >two.yaml
run env HELM_REPOSITORY_CONFIG="$scratch/two.yaml" draft repo update -o record
is 'one that fails does not stop the others' \
  "$status $(jq -r '"\(.repository.name) \(.failure.code)"' "$out" | tr '\n' ' ')" '1 gone 69 team null '
ok '… as records' valid_records "$out"
exits 78 'a name that is not known' draft repo update taem
like '… has a near one' "$(cat "$err")" "draft-repo: helm has no repository 'taem'*did you mean 'team'?"
HELM_REPOSITORY_CONFIG=$scratch/none.yaml exits 78 'without any repository' draft repo update
is 'a list of none is empty' "$(HELM_REPOSITORY_CONFIG=$scratch/none.yaml draft repo list -o record)" ''
echo 'repositories: 7' >broken.yaml
HELM_REPOSITORY_CONFIG=$scratch/broken.yaml exits 78 'a list that is none' draft repo add x "$url"
is '… is left as it is' "$(cat broken.yaml)" 'repositories: 7'

# rm
exits 78 'rm of one that is not there' draft repo rm team nothing
is '… removes none' "$(grep -c '  name: team' "$list")" 1
exits 0 'rm by name' draft repo rm -q team
is '… with its index' "$(find "$cache" -name 'team-*') $(grep -c 'name: team$' "$list")" ' 0'
like 'helm does not know it' "$(helm search repo team/ 2>&1)" 'No results found'
exits 0 'rm by URL' draft repo rm -q "$url/closed/"
is '… all of it' "$(grep -c 'closed$' "$list")" 0
ok 'helm removes what we added' helm repo remove again
exits 0 'and we what it added' draft repo rm -q helms1

# copy
run draft repo copy -o record "$url/charts/web-1.0.0.tgz" "helm:127.0.0.1:$(cat port)/web#1.10.0" mirror
is 'charts are copied' "$status $(jq -r .chart.version "$out" | tr '\n' ' ')" '0 1.0.0 1.10.0 '
like 'that they are not signed is said' "$(cat "$err")" "*Copied to '*/mirror/web-1.0.0.tgz', not signed*"
ok '… as records' valid_records "$out"
ok '… byte for byte' cmp mirror/web-1.0.0.tgz serve/charts/web-1.0.0.tgz
gpg --batch --quiet --passphrase '' --quick-generate-key 'Ann <ann@example.com>' default default never 2>/dev/null
draft package -q --sign --key ann@example.com -d serve/signed src/db >/dev/null
exits 0 'a signed one' draft repo copy -o record "$url/signed/db-0.1.0.tgz" mirror
like '… and who signed it' "$(jq -r .fetch.signer "$out")" '????????????????????????????????????????'
ok '… with its provenance, byte for byte' cmp mirror/db-0.1.0.tgz.prov serve/signed/db-0.1.0.tgz.prov
run draft repo copy "$url/signed/db-0.1.0.tgz" mirror
like 'again' "$status $(cat "$err")" "0 *Nothing to copy: '*/mirror/db-0.1.0.tgz' is there, signed by *"
mkdir serve/wrong
cp serve/charts/web-1.2.0.tgz serve/wrong/db-0.1.0.tgz
cp serve/signed/db-0.1.0.tgz.prov serve/wrong
run draft repo copy "$url/wrong/db-0.1.0.tgz" elsewhere
is 'an archive that was not signed so' "$status $(ls elsewhere 2>/dev/null)" '1 '
echo 'description: another' >>src/db/Chart.yaml
sed -i '/The db/d' src/db/Chart.yaml
chart db 0.1.0
sed -i 's/The db/Another db/' src/db/Chart.yaml
draft package -q -d serve/another src/db >/dev/null
run draft repo copy "$url/another/db-0.1.0.tgz" mirror
like 'what is published is not written over' "$status $(cat "$err")" \
  "1 *draft-repo: cannot copy to '*/mirror/db-0.1.0.tgz': another archive is there already*"
ok '…' cmp mirror/db-0.1.0.tgz serve/signed/db-0.1.0.tgz
run draft repo copy "$url/none.tgz" "$url/charts/web-1.2.0.tgz" mirror
is 'one that fails does not stop the others' "$status $(find mirror -name 'web-1.2.0*' | wc -l)" '1 1'

# Words.
exits 64 'no word' draft repo
like '…' "$(cat "$err")" 'draft-repo: draft-repo needs a word: *'
exits 64 'a wrong word' draft repo lst
like '… has a near one' "$(cat "$err")" "*'lst' is not add, *did you mean 'list'?"
exits 64 'too few' draft repo add
exits 64 'too many' draft repo list x
exits 64 'an option of another word' draft repo list --url x
like '…' "$(cat "$err")" "draft-repo: option '--url' is for 'index'*"
run draft repo copy "$url/charts/web-1.2.0.tgz" ftp://example.com/charts
like 'copy to no place' "$status $(cat "$err")" "1 *draft-repo: cannot publish to 'ftp://example.com/charts': *"
finish
