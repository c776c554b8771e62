#!/bin/sh
# Values that come from elsewhere: looked up by draft-value-KIND, handed to helm in a file, and seen nowhere else. helm
# and kubectl are stubs that write down what they are given; helm itself says what the values are worth.
# shellcheck disable=SC2089,SC2090,SC2094 # quotes in a value are meant; an environment is no file
. "$(dirname "$0")/lib.sh"
examples=$DRAFT_BIN/../share/draft/examples
[ -d "$examples" ] || examples=$root/man/examples
STUB=$scratch/stub
export STUB
mkdir -p bin "$STUB"
helm=$(command -v helm) || helm=
cat >bin/helm <<'EOT'
#!/bin/sh
printf '%s\n' "helm $*" >>"$STUB/log"
case $1 in
  version) echo v3.17.3 ;;
  upgrade)
    rm -f "$STUB/values.yaml" "$STUB/arguments"
    for word; do
      case $word in
        --values=*)
          file=${word#*=}
          echo "$file" >"$STUB/file"
          stat -c %a "$file" >"$STUB/mode"
          cp "$file" "$STUB/values.yaml" ;;
        --set=*) printf '%s\n' "$word" >>"$STUB/arguments" ;;
        --description=*) description=${word#*=} ;;
      esac
    done
    [ ! -f "$STUB/fail" ] || { printf 'Error: UPGRADE FAILED: the schema refuses %s\n' "$(cat "$STUB/fail")" >&2; exit 1; }
    revision=$(($(cat "$STUB/revision" 2>/dev/null || echo 0) + 1))
    echo $revision >"$STUB/revision"
    jq -nc --arg d "$description" --arg n "the password is $(cat "$STUB/said" 2>/dev/null)" --argjson r $revision \
      '{name: "web", version: $r, config: {}, manifest: "", chart: {metadata: {name: "web", version: "0.1.0"}},
        info: {status: "deployed", description: $d, notes: $n}}' | tee "$STUB/release" ;;
esac
EOT
cat >bin/kubectl <<'EOT'
#!/bin/sh
printf '%s\n' "kubectl $*" >>"$STUB/log"
case $* in
  *'get secrets'*)
    [ ! -f "$STUB/release" ] || printf '%s deployed %s\n' "$(cat "$STUB/revision")" \
      "$(gzip -c "$STUB/release" | base64 -w0 | base64 -w0)" ;;
  *get*) echo '{"items":[]}' ;;
esac
EOT
chmod +x bin/helm bin/kubectl
install "$examples/draft-value-env" "$examples/draft-value-file" bin
PATH=$scratch/bin:$PATH
cat >kubeconfig <<'EOT'
current-context: loopback
contexts: [{name: loopback, context: {cluster: l}}]
clusters: [{name: l, cluster: {server: 'https://127.0.0.1:1'}}]
EOT
KUBECONFIG=$scratch/kubeconfig
export KUBECONFIG
mkdir -p chart/templates
printf 'apiVersion: v2\nname: web\nversion: 0.1.0\n' >chart/Chart.yaml
cat >environments.yaml <<'EOT'
environments:
  - name: prod
    provider: {existingContext: {contextName: loopback}}
    kubeNamespace: prod
    releases: [releases.yaml]
    defaultValues: [{key: replicas, value: 1000000}, {key: cache, value: true}]
EOT
releases() { # VALUE...
  printf 'releases:\n  - name: web\n    chart: {dir: chart}\n    values:\n' >releases.yaml
  printf '      - %s\n' "$@" >>releases.yaml
}
release() { draft release --no-wait prod/web; }
upgrades() { grep -c '^helm upgrade' "$STUB/log"; }

