#!/bin/sh
# Environments on a node: created namespaces, created and updated pull secrets, and RBAC for both.
# shellcheck disable=SC2094 # an environment is no file
# shellcheck source=Tests/cluster/lib.sh
. "$(dirname "$0")/lib.sh"
needs own node
namespace rights
for program in htpasswd docker-registry; do
  command -v $program >/dev/null || { skip 'a registry that wants a login' "there is no $program"; finish; exit; }
done
"$root/Tests/base-image" busybox >/dev/null || { echo 'Bail out! no base image'; exit 1; }
app=env-$$
port=$(free_port)
closed=$HOST:$port
password() { htpasswd -Bbc htpasswd me "$1" 2>/dev/null; }
serve() {
  docker-registry serve registry.yml >registry.log 2>&1 &
  registry=$!
  await curl -s "http://$closed/v2/"
}
# shellcheck disable=SC2016
later 'kill $registry'
cat >registry.yml <<END
version: 0.1
log: {level: error}
storage: {filesystem: {rootdirectory: $scratch/images}, delete: {enabled: true}}
http: {addr: "$closed", secret: test}
auth: {htpasswd: {realm: test, path: $scratch/htpasswd}}
END
password first
serve
node registry "$closed"
login() { # FILE USER:PASSWORD
  mkdir -p "${1%/*}"
  jq -cn --arg host "$closed" --arg auth "$(printf %s "$2" | base64 -w0)" '{auths: {($host): {auth: $auth}}}' >"$1"
}
export DRAFT_PLAIN_HTTP="$REGISTRY,$closed" DOCKER_CONFIG="$scratch/docker"
login docker/config.json me:first
c=$(buildah from localhost/draft-test/busybox)
echo page >page
buildah add -q "$c" page /www/index.html >/dev/null
buildah config --entrypoint '["/bin/busybox","httpd","-f","-p","8080","-h","/www"]' "$c" 2>/dev/null
buildah commit -q --rm "$c" "localhost/$app:1" >/dev/null
later "buildah rmi -f localhost/$app:1"
for tag in 1 2 3; do
  buildah push -q --tls-verify=false --creds me:first "localhost/$app:1" "docker://$closed/$app:$tag"
done
buildah push -q --tls-verify=false "localhost/$app:1" "docker://$REGISTRY/$app:1"

mkdir app
tar -C "$root/Tests/fixtures/charts" -czf web.tgz web
cat >app/draft.toml <<END
[environments.development]
[environments.staging]
namespace = "$namespace-staging"
END
record() { # TAG REPOSITORY [JQ-FILTER]
  draft-watch -q --auto ${environment:+-e $environment} app 2>"$err" |
    jq -c --arg app "$app" --arg chart "$scratch/web.tgz" --arg tag "$1" --arg repository "$2" \
    --arg digest "sha256:$(sha256sum web.tgz | cut -d' ' -f1)" --argjson size "$(stat -c %s web.tgz)" \
    '.app.name = $app | .image = {repository: $repository, tag: $tag, store: "containers-storage"} |
      .chart = {path: $chart, mediaType: "application/gzip", digest: $digest, size: $size, name: "web",
        version: "0.1.0"} | '"${3:-.}"
}
failure() { jq -r '[.failure.code, .failure.message] | map(tostring) | join(",")' "$out"; }
told() { jq -c '.release | [.namespace, .status, .changed]' "$out"; }
secret() { kubectl get secret draft-pullsecret -o json "$@" | jq -r '.data[".dockerconfigjson"] | @base64d'; }
passwords() { secret "$@" | jq -c '[.auths[].password]'; }
account() { kubectl get serviceaccount default -o json "$@" | jq -c '[.imagePullSecrets // [] | .[].name]'; }
later "kubectl --kubeconfig $cluster/kubeconfig delete namespace $namespace-staging --wait=false"

unset DRAFT_NAMESPACE
record 1 "$REGISTRY/$app" '.app.namespace = "'"$namespace"'"' >open
run draft-release <open
is 'a registry without login' "$status $(told)" "0 [\"$namespace\",\"deployed\",true]"
not_ok '… needs no pull secret' kubectl get secret draft-pullsecret
kubectl delete deployment --all >/dev/null

