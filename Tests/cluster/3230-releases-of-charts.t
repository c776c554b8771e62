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
printf 'text: "1"\nlist: [a, {b: null}]\nmap: {z: 1.5, y: true, "on": "on"}\n' >given.yaml
helm install byhelm web -f given.yaml >/dev/null 2>"$err" || said
helm install bare web >/dev/null 2>"$err" || said
exits 0 'the values of a release that helm made' draft-values byhelm
is '… are those that helm prints, below its name' "$(cat "$out")" "# release: $namespace/byhelm
$(helm get values byhelm -o yaml)"
is '… of one without any' "$(draft-values bare)" "# release: $namespace/bare
{}"
exits 0 '--write' draft-values --write values.yaml byhelm
is '… says so' "$(cat "$out" "$err")" 'Stored in values.yaml'
is '… for nobody else to read' "$(stat -c %a values.yaml) $(tail -n +2 values.yaml)" "600 $(helm get values byhelm -o yaml)"
exits 73 '… and not over another file' draft-values --write values.yaml byhelm
exits 0 'the manifest' draft-manifest -o yaml byhelm
is '… is the one that helm prints' "$(tail -n +2 "$out")" "$(helm get manifest byhelm)"
exits 0 '… as records' draft-manifest byhelm
is '… one for each object' "$(jq -r '.object | [.release, .namespace, .chart, .template, .kind, .object] | join(" ")' "$out")" \
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
is '… is one record each' "$(jq -c '[.release.name, .release.revision]' "$out" | tr '\n' ' ')" '["byhelm",2] ["bare",2] '
ok '… and valid' valid_records "$out"
is '… and changes nothing' "$(both)" "$(cat before)"
sed -i 's/text: "1"/text: "2"/' all.yaml
run draft-redeploy byhelm all.yaml
is 'a change for one of them, from now on from its directory' \
  "$status $(text byhelm-web) $(text bare-web) $(jq -r .origin.directory "$out")" "0 2 one $scratch/web"
run draft-redeploy -f all.yaml -f nowhere.yaml
is 'a file that is not there' "$status $(failure | cut -d, -f1 | sort -u)" '1 66'
printf '# release: other/web\ntext: 3\n' >other.yaml
run draft-redeploy byhelm other.yaml
is 'a file without values for it' "$status $(failure)" "1 66,'$scratch/other.yaml' has no values of release '$namespace/byhelm'"
finish
