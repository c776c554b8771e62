#!/bin/sh
# Charts as releases: release CHART, values, manifest, redeploy from where the chart came from, charts, instances; of a
# chart with a sub-chart, with helm used by hand in between.
# shellcheck source=Tests/cluster/lib.sh
. "$(dirname "$0")/lib.sh"
needs node
namespace charts

mkdir -p web/templates web/charts/redis/templates
printf 'apiVersion: v2\nname: web\nversion: 0.1.0\ndependencies: [{name: redis, version: 1.0.0}]\n' >web/Chart.yaml
printf 'apiVersion: v2\nname: redis\nversion: 1.0.0\nannotations: {a: b}\n' >web/charts/redis/Chart.yaml
printf 'text: one\n' >web/values.yaml
printf 'port: 1\n' >web/charts/redis/values.yaml
map() { # NAME TEXT
  printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: "{{ .Release.Name }}-%s"}\ndata: {text: %s}\n' "$1" "$2"
}
map web '{{ .Values.text | quote }}' >web/templates/map.yaml
map redis '{{ .Values.port | quote }}' >web/charts/redis/templates/map.yaml
text() { kubectl get configmap "$1" -o 'jsonpath={.data.text}'; }
failure() { jq -r '[.failure.code, .failure.message] | map(tostring) | join(",")' "$out"; }

# helm made it.
printf 'text: "1"\nlist: [a, {b: null}]\nmap: {z: 1.5, x: true, "on": "on"}\n' >given.yaml
helm install byhelm web -f given.yaml >/dev/null 2>"$err" || said
helm install bare web >/dev/null 2>"$err" || said
exits 0 'the values of a release that helm made' draft-values byhelm
is '… are those that helm prints, below its name' "$(cat "$out")" "# release: $namespace/byhelm
$(helm get values byhelm -o yaml)"
is '… of one without any' "$(draft-values bare)" "# release: $namespace/bare
{}"
exits 0 '--write' draft-values --write values.yaml byhelm
is '… says so' "$(cat "$out" "$err")" 'Stored in values.yaml'
is '… for nobody else to read' "$(stat -c %a values.yaml) $(tail -n +2 values.yaml)" \
  "600 $(helm get values byhelm -o yaml)"
exits 73 '… and not over another file' draft-values --write values.yaml byhelm
exits 0 'the manifest' draft-manifest -o yaml byhelm
is '… is the one that helm prints' "$(tail -n +2 "$out")" "$(helm get manifest byhelm)"
exits 0 '… as records' draft-manifest byhelm
is '… one for each object' \
  "$(jq -r '.object | [.release, .namespace, .chart, .template, .kind, .object] | join(" ")' "$out")" \
  "byhelm $namespace web-0.1.0 web/charts/redis/templates/map.yaml ConfigMap byhelm-redis
byhelm $namespace web-0.1.0 web/templates/map.yaml ConfigMap byhelm-web"
ok '… which are valid' valid_records "$out"
is '… with the digests of draft render' "$(jq -r .object.digest "$out")" \
  "$(draft-render --name byhelm -n "$namespace" -f given.yaml web | jq -r .object.digest)"
run draft-manifest --write manifest.yaml byhelm bare
is '… of two, in a file' "$status $(cat "$err") $(grep '^# release' manifest.yaml | tr '\n' ' ')" \
  "0 Created manifest.yaml # release: $namespace/byhelm # release: $namespace/bare "
is 'list --all has all of helm' "$(draft-list --all | jq -r .app.name | tr '\n' ' ')" 'bare byhelm '

# Several in one file.
both() { for name in byhelm bare; do helm get values "$name" -o json; helm get manifest "$name"; done; }
draft-values byhelm bare >all.yaml
both >before
exits 0 'redeploy -f of the values of two' draft-redeploy --chart web -f all.yaml
is '… is one record each' "$(jq -c '[.release.name, .release.revision]' "$out" | tr '\n' ' ')" \
  '["byhelm",2] ["bare",2] '
ok '… and valid' valid_records "$out"
is '… and changes nothing' "$(both)" "$(cat before)"
sed -i 's/text: "1"/text: "2"/' all.yaml
run draft-redeploy byhelm all.yaml
is 'a change for one of them, from now on from its directory' \
  "$status $(text byhelm-web) $(text bare-web) $(jq -r .origin.directory "$out")" "0 2 one $scratch/web"
