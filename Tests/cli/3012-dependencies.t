#!/bin/sh
# draft package -u fetches the dependencies of a chart, by its lock or the newest ones. It leaves charts/ and the lock
# as helm does.
. "$(dirname "$0")/lib.sh"
if ! command -v helm >/dev/null; then
  skip 'dependencies' 'there is no helm'
  finish
  exit
fi

mkdir -p serve/charts
servers=
trap 'kill $servers 2>/dev/null; cd /; rm -rf "$scratch"' EXIT
(cd serve && exec /usr/bin/python3 "$root/Tests/cli/repository-server.py" "$scratch/port" "$scratch/log") 3>&- &
servers=$!
await test -s port
url=http://127.0.0.1:$(cat port)

chart() { # DIR NAME VERSION
  mkdir -p "$1/templates"
  printf 'apiVersion: v2\nname: %s\nversion: %s\n' "$2" "$3" >"$1/Chart.yaml"
  # shellcheck disable=SC2016 # it is a template
  printf 'kind: ConfigMap\napiVersion: v1\nmetadata: {name: {{ .Chart.Name }}}\n' >"$1/templates/map.yaml"
}
for version in 1.0.0 1.2.0 1.10.0 2.0.0-rc.1; do
  chart src/web web $version
  draft package -q -d serve/charts src/web >/dev/null
