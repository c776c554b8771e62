#!/bin/sh
# draft env: environments as files become lines. The values it names are those that helm renders with.
. "$(dirname "$0")/lib.sh"
cp -r "$root/Tests/fixtures/environments" e
cd e || exit 1
value() { jq -c --arg key "$1" 'select(.app.name == "web") | .values.uses[] | select(.key == $key) | .value' "$out"; }

exits 0 'an environment' draft env prod
valid_records "$out" || report 1 'its records are valid'
is 'its releases, in the order of the files' "$(jq -r .app.name "$out" | xargs)" 'ingress classes web'
is 'where they run' "$(jq -c 'select(.app.name == "web") | .app' "$out")" \
  '{"name":"web","dir":"","environment":"prod","namespace":"prod","context":"gke_demo-project_europe-north1-a_demo","declaredIn":"'"$scratch/e/environments.yaml\"}"
is 'a reference is one that needs no helm repo add' \
  "$(jq -r 'select(.app.name == "ingress") | .fetch.reference' "$out")" \
  'helm:charts.example.com/stable/nginx-ingress#0.9.5'
is 'a chart in a directory' "$(jq -r 'select(.app.name == "web") | .fetch.reference' "$out")" "$scratch/e/charts/web"
is 'resource files' "$(jq -r 'select(.app.name == "classes") | .resources.files[].path' "$out")" \
  "$scratch/e/files/storage.yaml"
is 'a value from elsewhere stays a reference' "$(jq -c 'select(.app.name == "ingress") | .values.settings[-1] | [.value, .from.gceResource.address.name, .from.provider.gke.project]' "$out")" \
  '["","demo-ingress","demo-project"]'
is 'and has no value among those that are used' \
  "$(jq -c 'select(.app.name == "ingress") | .values.uses[-1] | [.key, has("value")]' "$out")" \
  '["controller.service.loadBalancerIP",false]'
is 'what it needs' "$(jq -c 'select(.app.name == "web") | .order' "$out")" '{"needs":["ingress"]}'
is 'a number is as it is written' "$(value image.tag)" '"1.10"'
is 'a value with a comma is one value' "$(value 'annotations.kubernetes\.io/owner')" '"x,y=z w"'
is 'true of a release is a text, as in KubeCD' "$(value cache.enabled)" '"true"'
is 'helm tells the type of a default' "$(value replicas)" 3
is 'defaults count for more than the values file of the release' "$(value ingress.domain)" '"prod.example.com"'
like 'which is told' "$(cat "$err")" \
  "*files/prod.yaml:5:17: warning: 'ingress.domain' of files/values-prod.yaml:4 has no effect: environments.yaml:23 sets it*"
is 'with the places of both' "$(jq -c 'select(.app.name == "web") | .values.uses[] | select(.key == "ingress.domain") | [.source, .over]' "$out")" \
  '["environments.yaml:23",["files/values-prod.yaml:4"]]'
is 'a file of defaults beside the releases' "$(value image.prefix)" '"eu.example.com/"'
is 'an image to watch, with the values of its chart' "$(jq -c 'select(.app.name == "web") | .triggers.watch[] | [.repository, .tag, .track]' "$out" | xargs)" \
  '[eu.example.com/web,1.10,PatchLevel] [eu.example.com/memcached,1.6.0,PatchLevel]'
cp "$out" prod
exits 0 'the layout of the design' draft env test
is 'without defaults' "$(jq -c '[.app.context, .values.settings]' "$out")" '["minikube",[]]'

exits 0 'list' draft env --list
is 'is what draft release takes' "$(xargs <"$out")" 'prod/ingress prod/classes prod/web test/web'
exits 0 'one release' draft env -q prod/web
is 'is one line' "$(jq -r .app.name "$out")" web
exits 0 'all' draft env --all
is 'are all' "$(wc -l <"$out" | xargs)" 4
exits 0 'a table' draft env -o table test
like 'has a head' "$(cat "$out")" 'ENVIRONMENT*RELEASE*CHART*web*minikube*'
mv environments.yaml other.yaml
exits 66 'no file' draft env prod
KUBECD_ENVIRONMENTS=other.yaml exits 0 'the variable of KubeCD' draft env test
exits 0 'the option' draft env -f other.yaml test
mv other.yaml environments.yaml