run draft-redeploy -f all.yaml -f nowhere.yaml
is 'a file that is not there: none is released' "$status $(cat "$out")" '66 '
printf '# release: other/web\ntext: 3\n' >other.yaml
run draft-redeploy byhelm other.yaml
is 'a file without values for it' "$status $(failure)" \
  "1 66,'$scratch/other.yaml' has no values of release '$namespace/byhelm'"
# release CHART: from a directory.
helm uninstall byhelm bare >/dev/null
exits 0 'a chart in a directory' draft-release --name mine --set text=two web
is '… says what it is called' "$(grep -e Uploading -e Created "$err")" "--> Uploading web as localchart/web-0.1.0.tgz
--> Created mine"
is '… is a release of it, with these values and no others' \
  "$(text mine-web) $(text mine-redis) $(helm get values mine -o json)" 'two 1 {"text":"two"}'
is '… records where it came from' "$(jq -c '[.origin.directory, .values.settings[0].key]' "$out")" \
  "[\"$scratch/web\",\"text\"]"
ok '… and is valid' valid_records "$out"
like '… which helm shows' "$(helm get metadata mine)" "*sh.draft.origin=$scratch/web*"
exits 1 'a name that is taken' draft-release --name mine web
like '… is refused, with who has it' "$(failure)" \
  "73,there is a release 'mine' already: revision 1 of chart web-0.1.0, *"
is '… and left alone' "$(helm history mine -o json | jq length)" 1
exits 0 '--take-over replaces it' draft-release --name mine --take-over --set text=three web
is '… as its next revision' "$(text mine-web) $(jq -c .release.revision "$out")" 'three 2'
run draft-release -f given.yaml web
name=$(jq -r .app.name "$out")
like 'without a name it gets one' "$status $(grep Created "$err")" "0 --> Created $name"
is '… and the values of the file' "$(helm get values "$name" -o json) $(jq -r '.origin.values[]' "$out")" \
  "$(draft-yaml2json <given.yaml | jq -Sc .) $scratch/given.yaml"
{ echo '# chart: ./web'; cat given.yaml; } >named.yaml
run draft-release --name named -f named.yaml
is 'a values file that names its chart is enough' "$status $(text named-web)" '0 1'
exits 64 '… one that does not' draft-release -f given.yaml
like '… is told the line to add' "$(cat "$err")" "draft-release: 'given.yaml' does not name its chart
*'# chart: REFERENCE'*"
exits 64 '--name of two charts' draft-release --name two web web
mkdir -p application/charts && cp -r web application/charts/
run draft-release --name x application
is '--name of an application' "$status $(jq -c .failure.code "$out")" '1 64'

# Two at once.
mkdir -p home.1 home.2
for n in 1 2 3 4; do
  DRAFT_HOME=$PWD/home.$((n % 2 + 1)) draft-release --name race web >race.$n 2>/dev/null &
  racers="${racers:-} $!"
done
for racer in $racers; do wait "$racer"; done
is 'of four that ask for one name one gets it' \
  "$(cat race.? | jq -r '.release.revision // .failure.code' | sort -n | tr '\n' ' ')" '1 73 73 73 '
is '… once' "$(helm history race -o json | jq length)" 1

# redeploy: the directory as it is now.
sed -i 's/^text: .*/text: edited/;' web/values.yaml
map more '"{{ .Chart.Version }}"' >web/templates/more.yaml
run draft-redeploy race
is 'redeploy takes the directory as it is now' "$status $(text race-web) $(text race-more) $(text race-redis)" \
  '0 edited 0.1.0 1'
like '… which is said' "$(cat "$err")" "*Uploading $scratch/web as localchart/web-0.1.0.tgz
--> Redeploying race: chart web-0.1.0 from '$scratch/web'
*Redeployed race*"
run draft-redeploy --stored race
like 'the stored chart lacks its sub-chart' "$status $(failure) $(cat "$err")" \
  "1 65,release 'race' has subcharts, which helm does not store *--chart *"
helm rollback race 1 >/dev/null
is 'helm by hand: a rollback' "$(text race-web)" one
run draft-redeploy race
is '… keeps the origin' "$status $(text race-web)" '0 edited'
helm upgrade race web >/dev/null
run draft-redeploy race
is 'an upgrade by hand has none' "$status $(failure | cut -d, -f1)" '1 65'
run draft-redeploy --chart ./web race
is '… and --chart gives it one' "$status $(jq -r .origin.directory "$out")" "0 $scratch/web"
mv web moved
run draft-redeploy race
is 'a directory that is gone' "$status $(failure)" \
  "1 66,there is no chart in '$scratch/web', where that of release 'race' came from"