# -e, DRAFT_ENV: a namespace that does not exist, with the pull secret.
environment=staging record 1 "$closed/$app" >staging
run env DRAFT_ENV=staging draft-release <staging
is 'an environment with a missing namespace and an image that requires a login' "$status $(told)" \
  "0 [\"$namespace-staging\",\"deployed\",true]" || note "$(cat "$err")"
is '… the pull secret has the login' "$(secret -n "$namespace-staging" | jq -c .)" \
  "{\"auths\":{\"$closed\":{\"username\":\"me\",\"password\":\"first\",\"auth\":\"bWU6Zmlyc3Q=\"}}}"
is '… the service account uses it' "$(account -n "$namespace-staging")" '["draft-pullsecret"]'
not_ok '… and the login is not printed' grep -E 'first|bWU6Zmlyc3Q' "$out" "$err"
run draft-release --debug --set greeting=again <staging
not_ok '… even with --debug' grep -E 'first|bWU6Zmlyc3Q' "$out" "$err"
is '… only once' "$(account -n "$namespace-staging")" '["draft-pullsecret"]'

# The password changes.
password second
kill $registry
wait $registry 2>/dev/null
serve
login docker/config.json me:second
environment=staging record 2 "$closed/$app" >staging
run draft-release <staging
is 'another password: the pull secret is updated' "$status $(told) $(passwords -n "$namespace-staging")" \
  "0 [\"$namespace-staging\",\"deployed\",true] [\"second\"]"
kubectl -n "$namespace-staging" get secret draft-pullsecret -o json |
  jq --arg old "$(jq -cn '{auths: {"other.test": {auth: "eDp5", password: "y"}}}' | base64 -w0)" \
  '.data[".dockerconfigjson"] = $old' | kubectl replace -f - >/dev/null
environment=staging record 3 "$closed/$app" >staging
run draft-release <staging
is 'a login for another registry stays' "$(passwords -n "$namespace-staging")" '["y","second"]'
kubectl -n "$namespace-staging" patch serviceaccount default -p '{"imagePullSecrets":[{"name":"mine"}]}' >/dev/null
run draft-release --set greeting=more <staging
is '… and the other secrets of the service account' "$(account -n "$namespace-staging" | jq -c sort)" \
  '["draft-pullsecret","mine"]'

# Another password, with nothing to release: pods that are created meanwhile cannot pull their image.
password third
kill $registry
wait $registry 2>/dev/null
serve
kubectl -n "$namespace-staging" delete pods --all --wait=false >/dev/null
refused() { kubectl -n "$namespace-staging" get pods -o json | grep -q ImagePullBackOff; }
ok '(the image of a pod is refused)' await refused
login docker/config.json me:third
run draft-release --set greeting=more <staging
is 'unchanged: the pull secret is updated, and the release is ready' \
  "$status $(told) $(passwords -n "$namespace-staging")" \
  "0 [\"$namespace-staging\",\"deployed\",false] [\"y\",\"third\"]" || note "$(cat "$err")"
password second
kill $registry
wait $registry 2>/dev/null
serve
login docker/config.json me:second

# A wrong login, and no login.
kubectl delete secret draft-pullsecret --ignore-not-found >/dev/null
record 1 "$closed/$app" '.app.namespace = "'"$namespace"'"' >here
login docker/config.json me:wrong
run draft-release <here
like 'a rejected login is reported early' "$(failure)" "69,pod '$app-*' cannot pull the image '$closed/$app:1': *"
like '… with a hint' "$(jq -r .failure.hint "$out")" "log in to the registry with 'docker login'*"
rm docker/config.json
run draft-release --set greeting=none <here
like 'no login' "$(failure)" "69,pod '$app-*' cannot pull the image '$closed/$app:1': *"
jq -cn --arg host "$closed" '{auths: {($host): {identitytoken: "t0k3n"}}}' >docker/config.json
run draft-release --set greeting=token <here
like 'an identity token' "$(cat "$err")" \
  "*warning: no pull secret for '$closed': the login is an identity token, and Kubernetes needs a user and a password*"
