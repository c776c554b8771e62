#!/bin/sh
# No release is replaced unasked: one made by helm alone, one of another chart, one that draft made for someone else.
# shellcheck source=Tests/cluster/lib.sh
. "$(dirname "$0")/lib.sh"
needs own api

mkdir app other
for name in web redis; do
  cp -r "$root/Tests/fixtures/charts/web" $name
  sed -i "s/^name: .*/name: $name/" $name/Chart.yaml
  printf 'draft: nobody\nbuildID: none\n' >>$name/values.yaml
  tar -czf $name.tgz $name
done
record() { # TAG [CHART [JQ-FILTER]]
  jq -cn --arg dir "$scratch/app" --arg chart "$scratch/${2:-web}.tgz" --arg name "${2:-web}" --arg tag "$1" \
    --arg digest "sha256:$(sha256sum "${2:-web}.tgz" | cut -d' ' -f1)" --argjson size "$(stat -c %s "${2:-web}.tgz")" \
    '{draft: 1, app: {name: "redis", dir: $dir}, chart: {path: $chart, mediaType: "application/gzip", digest: $digest,
      size: $size, name: $name, version: "0.1.0"},
      image: {repository: "registry.test/web", tag: $tag, store: "containers-storage"}} | '"${3:-.}"
}
failure() { jq -r '[.failure.code, .failure.message] | map(tostring) | join(",")' "$out"; }
told() { jq -c '.release | [.revision, .status, .changed]' "$out"; }
newest() { helm history redis -o json | jq -r 'last | "\(.revision) \(.status)"'; }
release() { draft-release --no-wait "$@"; }
me=$(id -un)@$(hostname)

# Made by helm alone: a database with its claim, with the name of the directory.
mkdir -p db/templates
printf 'apiVersion: v2\nname: db\nversion: 17.3.1\n' >db/Chart.yaml
cat >db/templates/claim.yaml <<'END'
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Mi}}}
END
helm install redis ./db >/dev/null
record 1 >line
run release <line
like 'a release made by helm is refused, with its chart and time' "$status $(failure)" \
  "1 77,release 'redis' was not made by draft: revision 1 of chart db-17.3.1, $(date -u +%Y-)*Z"
like '… with a hint' "$(jq -r .failure.hint "$out")" '--take-over replaces it*'
is '… and the release is unchanged' \
  "$(newest) $(kubectl get persistentvolumeclaim data -o 'jsonpath={.metadata.name}')" \
  '1 deployed data'
run release --take-over <line
is '--take-over releases it' "$status $(told)" '0 [2,"deployed",true]' || note "$(cat "$err")"
like '… with a message' "$(cat "$err")" '*Release "redis" was not made by draft: revision 1 of chart db-17.3.1, *'
run release <line
is '… once: then it belongs to draft' "$status $(told)" '0 [2,"deployed",false]'

# Another chart.
record 1 redis >line2
run release <line2
like 'another chart is refused, with chart, time and owner' "$status $(failure)" \
  "1 77,release 'redis' is not of chart 'redis': revision 2 of chart web-0.1.0, 20*Z, by $me:$scratch/app"
run release --take-over <line2
is '… --take-over releases it' "$status $(told)" '0 [3,"deployed",true]'

# Who made it.
is 'the release records its owner and directory' "$(helm get values redis -o json | jq -r .releasedBy)" \
  "$me:$scratch/app"
run release <line2
not_ok 'the same from the same directory prints nothing' grep 'was made by' "$err"
record 1 redis '.app.dir = "'"$scratch/other"'"' >line3
run release <line3
is 'the same from another directory: nothing to do' "$status $(told)" '0 [3,"deployed",false]'
like '… and reports the owner and the time' "$(cat "$err")" \
  "*Release \"redis\" was made by $me:$scratch/app: revision 3 of chart redis-0.1.0, 20*Z
