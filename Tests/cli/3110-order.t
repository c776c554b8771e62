#!/bin/sh
# draft order: lines come after those they need; circles and what is not there fail. draft release keeps the order.
. "$(dirname "$0")/lib.sh"
line() { # NAME [NEED...]
  printf '{"draft":1,"app":{"name":"%s","dir":"","environment":"%s"}' "$1" "${environment:-prod}"
  shift
  [ $# = 0 ] || printf '%s\n' "$@" | jq -Rsc '{needs: split("\n")[:-1]}' | { printf ',"order":'; tr -d '\n'; }
  printf '}\n'
}
names() { jq -r .app.name "$out" | xargs; }
stream() { "$@" >in; }
order() { draft order <in; }

all() { line web db cache; line cache; line db cache; line other; }
stream all
exits 0 'lines are put in order' order
valid_records "$out" || report 1 'its records are valid'
is 'each after what it needs, the rest as they came' "$(names)" 'cache other db web'
is 'with needs and rank' "$(jq -c .order "$out" | xargs)" \
  '{needs:[],rank:0} {needs:[],rank:0} {needs:[cache],rank:1} {needs:[db,cache],rank:2}'
cp "$out" in
cp "$out" first
exits 0 'what is in order' order
ok 'stays the same bytes' cmp "$out" first
two() { line web db; (environment='test'; line db); line db; (environment='test'; line web); }
stream two
exits 0 'names are those of an environment' order
is 'two of them' "$(jq -r '"\(.app.environment)/\(.app.name)"' "$out" | xargs)" 'test/db prod/db test/web prod/web'

circle() { line a b; line b c; line c a; line d a; line e; }
stream circle
exits 1 'a circle' order
is 'fails, and what needs it; the others go on' "$(jq -r '"\(.app.name) \(.failure.code // "-")"' "$out" | xargs)" \
  'a 65 b 65 c 65 d 65 e -'
like 'is named' "$(cat "$err")" "*draft-order: releases need each other: 'a' needs 'b' needs 'c' needs 'a'*"
typo() { line web dbb; line db; }
stream typo
exits 1 'a need that is not there' order
is 'fails' "$(jq -c 'select(.failure) | [.failure.message, .failure.hint]' "$out")" \
  "[\"release 'web' needs 'dbb', which is neither in the stream nor deployed\",\"did you mean 'db'?\"]"
twice() { line web; line db; line web; }
stream twice
exits 1 'a release that is there twice' order
is 'fails' "$(jq -r 'select(.failure) | .failure.message' "$out")" "release 'web' is in the stream twice"
deep() { i=0; while [ $i -lt 300 ]; do i=$((i + 1)); line "n$i" "n$((i + 1))"; done; line n301; }
stream deep
exits 0 'a long chain' order
is 'is turned around' "$(jq -r .app.name "$out" | sed -n '1p;301p' | xargs)" 'n301 n1'
{ line web db; line db; echo '{'; } >in
exits 65 'a bad line' order
is 'comes after those before it' "$(names)" 'db web'
failed() { line web db; line db | jq -c '.failure = {by: "x", code: 69, message: "m"}'; }
stream failed
exits 1 'a failed line' order
is 'is passed on' "$(jq -c '[.app.name, .failure.code]' "$out" | xargs)" '[db,69] [web,null]'
: >in
exits 0 'no lines' order
exits 64 'an operand' draft order prod

# draft release: what needs a failed line fails with 75; the others go on, whatever -j is. Nothing here needs a cluster.
lines() { line db; line web db; line front web; line other; }
for jobs in 1 4; do
  stream lines
  jq -c '.values = {settings: [], exact: true} | if .app.name == "db" then .fetch = {reference: "/none"} else . end' in >declared
  run sh -c "draft release -j $jobs <declared"
  is "-j $jobs: the failure of each" "$(jq -r '"\(.app.name) \(.failure.code)"' "$out" | xargs)" \
    'db 66 web 75 front 75 other 66'
  is 'names the line it needs' "$(jq -r 'select(.app.name == "web") | .failure.message' "$out")" \
    "'web' needs 'db', which has failed"
done

# Resource files go to kubectl as they are; a stub writes down what it is given.
mkdir bin
cat >bin/kubectl <<'EOF'
#!/bin/sh
echo "$*" >>"$KUBECTL_LOG"
case $1 in apply) cat >>"$KUBECTL_LOG"; echo 'configmap/a created'; echo 'configmap/b unchanged' ;; esac
EOF
chmod +x bin/kubectl
KUBECTL_LOG=$scratch/log
export KUBECTL_LOG
cat >kubeconfig <<'EOF'
current-context: loopback
contexts: [{name: loopback, context: {cluster: l}}]
clusters: [{name: l, cluster: {server: 'https://127.0.0.1:1'}}]
EOF
printf 'kind: ConfigMap\nmetadata: {name: a}\n---\nkind: ConfigMap\nmetadata: {name: b, namespace: other}\n' >objects.yaml
cat >environments.yaml <<'EOF'
environments:
  - name: prod
    provider: {existingContext: {contextName: loopback}}
    kubeNamespace: prod
    releases: [releases.yaml]
EOF
printf 'releases:\n  - {name: objects, resourceFiles: [objects.yaml]}\n' >releases.yaml
exits 0 'resource files are applied' env PATH="$scratch/bin:$PATH" KUBECONFIG="$scratch/kubeconfig" draft release \
  prod/objects
is 'what changed' "$(jq -c '.release | [.status, .changed, .objects]' "$out")" \
  '["applied",true,["configmap/a","configmap/b","configmap/a","configmap/b"]]'
is 'each in its namespace' "$(grep -c '^apply .*--namespace=prod' "$KUBECTL_LOG"),$(grep -c '^apply' "$KUBECTL_LOG")" \
  1,2
draft env -q prod >declared
echo >>objects.yaml
exits 1 'a file that has changed since' env PATH="$scratch/bin:$PATH" KUBECONFIG="$scratch/kubeconfig" draft release \
  <declared
like 'is not applied' "$(cat "$err")" "*file '*/objects.yaml' has changed since it was declared*"
printf 'releases:\n  - {name: web, chart: {dir: chart}, values: [{key: a, valueFrom: {env: A}}]}\n' >releases.yaml
mkdir chart
printf 'apiVersion: v2\nname: web\nversion: 0.1.0\n' >chart/Chart.yaml
run env PATH="$scratch/bin:$PATH" KUBECONFIG="$scratch/kubeconfig" draft release prod/web
is 'a value from elsewhere is not guessed' "$(jq -c '[.failure.code, .failure.message]' "$out")" \
  "[69,\"cannot look up 'a' of releases.yaml:2: there is no 'draft-value-env' on PATH\"]"
printf 'releases:\n  - {name: web, chart: {dir: chart}, values: [{key: a, value: b}]}\n' >releases.yaml
run env PATH="$scratch/bin:$PATH" KUBECONFIG="$scratch/kubeconfig" draft release --set a=c prod/web
is 'the values are those of the environment' "$(jq .failure.code "$out")" 64
finish