login docker/config.json me:second
run draft-release <here
is 'the right login' "$status $(told)" "0 [\"$namespace\",\"deployed\",true]"

# RBAC. Here `edit` may not access the Secrets of service accounts; a separate role allows it.
role() { # NAME RULES
  kubectl create serviceaccount "$1" >/dev/null
  jq -cn --arg name "$1" --argjson rules "$2" \
    '{apiVersion: "rbac.authorization.k8s.io/v1", kind: "Role", metadata: {name: $name}, rules: $rules}' |
    kubectl create -f - >/dev/null
  kubectl create rolebinding "$1" --role="$1" --serviceaccount="$namespace:$1" >/dev/null
  cp "$KUBECONFIG" "kubeconfig.$1"
  kubectl --kubeconfig "kubeconfig.$1" config set-credentials \
    "$1" --token="$(node token "$namespace" "$1" 600)" >/dev/null
  kubectl --kubeconfig "kubeconfig.$1" config set-context --current --user="$1" >/dev/null
}
all='{"apiGroups":["","apps","networking.k8s.io"],"resources":["secrets","configmaps","services","deployments","pods","pods/log"],"verbs":["*"]},{"apiGroups":["apps"],"resources":["replicasets"],"verbs":["get","list"]}'
role guest "[$all]"
kubectl delete secret draft-pullsecret >/dev/null
kubectl patch serviceaccount default --type=json -p '[{"op":"remove","path":"/imagePullSecrets"}]' >/dev/null
run env KUBECONFIG="$scratch/kubeconfig.guest" draft-release --set 'command={/bin/busybox,sleep,9m}' <here
like 'a service account that may not be changed is reported' "$(cat "$err")" \
  "*draft-release: warning: cannot make service account 'default' use the pull secret in namespace '$namespace': serviceaccounts \"default\" is forbidden: *
  name 'draft-pullsecret' in the chart's imagePullSecrets, or ask for the right to change service accounts*"
is '… the secret is created' "$(passwords)" '["second"]'
is '… and the service account is unchanged' "$(account)" '[]'
like '… and the release continues, and fails only because of the image' "$(failure)" \
  "69,pod '$app-*' cannot pull the image*"
record 1 "$REGISTRY/$app" '.app.namespace = "'"$namespace"'"' >open
run env KUBECONFIG="$scratch/kubeconfig.guest" draft-release <open
is 'a user who may not read namespaces releases into an existing one' "$status $(told)" \
  "0 [\"$namespace\",\"deployed\",true]"
record 1 "$REGISTRY/$app" '.app.namespace = "'"$namespace"'-none"' >none
kubectl create clusterrole "looks-$$" --verb=get,list --resource=namespaces >/dev/null
kubectl create clusterrolebinding "looks-$$" --clusterrole="looks-$$" --serviceaccount="$namespace:guest" >/dev/null
later "kubectl --kubeconfig $cluster/kubeconfig delete clusterrole/looks-$$ clusterrolebinding/looks-$$"
kubectl create namespace "$namespace-none" >/dev/null
kubectl -n "$namespace-none" create rolebinding guest --clusterrole=edit --serviceaccount="$namespace:guest" >/dev/null
kubectl delete namespace "$namespace-none" >/dev/null
kubectl create clusterrole "secrets-$$" --verb='*' --resource=secrets >/dev/null
kubectl create clusterrolebinding "secrets-$$" --clusterrole="secrets-$$" --serviceaccount="$namespace:guest" >/dev/null
later "kubectl --kubeconfig $cluster/kubeconfig delete clusterrole/secrets-$$ clusterrolebinding/secrets-$$"
run env KUBECONFIG="$scratch/kubeconfig.guest" draft-release <none
is 'a namespace that the user may not create' "$(failure)" \
  "77,there is no namespace '$namespace-none', and you may not create it"
finish