*"
record 2 redis '.app.dir = "'"$scratch/other"'"' >line4
run release <line4
like 'a change from another directory: reports the owner and releases' "$status $(told) $(cat "$err")" \
  "0 ?4,\"deployed\",true? *Release \"redis\" was made by $me:$scratch/app: *"
record 3 redis '.app.by = "ann@laptop:/home/ann/redis\u001b[2J"' >line5
run release <line5
is 'a server records the client' "$status $(helm get values redis -o json | jq -r .releasedBy)" \
  '0 ann@laptop:/home/ann/redis[2J'
run env DRAFT_EXCLUSIVE=true draft-release --no-wait <line4
like 'the setting exclusive refuses it' "$status $(failure)" \
  "1 77,release 'redis' was made by ann@laptop:/home/ann/redis*: revision 5 of chart redis-0.1.0, 20*Z"
run env DRAFT_EXCLUSIVE=true draft-release --no-wait --take-over <line4
is '… and --take-over releases it' "$status $(told)" '0 [6,"deployed",true]'
run env DRAFT_EXCLUSIVE=true draft-release --no-wait <line4
is '… which is then the owner' "$status $(told)" '0 [6,"deployed",false]'

# Releases in ConfigMaps, for which helm is called.
run env HELM_DRIVER=configmap draft-release --no-wait --namespace maps <line
run env HELM_DRIVER=configmap draft-release --no-wait --namespace maps <line2
like 'also in ConfigMaps' "$status $(failure)" \
  "1 77,release 'redis' is not of chart 'redis': revision 1 of chart web-0.1.0, 20*Z, by $me:$scratch/app"

# Reported before anything is built: there is no builder here, and none is tried.
printf '[environments.development]\nname = "redis"\nwait = false\n' >app/draft.toml
mkdir app/charts && cp -r db app/charts/
echo 'FROM scratch' >app/Dockerfile
run release app
like 'refused before anything is built' "$status $(failure)" \
  "1 77,release 'redis' is not of chart 'db': *, by $me:$scratch/other"
not_ok '… and nothing is built' grep -i build "$err"
rm -r app/charts && mkdir app/charts && cp -r redis app/charts/
run env DRAFT_BUILDER=nowhere draft-release --no-wait app
like 'the owner is reported before anything is built' "$(cat "$err")" \
  "*Release \"redis\" was made by $me:$scratch/other: *nowhere*"
jq -c '.target = {engine: "helm", namespace: "default", builder: "b", replaces: "'"$me:$scratch/other"'"}' line5 |
  jq -c 'del(.app.by)' >line6
run release <line6
not_ok '… only once' grep 'was made by' "$err"

# helm by hand on a release of draft.
helm rollback redis 4 >/dev/null
run release <line6
is 'a rollback by hand to a revision of draft belongs to draft' "$status $(jq -c .release.changed "$out")" '0 true'
helm upgrade redis redis --reuse-values --set replicaCount=2 >/dev/null 2>&1
run release <line6
is 'an upgrade by hand with the same values belongs to draft' "$status $(jq -c .release.changed "$out")" '0 true'
like '… and is reported' "$(cat "$err")" '*Release "redis" was changed by helm: revision * of chart redis-0.1.0, *'
helm upgrade redis redis --set image.repository=x,image.tag=y,buildID=z >/dev/null 2>&1
before=$(newest)
run release <line6
like 'an upgrade by hand with other values does not' "$status $(failure)" \
  "1 77,release 'redis' was not made by draft: revision * of chart redis-0.1.0, *"
is '… and is not changed' "$(newest)" "$before"
helm rollback redis >/dev/null
run release <line6
is '… after a rollback it belongs to draft again' "$status" 0
helm uninstall redis >/dev/null
helm install redis ./db >/dev/null
run draft up --skip-image-push --no-watch app
like 'draft up refuses too' "$status $(failure)" "1 77,release 'redis' was not made by draft: *"
run draft up --take-over --skip-image-push --no-watch app
is '… and passes --take-over on' "$status $(told)" '0 [2,"deployed",true]' || note "$(cat "$err")"
finish
