#!/bin/sh
# draft lint on files of environments, and on the records of draft env: each chart with the values of all its releases,
# and the releases beside each other.
. "$(dirname "$0")/lib.sh"
mkdir -p charts/web/templates
printf 'apiVersion: v2\nname: web\nversion: 0.1.0\nicon: https://example.com/i.png\n' >charts/web/Chart.yaml
cat >charts/web/values.yaml <<'EOT'
image: web:1.0
host: ''
class: nginx
EOT
cat >charts/web/values.schema.json <<'EOT'
{"type": "object", "properties": {"host": {"type": "string", "maxLength": 15}}}
EOT
cat >charts/web/templates/all.yaml <<'EOT'
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: '{{ .Values.image }}'}]}
{{- if .Values.host }}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec:
  ingressClassName: {{ .Values.class }}
  rules:
    - host: {{ .Values.host }}
      http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}
{{- end }}
EOT
cat >environments.yaml <<'EOT'
environments:
  - {name: prod, provider: {existingContext: {contextName: main}}, kubeNamespace: prod, releases: [prod.yaml]}
  - {name: test, provider: {existingContext: {contextName: main}}, kubeNamespace: test, releases: [test.yaml]}
EOT
cat >prod.yaml <<'EOT'
releases:
  - name: web
    chart: {dir: charts/web}
    values:
      - {key: host, value: a.example.com}
  - name: api
    chart: {dir: charts/web}
    values:
      - {key: host, value: a.example.com}
      - {key: class, value: other}
EOT
cat >test.yaml <<'EOT'
releases:
  - name: web
    chart: {dir: charts/web}
    values:
      - {key: host, value: a.example.com}
      - {key: image, value: 'reg:5000/web'}
      - {key: replicas, value: "2"}
  - name: long
    chart: {dir: charts/web}
    values:
      - {key: image, value: 'web:latest'}
      - {key: host, value: much.too.long.a.name.example.com}
  - name: fine
    chart: {dir: charts/web}
    values:
      - {key: image, value: 'web@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'}
      - {key: host, valueFrom: {env: A_HOST_WITH_A_LONG_NAME_THAT_IS_TOO_LONG}}
EOT
exits 1 'a file of environments' draft lint environments.yaml
valid_records "$out" || report 1 'its records are valid'
cp "$out" found
has() { # NAME RULE WORDS
  jq -r --arg rule "$2" '.finding | select(.rule == $rule) | "\(.chart) \(.file):\(.line) \(.severity) \(.message)"' \
    found >some
  like "$1" "$(paste -sd'|' some)" "*$3*"
}
has 'one host, twice in a cluster' ingress \
  "test/web test.yaml:5 error Ingress 'web' has host 'a.example.com' and path '/', as has Ingress 'web' of 'prod/web'"
is 'another class is no conflict' "$(jq -r '.finding | select(.rule == "ingress") | .chart' found | xargs)" test/web
has 'a value that no template reads' unused "test/web test.yaml:7 warning no template of 'web' reads 'replicas'"
is 'and no other' "$(jq -r '.finding | select(.rule == "unused") | .chart' found | xargs)" test/web
has 'no tag' image "test/web test.yaml:6 warning image 'reg:5000/web' has no tag*"
has 'latest' image "test/long test.yaml:11 warning image 'web:latest' has the tag 'latest'*"
is 'and no other image' "$(jq -r '.finding | select(.rule == "image") | .chart' found | xargs)" 'test/web test/long'
is 'the schema, with the values of each release' \
  "$(jq -r '.finding | select(.rule == "schema") | .values' found | sort -u | xargs)" test/long
is 'the chart is called as it is named' "$(jq -r '.finding | select(.rule == "schema") | .chart' found | sort -u)" \
  charts/web
exits 1 'records' sh -c 'draft env -q --all | draft lint'
# shellcheck disable=SC2016 # the inner shell expands it
ok 'have the same findings' sh -c 'jq -S . <"$1" | sort >a; jq -S . <"$2" | sort >b; cmp a b' - found "$out"
exits 1 'the directory' draft lint </dev/null
ok 'has them too' cmp found "$out"
exits 1 'on a terminal' draft lint -o table .
like 'they have words' "$(cat "$out")" "*test.yaml:7:1: warning: no template of 'web' reads 'replicas' ?unused?*"
like 'and a count' "$(cat "$err")" '*Checked 1 chart:*'
exits 0 'a chart beside it is a chart' draft lint charts/web
sed -i '/long/,$d' test.yaml
sed -i 's/a.example.com/b.example.com/; s/reg:5000.web/reg:5000\/web:1/; /replicas/d' test.yaml
exits 0 'what is right' draft lint .
is 'has no findings but info' "$(jq -r '.finding | select(.severity != "info") | .message' "$out")" ''
printf 'releases:\n  - name: web\n    chart: {dir: charts/web}\n    valeus: []\n  - {name: none, chart: {dir: charts/none}}\n' >test.yaml
exits 1 'what is wrong in the files' draft lint environments.yaml
is 'is found as by draft env --check' "$(jq -r '.finding | select(.severity == "error") | "\(.file):\(.line)"' "$out" | xargs)" \
  'test.yaml:4 test.yaml:5'
mkdir other
printf 'a: 1\n' >other/values.yaml
exits 66 'another YAML file' draft lint nothing.yaml
finish