releases '{key: database.password, valueFrom: {env: PASSWORD}, secret: true}' '{key: tag, value: "x,y"}'
PASSWORD='hunter2, {a}=b\c "d"
second line'
export PASSWORD
printf '%s' "$PASSWORD" >"$STUB/said"
exits 0 'a release' release
valid_records "$out" || report 1 'its record is valid'
cp "$out" record
cp "$err" said
is 'helm gets the value in a file' "$(draft yaml2json "$STUB/values.yaml" | jq -r .database.password)" "$PASSWORD"
is 'that others cannot read' "$(cat "$STUB/mode")" 600
not_ok 'and that is gone afterwards' test -e "$(cat "$STUB/file")"
is 'with the other values' "$(draft yaml2json "$STUB/values.yaml" | jq -c '[.cache, .tag]')" '[true,"x,y"]'
is 'a whole number stays one' "$(cat "$STUB/arguments")" '--set=replicas=1000000'
for where in "$STUB/log" record said; do not_ok "no secret in ${where##*/}" grep -e hunter2 "$where"; done
like 'the notes have none' "$(jq -r .release.notes record)" '*the password is (secret)*'
is 'the record has the reference' "$(jq -c '.values.settings[] | select(.from) | [.value, .from.env]' record)" \
  '["","PASSWORD"]'
before=$(upgrades)
exits 0 'the same again' release
like 'is up to date' "$(cat "$err")" '*is up to date at revision 1*'
is 'without helm' "$(upgrades)" "$before"
first=$(jq -r .info.description "$STUB/release")
PASSWORD=hunter3
exits 0 'another value' release
is 'is another release' "$(cat "$STUB/revision")" 2
is 'the digest of the order is the same' "$(jq -r .info.description "$STUB/release" | cut -d' ' -f2)" \
  "$(printf '%s' "$first" | cut -d' ' -f2)"
PASSWORD='hunter2, {a}=b\c "d"
second line'
exits 0 'the first value again' release
not_ok 'has another digest than before: it has its own key' test "$(jq -r .info.description "$STUB/release")" = "$first"
printf '%s' "$PASSWORD" >"$STUB/fail"
releases '{key: database.password, valueFrom: {env: PASSWORD}, secret: true}'
exits 1 'helm says the value' release
not_ok 'and we do not' grep hunter2 "$out"
like 'but the rest' "$(jq -r .failure.message "$out")" '*refuses (secret)*'
rm "$STUB/fail"

failure() { release >"$out" 2>"$err"; jq -c '[.failure.code, .failure.message]' "$out"; }
releases '{key: a, valueFrom: {env: NO_SUCH}}'
is 'what the program says is the failure' "$(failure)" \
  "[66,\"cannot look up 'a' of releases.yaml:5: draft-value-env: the variable NO_SUCH is not set\"]"
releases '{key: a, valueFrom: {env: {x: y}}}'
is 'with its code' "$(failure)" \
  "[65,\"cannot look up 'a' of releases.yaml:5: draft-value-env: write it as {env: NAME}\"]"
mkdir files
printf 'from a file\n' >files/password
ln -s "$scratch/environments.yaml" files/out
DRAFT_VALUE_FILES=$scratch/files
export DRAFT_VALUE_FILES
releases '{key: a, valueFrom: {file: password}}'
exits 0 'a file' release
is 'without its last line feed' "$(draft yaml2json "$STUB/values.yaml" | jq -c .a)" '"from a file"'
releases '{key: a, valueFrom: {file: ../environments.yaml}}'
is 'no file elsewhere' "$(failure)" \
  "[65,\"cannot look up 'a' of releases.yaml:5: draft-value-file: write it as {file: PATH}, a path in \$DRAFT_VALUE_FILES\"]"
stub() { printf '#!/bin/sh\n%s\n' "$2" >"bin/draft-value-$1"; chmod 755 "bin/draft-value-$1"; }
stub none ':'
releases '{key: a, valueFrom: {none: x}}'
is 'nothing is no value' "$(failure)" \
  "[69,\"cannot look up 'a' of releases.yaml:5: draft-value-none: it printed nothing\"]"