# What helm renders with is what the record says.
if command -v helm >/dev/null; then
  jq -r 'select(.app.name == "web") | .values | (.files[] | "--values=" + .path), (.settings[] |
    "--set" + (if .typed then "" else "-string" end) + "=" + .key + "=" +
      (if .value | startswith("{") then .value else .value | gsub("(?<c>[,\\\\])"; "\\\(.c)") end))' prod >arguments
  tr '\n' '\0' <arguments | xargs -0 helm template web charts/web >rendered 2>"$err"
  draft yaml2json rendered | jq -S '.data.values | fromjson' >helm
  jq -c 'select(.app.name == "web") | .values.uses[]' prod | while read -r use; do
    path=$(printf '%s' "$use" | jq -c '[.key | scan("(?:[^.\\\\]|\\\\.)+") | gsub("\\\\(?<c>.)"; "\(.c)")]')
    [ "$(jq -c "getpath($path)" helm)" = "$(printf '%s' "$use" | jq -c .value)" ] || printf '%s\n' "$use"
  done >differ
  is "every value is helm's" "$(cat differ)" ''
  note "$(jq 'select(.app.name == "web") | .values.uses | length' prod) values"
else
  skip "every value is helm's" 'there is no helm'
fi

# Wrong files: each finding with its place, and nothing is passed over.
mkdir wrong
cat >wrong/environments.yaml <<'EOF'
environments:
  - name: prod
    provider: {minikube: {}}
    kubeNamespace: prod
    releasesFiles: [releases.yaml]
EOF
releases() { cat >wrong/releases.yaml; }
finding() { # NAME PLACE MESSAGE
  run draft env -f wrong/environments.yaml --check prod
  like "$1" "$(jq -r '.finding | "\(.file):\(.line):\(.column): \(.severity): \(.message)"' "$out")" "*wrong/$2: $3*"
}
releases <<'EOF'
releases:
  - name: web
    chart: {dir: ../charts/web}
    valeus: []
EOF
finding 'an unknown key' releases.yaml:4:5 "error: release 'web' has no key 'valeus'"
exits 1 'fails its release' draft env -f wrong/environments.yaml prod
is 'with the place and the nearest name' "$(jq -c '.failure | [.by, .code, .message, .hint]' "$out")" \
  "[\"draft-env\",65,\"cannot use release 'web': wrong/releases.yaml:4:5: release 'web' has no key 'valeus'\",\"did you mean 'values'?\"]"
exits 1 '--check says no' draft env -f wrong/environments.yaml --check prod
releases <<'EOF'
releases:
  - name: web
    chart: {dir: ../charts/web}
  - name: db
    chart: {dir: ../charts/web}
  - name: web
    chart: {dir: ../charts/web}
EOF
finding 'a release that is there twice' releases.yaml:6:11 "error: release 'web' is there twice"
run draft env -f wrong/environments.yaml prod
is 'fails both, and the others go on' "$(jq -r '"\(.app.name) \(has("failure"))"' "$out" | xargs)" \
  'web true db false web true'
releases <<'EOF'
releases:
  - name: web
    name: web
    chart: {dir: ../charts/web}
    values: [{key: a, value: 1}, {key: a, value: 2}]
EOF
finding 'a key that is there twice' releases.yaml:3:5 "error: release 'web' has the key 'name' twice"
finding 'a value that is set twice' releases.yaml:5:40 "warning: 'a' is set twice; the last one counts"
releases <<'EOF'
releases:
  - name: web
    chart: {dir: ../charts/wbe}
    valuesFile: none.yaml
  - name: files
    resourceFiles: [none.yaml]
  - name: ref
    chart: {reference: stable/redis}
  - name: both
    chart: {dir: ../charts/web, reference: stable/redis, version: 1.0.0}
  - name: none