cp -r moved web && sed -i 's/^name: web/name: other/' web/Chart.yaml
run draft-redeploy race
is '… or has another chart' "$status $(failure)" "1 65,release 'race' is of chart 'web', not of 'other'"
rm -r web && mv moved web
secret=sh.helm.release.v1.race.v$(helm history race -o json | jq 'last.revision')
edit_secret() { # JQ-FILTER
  kubectl get secret "$secret" -o json | jq -r .data.release | base64 -d | base64 -d | gzip -dc | jq -c "$1" |
    gzip -c | base64 -w0 | base64 -w0 >stored
  kubectl get secret "$secret" -o json | jq --rawfile body stored '.data.release = $body' |
    kubectl replace -f - >/dev/null
}
edit_secret '.chart.metadata.annotations["sh.draft.host"] = "elsewhere"'
run draft-redeploy race
is 'a directory on another machine' "$status $(failure)" \
  "1 66,the chart of release 'race' is in '$scratch/web' on another machine, 'elsewhere'"
edit_secret '.chart.metadata.annotations["sh.draft.origin"] = "/etc\u001b[m"'
run draft-redeploy race
is 'what no path is counts as none' "$status $(failure | cut -d, -f1)" '1 65'

# By reference.
mkdir repo && helm package -d repo web >/dev/null && helm repo index repo
port=$(free_port)
/usr/bin/python3 -m http.server --bind 127.0.0.1 --directory repo "$port" >/dev/null 2>&1 &
later "kill $!"
await curl -sf "http://127.0.0.1:$port/index.yaml"
helm repo add local "http://127.0.0.1:$port" >/dev/null
run draft-release --name fetched local/web
is 'a chart by its reference' "$status $(text fetched-redis) $(jq -r .origin.reference "$out")" '0 1 local/web#0.1.0'
run draft-redeploy --set text=set fetched
is '… is fetched again' "$status $(text fetched-web) $(jq -r .release.chart "$out")" '0 set web-0.1.0'
draft-values fetched >fetched.yaml
is '… which its values say' "$(sed -n 2p fetched.yaml)" '# chart: local/web#0.1.0'
run draft-release --name again -f fetched.yaml
is '… so that they make another like it' "$status $(text again-web)" '0 set'
sed 's/^version: .*/version: 0.2.0/' web/Chart.yaml >chart && mv chart web/Chart.yaml
helm package -d repo web >/dev/null && helm repo index repo && helm repo update >/dev/null
draft-release repo/web-0.1.0.tgz --name archive >/dev/null 2>&1
run draft-redeploy archive
is 'a chart in an archive' "$status $(jq -r .origin.directory "$out")" "0 $scratch/repo/web-0.1.0.tgz"
run draft-charts
is 'charts: each version once' \
  "$(jq -r '.use | [.chart, .version, .newest // "-", (.releases | length)] | join(" ")' "$out")" \
  "$scratch/repo/web-0.1.0.tgz 0.1.0 - 1
$scratch/web 0.1.0 - 3
local/web#0.1.0 0.1.0 0.2.0 2
web-0.1.0 0.1.0 - 1"
ok '… valid' valid_records "$out"
names() { jq -r .app.name "$out" | sort | tr '\n' ' '; }
run draft-instances local/web
is 'instances of a reference' "$(names)" 'again fetched '
ok '… valid' valid_records "$out"
is '… that trail the newest' "$(jq -r '.use | "\(.version) \(.newest)"' "$out" | sort -u)" '0.1.0 0.2.0'
run draft-instances 'local/web#^0.2'
is '… none in that version' "$status$(names)" 0
run draft-instances ./web
is '… of a directory' "$(names)" "$(printf '%s\n' mine named "$name" | sort | tr '\n' ' ')"
run draft-instances redis
is 'a sub-chart is no instance' "$status$(names)" 0
run draft-instances --deep redis
is '… but with --deep' \
  "$(names | wc -w) $(jq -r '.use | "\(.version) \(.parent)"' "$out" | sort -u)" '7 1.0.0 web-0.1.0'
run draft-instances -o table --deep redis
like '… on a terminal' "$(head -n 2 "$out" | tr -s ' ')" "NAME NAMESPACE CHART VERSION NEWEST IN
again $namespace redis-1.0.0 1.0.0 web-0.1.0"
helm package -d repo --version 0.1.0 web >/dev/null && helm repo index repo && helm repo update >/dev/null
run draft-redeploy fetched
like 'a reference that has another chart by now' "$status $(failure)" \
  "1 65,chart 'local/web#0.1.0' is not the one of release 'fetched': its digest is sha256:*, not sha256:*"
finish
