#!/bin/sh
# An environment on a real Kubernetes API: each release after those it needs, what needs a failed one fails with 75 and
# the others go on, and a second run leaves alone what is released. Values that come from elsewhere are in no argument.
# shellcheck source=Tests/cluster/lib.sh
. "$(dirname "$0")/lib.sh"
needs api
helm=$(command -v helm) || { skip 'releases of an environment' 'there is no helm'; finish; exit; }
namespace environment
examples=$DRAFT_BIN/../share/draft/examples
mkdir -p bin chart/templates bad/templates tmp
install "$examples/draft-value-env" bin
LOG=$scratch/log
export LOG
# shellcheck disable=SC2016 # for the program that is written
printf '#!/bin/sh\nprintf "%%s\\n" "$*" >>"$LOG"\nexec "%s" "$@"\n' "$helm" >bin/helm
chmod +x bin/helm
PATH=$scratch/bin:$PATH
printf 'apiVersion: v2\nname: settings\nversion: 0.1.0\n' | tee bad/Chart.yaml >chart/Chart.yaml
cat >chart/templates/all.yaml <<'EOT'
apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Release.Name }}}
data: {password: {{ .Values.password | default "none" | quote }}, size: {{ kindOf .Values.size | quote }}}
EOT
printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: Not A Name}\n' >bad/templates/all.yaml
cat >environments.yaml <<EOT
environments:
  - name: prod
    provider: {existingContext: {contextName: $(kubectl config current-context)}}
    kubeNamespace: $namespace
    releases: [releases.yaml]
    defaultValues: [{key: size, value: 5}]
EOT
cat >releases.yaml <<'EOT'
releases:
  - {name: front, chart: {dir: chart}, needs: [web]}
  - name: web
    chart: {dir: chart}
    needs: [db, cache]
    values: [{key: password, valueFrom: {env: PASSWORD}, secret: true}]
  - {name: after, chart: {dir: chart}, needs: [broken]}
  - {name: db, chart: {dir: chart}}
  - {name: cache, chart: {dir: chart}, needs: [db]}
  - {name: broken, chart: {dir: bad}}
  - {name: last, chart: {dir: chart}, needs: [after]}
  - {name: other, chart: {dir: chart}}
EOT
PASSWORD='hunter2, {x}'
export PASSWORD
apply() { draft env -q prod | draft order | TMPDIR=$scratch/tmp draft release -q --no-wait -j 4; }
states() {
  jq -r '"\(.app.name):\(if .failure then .failure.code else "\(.release.revision)\(.release.changed)" end)"' "$out" |
    sort | xargs
}

exits 1 'an environment with a release that fails' apply
cp "$out" first
is 'what needs it fails, and the others go on' \
  "$(states)" 'after:75 broken:65 cache:1true db:1true front:1true last:75 other:1true web:1true'
is 'the failure names what is needed' \
  "$(jq -r 'select(.failure.code == 75) | .failure.message' "$out" | sort | paste -sd'|' -)" \
  "'after' needs 'broken', which has failed|'last' needs 'after', which has failed"
upgrades() { sed -n 's/.*upgrade .*--install \([a-z]*\) .*/\1/p' "$LOG"; }
is 'each comes after those that it needs' "$(upgrades | grep -x -e db -e cache -e web -e front | xargs)" \
  'db cache web front'
is 'a value from elsewhere is in the cluster' \
  "$(kubectl get configmap web -n "$namespace" -o 'jsonpath={.data.password}')" "$PASSWORD"
is 'and a number is one' "$(kubectl get configmap web -n "$namespace" -o 'jsonpath={.data.size}')" int64
for where in "$LOG" first; do not_ok "but not in ${where##*/}" grep -F hunter2 "$where"; done
is 'and its files are gone' "$(ls tmp/*/values.yaml 2>/dev/null)" ''
: >"$LOG"
exits 1 'again' apply
is 'what is released is left alone' \
  "$(states)" 'after:75 broken:65 cache:1false db:1false front:1false last:75 other:1false web:1false'
is 'helm is only run for the one that failed' "$(upgrades | sort -u | xargs)" broken
sed -i 's/Not A Name/a-name/' bad/templates/all.yaml
: >"$LOG"
exits 0 'mended' apply
is 'the rest follows' "$(upgrades | xargs)" 'broken after last'
PASSWORD=hunter3
: >"$LOG"
exits 0 'another value elsewhere' apply
is 'is one release' "$(upgrades | xargs)" web
is 'with the new one' "$(kubectl get configmap web -n "$namespace" -o 'jsonpath={.data.password}')" hunter3
for name in web front; do "$helm" uninstall "$name" -n "$namespace" >/dev/null 2>&1; done
: >"$LOG"
exits 0 'what was removed by hand' apply
is 'comes back, in order' "$(upgrades | xargs)" 'web front'
finish