EOF
finding 'a chart that is not there' releases.yaml:3:18 "error: there is no chart in 'wrong/../charts/wbe'"
finding 'a values file that is not there' releases.yaml:4:17 "error: cannot read 'wrong/none.yaml': No such file or directory"
finding 'a resource file that is not there' releases.yaml:6:21 'error: cannot read'
finding 'a reference without a version' releases.yaml:8:12 "error: chart 'stable/redis' has no 'version'"
finding 'a chart with two places' releases.yaml:10:12 "error: a chart has both 'reference' and 'dir'"
finding 'a release without a chart' releases.yaml:11:5 "error: release 'none' has no 'chart'"
releases <<'EOF'
releases:
  - name: web
    chart: {dir: ../charts/web}
    values:
      - key: a
      - value: b
      - {key: c, value: [1]}
      - {key: d, value: ~}
      - {key: e, value: x, valueFrom: {env: E}}
      - {key: 'f..g', value: x}
      - {key: h, value: x, secret: true}
      - {key: i, valueFrom: {gceResource: {address: {nam: x}}}}
EOF
finding 'a key without a value' releases.yaml:5:9 "error: 'a' has neither 'value' nor 'valueFrom'"
finding 'a value without a key' releases.yaml:6:9 "error: a value has no 'key'"
finding 'a list as a value' releases.yaml:7:25 "error: the value of 'c' is not a text"
finding 'null as a value' releases.yaml:8:25 "error: 'd' has no value"
finding 'two values' releases.yaml:9:39 "error: 'e' has both 'value' and 'valueFrom'"
finding 'a key that helm cannot read' releases.yaml:10:15 "error: helm cannot read the key 'f..g'"
finding 'a secret in the file' releases.yaml:11:25 "error: 'h' is secret, and its value is in the file"
finding 'an unknown key in a reference' releases.yaml:12:54 "error: 'address' has no key 'nam'"
not_ok 'no secret is in the records' grep -q '"value":"x"' "$out"
releases <<'EOF'
releases:
  - name: web
    chart: {dir: ../charts/web}
    triggers:
      - image: {}
      - image: {track: Patchlevel}
      - image: {track: Newest, repoValue: imge.repository}
      - image: {track: PatchLevel, tagValue: image.tga}
      - chart: {track: Newest}
      - github: {}
    needs: [web, dbb]
  - name: db
    chart: {reference: stable/db, version: ^1.2}
  - name: oci
    chart: {reference: oci://example.com/db, version: ^1.2}
EOF
finding 'a trigger without a track' releases.yaml:5:16 "error: a trigger has no 'track'"
finding 'a track that is none' releases.yaml:6:24 "error: 'Patchlevel' is not something to track"
finding 'a trigger without an image' releases.yaml:7:43 "warning: the trigger cannot fire: neither the release nor its chart has the value 'imge.repository'"
finding 'a trigger without a tag' releases.yaml:8:46 "warning: the trigger cannot fire: neither the release nor its chart has the value 'image.tga'"
finding 'a trigger for a directory' releases.yaml:9:9 'warning: the trigger cannot fire: a chart in a directory has no other versions'
finding 'an unknown trigger' releases.yaml:10:9 "error: a trigger has no key 'github'"
finding 'a need of itself' releases.yaml:11:13 "error: release 'web' needs itself"
finding 'a need that is not there' releases.yaml:11:18 "error: release 'web' needs 'dbb', which environment 'prod' has not"
like 'with the nearest name' "$(jq -r 'select(.finding.rule == "needs") | .finding.advice' "$out")" \
  "*did you mean 'db'?*"
finding 'a version that admits several' releases.yaml:13:44 "warning: '^1.2' admits several versions of the chart"
finding 'a registry takes no constraint' releases.yaml:15:24 "error: '*' is not a"
releases <<'EOF'
releasez: []
releases:
  - chart: {dir: ../charts/web}
resourceDependencies: []
EOF
finding 'an unknown key of the file' releases.yaml:1:1 "error: the file has no key 'releasez'"
finding 'a release without a name' releases.yaml:3:5 "error: a release has no 'name'"
finding 'what KubeCD never did' releases.yaml:4:23 "warning: 'resourceDependencies' is not used"
exits 65 'an error outside of a release leaves none' draft env -f wrong/environments.yaml prod
is 'no line is written' "$(cat "$out")" ''
printf 'releases:\n  - {name: web\n' | releases
exits 65 'a file that is not YAML' draft env -f wrong/environments.yaml prod
like 'has a place' "$(cat "$err")" '*wrong/releases.yaml:3:1*'
cat >wrong/environments.yaml <<'EOF'
clusters:
  - {name: a, provider: {gke: {project: p, clusterName: c}}}
  - {name: a, provider: {minikube: {}, aks: {}}}
environments:
  - {name: prod, clusterName: b, kubeNamespace: prod, releasesFiles: [none.yaml]}
  - {name: prod, clusterName: a, kubeNamespace: x}
  - {name: Prod, provider: {existingContext: {}}, kubeNamespace: A}
EOF
run draft env -f wrong/environments.yaml --check
like 'gke without a place' "$(jq -r '.finding | "\(.line):\(.column) \(.message)"' "$out" | paste -sd ' ')" \
  "*2:31 'gke' has either 'zone' or 'region'*3:5 cluster 'a' is there twice*3:25 more than one provider: aks, minikube*6:12 environment 'prod' is there twice*5:31 there is no cluster 'b'*5:71 cannot read*7:46 'existingContext' has no 'contextName'*"
exits 65 'errors of the file leave no environment' draft env -f wrong/environments.yaml Prod
exits 66 'no such environment' draft env pord
like 'the nearest' "$(cat "$err")" "*did you mean 'prod'?*"
exits 66 'no such release' draft env prod/wbe
like 'the nearest release' "$(cat "$err")" "*did you mean 'web'?*"
exits 64 'none of several' draft env
exits 64 'all, and one' draft env --all prod
exits 64 'list and check' draft env --list --check

# Files of another repository, pinned.
if command -v git >/dev/null; then
  git -c init.defaultBranch=main init -q config
  printf 'image:\n  tag: from-git\n' >config/web.yaml
  git -C config add web.yaml
  git -C config -c user.name=x -c user.email=x@example.com commit -qm one
  commit=$(git -C config rev-parse HEAD)
  printf 'environments:\n  - {name: prod, provider: {minikube: {}}, kubeNamespace: prod, releases: [releases.yaml]}\n' >wrong/environments.yaml
  git_values() { printf 'releases:\n  - name: web\n    chart: {dir: ../charts/web}\n    valuesFile: "%s"\n' "$1" | releases; }
  git_values "git::file://$scratch/e/config//web.yaml?ref=$commit"
  exits 0 'values of another repository' draft env -f wrong/environments.yaml prod
  is 'are used' "$(jq -c '.values.uses' "$out")" \
    "[{\"key\":\"image.tag\",\"value\":\"from-git\",\"source\":\"git::file://$scratch/e/config//web.yaml?ref=$commit:2\"}]"
  mv config gone
  exits 0 'and kept by their commit' draft env -f wrong/environments.yaml prod
  git_values "git::file://$scratch/e/config//web.yaml?ref=main"
  finding 'a branch is not pinned' releases.yaml:4:17 'error: cannot use*is not a whole commit'
  git_values "git::ext::sh -c id//web.yaml?ref=$commit"
  finding 'git runs no program' releases.yaml:4:17 'error: cannot use*is not a URL'
  git_values "git::file://$scratch/e/config//../x?ref=$commit"
  finding 'a path stays in its repository' releases.yaml:4:17 'error: cannot use*is not a path in a repository'
  git_values "git::file://$scratch/e/config//none.yaml?ref=$commit"
  finding 'a repository that is not there' releases.yaml:4:17 'error: cannot fetch'
else
  skip 'values of another repository' 'there is no git'
fi
finish
