#!/bin/sh
# draft params --from RELEASE: the parameters of a release, with the values that it was given.
# shellcheck source=Tests/cluster/lib.sh
. "$(dirname "$0")/lib.sh"
needs own api

mkdir -p web/templates web/charts/redis/templates
printf 'apiVersion: v2\nname: web\nversion: 0.1.0\n' >web/Chart.yaml
cat >web/values.yaml <<'Y'
# -- How many pods
replicas: 1
image:
  # -- The tag
  tag: ""
  # -- The repository
  repository: r
service:
  # -- Of the service
  annotations: {}
  type: ClusterIP
Y
cat >web/templates/map.yaml <<'Y'
apiVersion: v1
kind: ConfigMap
metadata: {name: web}
data:
  text: {{ list .Values.replicas (required "which tag?" .Values.image.tag) .Values.image.repository .Values.service.annotations .Values.service.type | toJson | quote }}
Y
cat >given.yaml <<'Y'
replicas: 3
image: {tag: v1, repository: null}
service: {annotations: {a: b}}
other: {password: secret}
Y
helm install web web -f given.yaml -n default >/dev/null 2>"$err" || said
rm -rf web.kept; mv web web.kept

exits 0 'the parameters of a release' draft params --from web -o record
cp "$out" lines
ok '… as the schema has them' valid_records lines
is '… with what it was given, and the defaults of the chart that is stored' \
  "$(jq -c '.param | [.path, .default, .set // false, .required // false]' lines)" '["image.repository",null,true,false]
["image.tag","v1",true,false]
["replicas",3,true,false]
["service.annotations",{"a":"b"},true,false]
["service.type","ClusterIP",false,false]
["other",{"password":"secret"},true,false]'
is '… whose uses are known' \
  "$(jq -r '.param | select(.path == "replicas") | "\(.chart) \(.uses[0].file):\(.uses[0].line)"' lines)" \
  'web-0.1.0 web-0.1.0/templates/map.yaml:5'
is '… and what no chart knows is marked' "$(jq -c '.param | select(.path == "other").marks' lines)" \
  '["undeclared","unused"]'
like 'the list says what is set' "$(draft params --from web -o table)" '*
- replicas (set to 3): no documentation
*
- service.type: no documentation
*'
exits 0 '--write' draft params --from web --write new.yaml
is '… writes what is set, and the rest in comments' "$(cat new.yaml)" '# release: default/web

image:
  repository: null
  tag: "v1"
replicas: 3
service:
  annotations: {"a":"b"}
  # type: "ClusterIP"
other: {"password":"secret"}'
is '… for nobody else to read' "$(stat -c %a new.yaml)" 600
helm get values web -n default >before.yaml
helm upgrade web web.kept -f new.yaml -n default >/dev/null 2>"$err" || said
is '… which makes the same release' "$(helm get values web -n default)" "$(cat before.yaml)"
is 'of another chart, by its reference' "$(draft params --from web --write - web.kept | head -n 2)" '# release: default/web
# chart: web.kept'
is '… its comments count' \
  "$(draft params --from web web.kept | jq -r '.param | select(.path == "replicas").documentation')" 'How many pods'

# Sub-charts are not stored.
printf 'apiVersion: v2\nname: redis\nversion: 1.0.0\n' >web.kept/charts/redis/Chart.yaml
printf 'port: 1\n' >web.kept/charts/redis/values.yaml
printf 'dependencies: [{name: redis, version: 1.0.0, alias: store}]\n' >>web.kept/Chart.yaml
helm upgrade web web.kept -f new.yaml --set store.port=2 -n default >/dev/null 2>"$err" || said
exits 0 'a release with sub-charts' draft params --from web -o record
like '… is warned of' "$(cat "$err")" "*the sub-charts of release 'web' are not known*"
is '… and what is for them is not judged' \
  "$(jq -c '.param | select(.path == "store.port") | [.default, .set, .marks]' "$out")" '[2,true,null]'

# Wrong ways.
exits 66 'a release there is not' draft params --from none
like '… is named' "$(cat "$err")" "draft-params: no release 'none' in namespace 'default' of kube context *"
exits 66 'in another namespace' draft params --from web --namespace kube-system
exits 64 'what is no name' draft params --from a/b
exits 64 'a namespace without it' draft params --namespace x web.kept
exits 66 'of podman, which stores no charts' draft params --engine podman --from web
finish