stub bytes "printf 'a\\377'"
releases '{key: a, valueFrom: {bytes: x}}'
is 'bytes are no text' "$(failure)" \
  "[69,\"cannot look up 'a' of releases.yaml:5: draft-value-bytes: what it printed is not a text of at most 1 MB\"]"
stub open 'echo x'
chmod 777 bin/draft-value-open
releases '{key: a, valueFrom: {open: x}}'
is "another user's program" "$(failure)" \
  "[77,\"cannot run '$scratch/bin/draft-value-open': another user may write to it\"]"
draft env -q prod | jq -c '.values.settings[-1].from = {"../x": 1}' >line
run draft release --no-wait <line
is 'a path is no kind' "$(jq .failure.code "$out")" 65
# A reference is looked up once, however many releases have it.
stub count "echo >>'$scratch/counted'; echo x"
releases '{key: a, valueFrom: {count: x}}' '{key: b, valueFrom: {count: x}}' '{key: c, valueFrom: {count: y}}'
exits 0 'the same reference twice' release
is 'is looked up once' "$(wc -l <counted | xargs)" 2

# Google's addresses, by gcloud.
cat >bin/gcloud <<'EOT'
#!/bin/sh
printf '%s\n' "$*" >"$STUB/gcloud"
[ ! -f "$STUB/refuse" ] || { echo 'ERROR: (gcloud) there is no login' >&2; exit 1; }
echo 192.0.2.7
EOT
chmod +x bin/gcloud
gce() { # PROVIDER ADDRESS
  printf '{"gceResource":{"address":%s},"provider":{"gke":%s}}\n' "$2" "$1" | draft-value-gceResource
}
exits 0 'an address' gce '{"project":"p","clusterName":"c","zone":"europe-north1-a"}' '{"name":"web","isGlobal":false}'
is 'is what gcloud says' "$(cat "$out")" 192.0.2.7
is 'in the region of the zone' "$(cat "$STUB/gcloud")" \
  'compute addresses describe web --project=p --region=europe-north1 --format=value(address)'
exits 0 'a region' gce '{"project":"p","clusterName":"c","region":"europe-north1"}' '{"name":"web"}'
like 'is taken as it is' "$(cat "$STUB/gcloud")" '*--region=europe-north1 *'
exits 0 'a global one' gce '{"project":"p","clusterName":"c","zone":"europe-north1-a"}' '{"name":"web","isGlobal":true}'
like 'is global' "$(cat "$STUB/gcloud")" '*--global *'
exits 65 'no provider of Google' sh -c \
  'echo "{\"gceResource\":{\"address\":{\"name\":\"x\"}}}" | draft-value-gceResource'
touch "$STUB/refuse"
exits 69 'gcloud refuses' gce '{"project":"p","zone":"z-a"}' '{"name":"web"}'
rm "$STUB/refuse"
sed -i 's/{existingContext.*/{gke: {project: p, clusterName: c, zone: z-a}}/' environments.yaml
sed -i 's/loopback/gke_p_z-a_c/' kubeconfig
releases '{key: ip, valueFrom: {gceResource: {address: {name: web, isGlobal: false}}}}'
exits 0 'a release with one' release
is 'has it' "$(draft yaml2json "$STUB/values.yaml" | jq -r .ip)" 192.0.2.7

# 'set' of an application takes the same way.
mkdir -p app/charts/web/templates
printf 'apiVersion: v2\nname: web\nversion: 0.1.0\n' >app/charts/web/Chart.yaml
printf '[environments.development]\nname = "web"\nnamespace = "prod"\nset = ["password=hunter4", "a.b={1,x}", "none=null"]\n' >app/draft.toml
printf 'FROM scratch\n' >app/Dockerfile
draft line app | jq -c '.image = {repository: "r/web", tag: "0123456789", store: "s", how: "builder", why: ""}' >line
: >"$STUB/log"
exits 0 'an application' draft release --no-wait --take-over <line
not_ok 'has no value of its own in the arguments' grep hunter4 "$STUB/log"
is 'but in the file' "$(draft yaml2json "$STUB/values.yaml" | jq -c '[.password, .a, .none, .image.tag, .ondraft]')" \
  '["hunter4",{"b":[1,"x"]},null,"0123456789",true]'