done
chart src/db db 0.1.0; draft package -q -d serve/charts src/db >/dev/null
helm repo index serve >/dev/null
mkdir -p "$HOME/.config/helm"
printf 'apiVersion: ""\nrepositories:\n- {name: near, url: "%s"}\n- {name: closed, url: "%s/closed", username: me, password: secret}\n' "$url" "$url" >"$HOME/.config/helm/repositories.yaml"
chart inner inner 1.1.5
depends() { # DIR [NAME VERSION REPOSITORY]...
  _chart=$1; shift
  chart "$_chart" "${_chart##*/}" 1.0.0
  echo 'dependencies:' >>"$_chart/Chart.yaml"
  while [ $# -gt 0 ]; do
    printf -- '- name: %s\n  version: "%s"\n  repository: "%s"\n' "$1" "$2" "$3" >>"$_chart/Chart.yaml"
    shift 3
  done
}
mkdir helms
as_helm() { # NAME DIR: the same from helm, beside it
  rm -rf "helms/$2"; cp -r "$2" "helms/$2"
  [ -e helms/inner ] || cp -r inner helms/
  ok "$1: helm does so too" helm dependency update "helms/$2"
  run draft package -u "$2"
  is "$1" "$status" 0
  grep -v '^generated' "$2/Chart.lock" >ours; grep -v '^generated' "helms/$2/Chart.lock" >theirs
  ok '… the lock is that of helm' cmp ours theirs
  # Archives from a directory differ in times and compression.
  is '… and so is charts/' "$(ls "$2/charts")" "$(ls "helms/$2/charts")"
  for file in "$2"/charts/[!i]*; do ok '… of the same bytes' cmp "$file" "helms/$file"; done
}

# Without a lock: the newest that fit.
depends app web '^1' "$url" db '*' '@near' inner '>=1.1 <2' 'file://../inner'
mkdir -p app/charts; cp serve/charts/web-1.0.0.tgz app/charts/; echo note >app/charts/_notes
as_helm 'the newest that fit are fetched' app
is '… an older version is gone' \
  "$(cd app/charts && printf '%s ' *)" '_notes db-0.1.0.tgz inner-1.1.5.tgz web-1.10.0.tgz '
is '… the chart has them, and the lock' "$(tar tzf app-1.0.0.tgz | grep -c 'charts/.*/Chart.yaml\|Chart.lock')" 4
like '… the lock has a time' "$(grep generated app/Chart.lock)" 'generated: "20*Z"'
ok '… which helm takes' helm dependency build app
depends named web '1.2.x' "alias:near" db 0.1.0 "$url/"
as_helm 'a repository by alias, and one with another slash' named
depends shut db '*' '@closed'
as_helm 'a repository with a login' shut
depends shut db '*' "$url/closed"
rm -rf shut/charts shut/Chart.lock
as_helm 'which counts for its URL too' shut

# With one: what it says.
sed -i 's/1\.10\.0/1.2.0/' app/Chart.lock
# Its digest, by helm's rule.
digest() { # DIR
  /usr/bin/python3 - "$1" <<'P'
import hashlib, json, sys, yaml
def only(list): return [{key: one[key] for key in ("name", "version", "repository") if one.get(key)} for one in list]
chart, lock = (yaml.safe_load(open(f"{sys.argv[1]}/{name}")) for name in ("Chart.yaml", "Chart.lock"))
declared = only(chart["dependencies"])
for one, locked in zip(declared, lock["dependencies"]): one["repository"] = locked["repository"]
text = json.dumps([declared, only(lock["dependencies"])], separators=(",", ":"))
for char in "<>&": text = text.replace(char, f"\\u{ord(char):04x}")
print("sha256:" + hashlib.sha256(text.encode()).hexdigest())
P
}
sed -i "s/^digest.*/digest: $(digest app)/" app/Chart.lock
cp app/Chart.lock kept
exits 0 'a lock that is current' draft package -u app
is '… decides' "$(cd app/charts && printf '%s ' *)" '_notes db-0.1.0.tgz inner-1.1.5.tgz web-1.2.0.tgz '
ok '… and is left alone' cmp kept app/Chart.lock
rm -rf helms/app; cp -r app helms/; rm helms/app/charts/*.tgz
ok '… as by helm' helm dependency build helms/app
is '… which has the same' "$(ls helms/app/charts)" "$(ls app/charts)"
before=$(wc -l <log)
exits 0 'what is there' draft package -u app
is '… nobody is asked for' "$(wc -l <log)" "$before"
chart inner inner 1.3.0
exits 0 'another version of a chart in a directory' draft package -u app
is '… is in the lock' "$(grep -A 2 inner app/Chart.lock | grep version | tr -d ' ') $(cd app/charts && printf '%s ' *)" \
  'version:1.3.0 _notes db-0.1.0.tgz inner-1.3.0.tgz web-1.10.0.tgz '
sed -i 's/\^1/~1.2/' app/Chart.yaml
rm -rf helms/inner
as_helm 'a lock of other dependencies is made new' app
cp app/Chart.lock kept
SOURCE_DATE_EPOCH=1700000000 draft package -q -u app >/dev/null
ok 'one that is right keeps its time' cmp kept app/Chart.lock
rm app/Chart.lock; SOURCE_DATE_EPOCH=1700000000 draft package -q -u app >/dev/null
is 'SOURCE_DATE_EPOCH is the time of a new one' "$(grep generated app/Chart.lock)" 'generated: "2023-11-14T22:13:20Z"'
depends old web '^1' "$url"; sed -i s/v2/v1/ old/Chart.yaml
sed -n '/^dependencies/,$p' old/Chart.yaml >old/requirements.yaml; sed -i '/^dependencies/,$d' old/Chart.yaml
cp -r old helms/; helm dependency update helms/old >/dev/null 2>&1; draft package -q -u old >/dev/null
is 'of an old chart it is requirements.lock' "$(grep -v generated old/requirements.lock)" \
  "$(grep -v generated helms/old/requirements.lock)"

# What goes wrong; then nothing has changed.
depends bad web '^1' "$url" db '^9' "$url"
run draft package -u bad
like 'a version that there is not' "$status $(jq -r .failure.code "$out") $(cat "$err")" \
  "1 69 *no version of 'db' in '*' matches '^9': the newest is 0.1.0"
not_ok '… and nothing is written' test -e bad/charts -o -e bad/Chart.lock
depends bad web '^1' '@far'
run draft package -u bad
like 'a repository that helm does not know' "$status $(jq -r .failure.code "$out") $(cat "$err")" \
  "1 78 *helm has no repository 'far'*"
depends bad web '^1' http://127.0.0.1:1
run draft package -u bad
is 'no server' "$status $(jq -r .failure.code "$out")" '1 69'
depends bad web 'x y' "$url"
run draft package -u bad
like 'no constraint' "$status $(jq -r .failure.code "$out") $(cat "$err")" \
  "1 65 *'x y' is neither a version nor a constraint*"
depends bad web '^1' ''
run draft package -u bad
like 'one from nowhere' "$status $(cat "$err")" \
  "1 *cannot get dependency 'web'*it has no repository and is not in charts/"
chart bad/charts/web web 1.5.0
exits 0 'which may be in charts/' draft package -u bad
depends bad web '^1' "$url"; rm -f bad/Chart.lock
run draft package -u bad
is 'a directory in charts/ stays' "$status $(ls bad/charts) $(grep -c 1.5.0 bad/Chart.lock)" '0 web 1'
depends bad web '~1.2' "$url"; rm -f bad/Chart.lock
run draft package -u bad
like 'unless it does not fit' "$status $(jq -r .failure.code "$out") $(cat "$err")" \
  "1 65 *'*/bad/charts/web' has version 1.5.0, not ~1.2"
run draft package -u app-1.0.0.tgz
like 'an archive has no charts/' "$status $(cat "$err")" \
  "1 *cannot update the dependencies of '*app-1.0.0.tgz': it is not a directory*fetch --untar*"

# Registries.
if command -v docker-registry >/dev/null; then
  place=127.0.0.1:$(free_port)
  registry store "$place"; servers="$servers $daemon"
  for archive in web-1.2.0 web-1.10.0; do
    helm push "serve/charts/$archive.tgz" "oci://$place/charts" --plain-http >/dev/null 2>&1
  done
  depends reg web '^1' "oci://$place/charts"
  cp -r reg helms/; helm dependency update --plain-http helms/reg >/dev/null 2>&1
  exits 0 'a chart in a registry' draft package -u reg
  is '… has the lock of helm' "$(grep -v generated reg/Chart.lock)" "$(grep -v generated helms/reg/Chart.lock)"
  ok '… and the same archive' cmp reg/charts/web-1.10.0.tgz helms/reg/charts/web-1.10.0.tgz
else
  skip 'a chart in a registry' 'there is no docker-registry'
fi
finish