is 'and numbers beside it' "$(xargs <"$STUB/arguments")" '--set=a.b[0]=1'

# What helm makes of the file is what it makes of the options.
if [ -n "$helm" ]; then
  cat >chart/templates/values.yaml <<'EOT'
{{- define "kinds" }}{{ range $k, $v := . }}{{ $k }}={{ kindOf $v }}={{ $v | toJson }} {{ if kindIs "map" $v }}({{ include "kinds" $v }}){{ end }}{{ if kindIs "slice" $v }}[{{ range $v }}{{ kindOf . }} {{ end }}]{{ end }}{{ end }}{{ end }}
values: {{ include "kinds" .Values | quote }}
EOT
  printf 'list: [{a: 1}, {a: 2}]\nreplicas: 5\nmap: {x: 1, y: 2}\ngone: {z: 1}\n' >chart/values.yaml
  cat >environments.yaml <<'EOT'
environments:
  - name: prod
    provider: {existingContext: {contextName: gke_p_z-a_c}}
    kubeNamespace: prod
    releases: [releases.yaml]
    defaultValues:
      - {key: replicas, value: 20000000}
      - {key: "list[1].a", value: 7}
      - {key: "a\\.b", value: "{1,2}"}
      - {key: t, value: true}
      - {key: gone, value: "null"}
EOT
  printf 'replicas: 2\nlist: [{a: 3}, {b: 4}]\nmap: {x: 12345678}\n' >file.yaml
  releases '{key: map.y, value: "007"}' '{key: s, value: "1e3"}' '{key: e, value: ""}' \
    '{key: "list[0].c", value: "multi\nline: \u0085 \U0001F600"}'
  sed -i 's/^    values:/    valuesFile: file.yaml\n&/' releases.yaml
  exits 0 'many values' release
  "$helm" template web chart --values file.yaml --set 'replicas=20000000,list[1].a=7,a\.b={1,2},t=true,gone=null' \
    --set-string 'map.y=007,s=1e3,e=' \
    --set-string "$(printf 'list[0].c=multi\nline: \302\205 \360\237\230\200')" >wanted 2>"$err"
  xargs -d '\n' "$helm" template web chart --values "$STUB/values.yaml" <"$STUB/arguments" >got 2>>"$err"
  ok 'are the same to helm' diff wanted got
  note "$(wc -c <wanted) bytes"
  ok 'and are some' grep -q 'int64' wanted
else
  skip 'the values are the same to helm' 'there is no helm'
fi

# The examples.
for example in env file sops vault; do
  ok "draft-value-$example is short" test "$(wc -l <"$examples/draft-value-$example")" -lt 30
done
if command -v shellcheck >/dev/null; then
  ok 'the programs pass shellcheck' shellcheck "$DRAFT_BIN/draft-value-gceResource" "$examples"/draft-value-*
else
  skip 'the programs pass shellcheck' 'there is no shellcheck'
fi
printf '#!/bin/sh\nprintf "%%s\\n" "$*" >"%s"\necho v\n' "$STUB/tool" | tee bin/sops >bin/vault
chmod +x bin/sops bin/vault
exits 0 'sops' sh -c \
  "printf '%s\n' '{\"sops\":{\"file\":\"a.yaml\",\"key\":\"[\\\"k\\\"]\"}}' | '$examples/draft-value-sops'"
is 'is asked for the key' "$(cat "$STUB/tool")" "decrypt --extract [\"k\"] $scratch/files/a.yaml"
exits 0 'vault' sh -c "printf '%s\n' '{\"vault\":{\"path\":\"-p\",\"field\":\"f\"}}' | '$examples/draft-value-vault'"
is 'is asked for the field' "$(cat "$STUB/tool")" 'kv get -field=f -- -p'
finish
