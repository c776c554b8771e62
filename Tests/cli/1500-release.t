#!/bin/sh
# draft-release with podman: a real image and container that answers HTTP. With helm on a real Kubernetes:
# Tests/cluster.
cache=${DRAFT_TEST_CACHE:-${HOME:-/root}/.cache/draft-test}
# shellcheck source=Tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
export DRAFT_TEST_CACHE="$cache"
export CONTAINERS_CONF="$root/Tests/fixtures/containers/containers.conf" \
  CONTAINERS_REGISTRIES_CONF="$root/Tests/fixtures/containers/registries.conf"

app=release-test-$$
cleanup() {
  pods=$(podman pod ps -q --filter "label=draft=$app" 2>/dev/null)
  # shellcheck disable=SC2086 # a list
  [ -z "$pods" ] || podman pod rm -f -t 0 $pods >/dev/null 2>&1
  buildah rmi -f "localhost/$app:1" "localhost/$app:2" >/dev/null 2>&1
}
trap 'cleanup; cd /; rm -rf "$scratch"' EXIT

mkdir "$scratch/app"
tar -C "$root/Tests/fixtures/charts" -czf web.tgz web
# record TAG [JQ-FILTER] < nothing    the record that draft-push would write
record() {
  jq -cn --arg app "$app" --arg dir "$scratch/app" --arg chart "$scratch/web.tgz" --arg tag "$1" \
    --arg digest "sha256:$(sha256sum web.tgz | cut -d' ' -f1)" --argjson size "$(stat -c %s web.tgz)" \
    '{draft: 1, app: {name: $app, dir: $dir}, chart: {path: $chart, mediaType: "application/gzip", digest: $digest,
      size: $size, name: "web", version: "0.1.0"},
      image: {repository: $app, tag: $tag, store: "containers-storage"}} | '"${2:-.}"
}
failure() { jq -r '.failure.message // "none"' "$out"; }

# Messages and arguments: no podman is needed.
record 1 >line
exits 64 'an unknown engine' draft-release --engine docker <line
is '… is reported' "$(head -n 1 "$err")" "draft-release: option '--engine' is helm or podman, not 'docker'"
run draft-release --timeout soon <line
is 'a timeout that is not a number' "$(jq .failure.code "$out")" 64
record 1 'del(.chart.path)' >bad
run draft-release <bad
is 'a chart without a path is bad data' "$(jq .failure.code "$out")" 65
record 1 '.image.repository = "a,draft=evil"' >bad
run draft-release <bad
is 'a repository that would set another key is bad data' "$(jq .failure.code "$out"),$(failure)" \
  "65,'a,draft=evil:1' is not an image reference"
record 1 '.app.name = "--post-renderer=/bin/sh"' >bad
run draft-release <bad
is 'a name that would be an option is bad data' "$(jq .failure.code "$out")" 65
record 1 '.chart.size += 1' >bad
run draft-release <bad
is 'a chart that does not match the record is bad data' "$(jq .failure.code "$out")" 65

cat >kubeconfig <<'EOF'
current-context: minikube
contexts: [{name: minikube, context: {cluster: c}}, {name: loopback, context: {cluster: l}}]
clusters: [{name: c, cluster: {server: 'https://192.0.2.1:6443'}}, {name: l, cluster: {server: 'https://127.0.0.1:1'}}]
EOF
run env KUBECONFIG="$scratch/kubeconfig" draft-release <line
is 'a context that is not plainly local is refused' "$(jq .failure.code "$out"),$(failure)" \
  "78,kube context 'minikube' is not plainly local: its server is 'https://192.0.2.1:6443'"
like '… and the hint says how to allow it' "$(jq -r .failure.hint "$out")" '*--kube-context minikube*'
run env KUBECONFIG="$scratch/kubeconfig" draft-release --kube-context other <line
is 'an unknown context is refused' "$(jq .failure.code "$out")" 78
run env KUBECONFIG="$scratch/kubeconfig" draft-release --kube-context loopback <line
like 'a cluster that is down: unavailable' "$(jq .failure.code "$out"),$(failure)" \
  "69,cannot reach the cluster at 'https://127.0.0.1:1': *"
record 1 '.app.context = "loopback"' >named
run env KUBECONFIG="$scratch/kubeconfig" draft-release <named
is 'a context may be named by the record' "$(jq .failure.code "$out")" 69
echo '{' >broken
run env KUBECONFIG="$scratch/broken" draft-release <line
is 'a broken kubeconfig is a configuration error' "$(jq .failure.code "$out")" 78

mkdir bin
ln -s "$(command -v podman)" bin/podman
run env PATH="$DRAFT_BIN:$scratch/bin" draft-release <line
like 'helm is not needed: it goes as far as the image' "$(jq .failure.code "$out"),$(failure)" \
  "66,no image 'localhost/release-test-*' on this machine"
rm bin/podman
run env PATH="$DRAFT_BIN:$scratch/bin" draft-release <line
is 'without podman' "$(jq .failure.code "$out"),$(failure)" "69,cannot find 'podman' on PATH"

if ! podman info >/dev/null 2>&1 || ! "$root/Tests/base-image" busybox >/dev/null 2>&1; then
  skip 'releases to podman' 'podman cannot run here'
  finish
  exit
fi

# An image that serves a page, in two versions.
image() { # TAG TEXT
  echo "$2" >page
  c=$(buildah from localhost/draft-test/busybox) &&
    buildah add -q "$c" page /www/index.html >/dev/null &&
    buildah config --entrypoint '["/bin/busybox","httpd","-f","-p","8080","-h","/www"]' "$c" &&
    buildah commit -q --rm "$c" "localhost/$app:$1" >/dev/null
}
ok 'an image' image 1 one
ok '… and a second one' image 2 two
url() { jq -r '.release.urls[0] // "none"' "$out"; }
page() { curl -s -m 5 "$1"; }
pods() { podman pod ps --filter "label=draft=$app" --format '{{.Name}} {{.Status}}' | sort | tr '\n' ' '; }

run draft-release <line
is 'the first release' "$status $(jq -c '.release | [.name, .revision, .status, .changed, .engine]' "$out")" \
  "0 [\"$app\",1,\"deployed\",true,\"podman\"]"
first=$(url)
like 'the address is a port of 127.0.0.1' "$first" 'http://127.0.0.1:[0-9]*/'
is 'the application answers' "$(page "$first")" one
is 'a file of a ConfigMap is mounted' "$(page "${first}config/greeting")" hello
is 'a variable from a ConfigMap is set' "$(podman exec "$app-1-web" /bin/busybox env | sed -n 's/^GREETING=//p')" hello
like 'classic progress messages' "$(cat "$err")" \
  "*--> Deploying to podman*does not exist. Installing it now.*--> Status: DEPLOYED*answers at $first*"
is 'the values have sources' "$(jq -c \
    '[.values.settings[] | select(.key == "image.tag" or .key == "ondraft") | [.key, .value, .source]]' "$out")" \
  '[["image.tag","1","draft"],["ondraft","true","draft"]]'
is 'the objects are those of the chart' "$(jq -c .release.objects "$out")" \
  "[\"ConfigMap/$app\",\"Service/$app\",\"Deployment/$app\"]"
is 'the port is open on 127.0.0.1 only' \
  "$(podman pod inspect "$app-1" | jq -r '[.InfraConfig.PortBindings[][].HostIp] | unique[]')" 127.0.0.1

# draft-release waits for a podman that outlives a killed draft-release.
podman=$(command -v podman)
mkdir busy
cat >busy/podman <<END
#!/bin/sh
case \$* in 'play kube'*) echo begun >>"$scratch/played"; sleep 1; "$podman" "\$@"; status=\$?; echo ended >>"$scratch/played"; exit \$status ;; esac
exec "$podman" "\$@"
END
chmod +x busy/podman
podman pod rm -f -t 0 "$app-1" >/dev/null
PATH=$scratch/busy:$PATH draft-release <line >killed 2>&1 &
victim=$!
await test -s played
kill -9 $victim
wait $victim 2>/dev/null
run env PATH="$scratch/busy:$PATH" draft-release <line
is 'a release killed while podman ran' "$status $(tr '\n' ' ' <played)$(page "$(url)")" \
  '0 begun ended begun ended one' || note "$(cat "$err")"
podman pod rm -f -t 0 "$app-2" >/dev/null
run draft-release <line
first=$(url)

# A port chosen by the user: the port of the same application is not in use, that of another program is.
cp -r "$root/Tests/fixtures/charts/web" "$scratch/app/chart"
own=${first##*:}
run env DRAFT_OVERRIDE_PORTS="${own%/}:8080" draft-target --check <line
is "the release's own port does not block the next release" "$status $(failure)" '0 none'
python3 -c 'import socket, time
s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(); print(s.getsockname()[1], flush=True); time.sleep(600)' \
>port &
listener=$!
await [ -s port ]
run env DRAFT_OVERRIDE_PORTS="$(cat port):8080" draft-target --check <line
is '… another program on the port does'"'"'s is' "$status $(jq .failure.code "$out") $(failure)" \
  "1 69 port $(cat port) of 127.0.0.1 is taken"
kill $listener
rm -r "$scratch/app/chart"

before=$(podman pod ps -q --filter "label=draft=$app")
run draft-release <line
is 'unchanged: does nothing' "$(jq -c '.release | [.revision, .changed]' "$out") $(url)" "[1,false] $first"
like '… with a message' "$(cat "$err")" '*nothing to do*'
is '… and the pod stays' "$(podman pod ps -q --filter "label=draft=$app")" "$before"

record 2 >line2
run draft-release <line2
is 'a new image is a new revision' "$(jq -c '.release | [.revision, .changed]' "$out")" '[2,true]'
is '… on the same port' "$(url)" "$first"
is '… with the new answer' "$(page "$first")" two
is '… and the old pod is gone' "$(pods)" "$app-2 Running "

run draft-release --set 'greeting=good day\, all' <line2
is 'a value of --set is used'"'"'s syntax' "$(page "${first}config/greeting")" 'good day, all'
is '… and its source is in the record' "$(jq -c '.values.settings[0]' "$out")" \
  '{"key":"greeting","value":"good day\\, all","source":"--set"}'
run draft-release --set image.tag=evil,ondraft=false,draft=evil --set image.repository=evil <line2
is "draft's own values override those of the user" "$(podman inspect "$app-4-web" --format '{{.ImageName}}')" \
  "localhost/$app:2"
run draft-release --set replicaCount=3 <line2
like 'three replicas run once' "$(cat "$err")" '*runs once instead of 3 times*'

# After an error, what is running stays as it is.
revision=$(pods)
run draft-release --set 'command={/bin/busybox,sh,-c,echo boom; exit 3}' <line2
is 'a container that exits at once' "$(jq .failure.code "$out"),$(failure)" \
  "69,container 'web' exited with status 3: boom"
is '… the previous revision keeps running' "$(pods)$(page "$first")" "${revision}two"
run draft-release --timeout 1 --set 'command={/bin/busybox,sleep,60}' <line2
is 'a container that never answers' "$(jq .failure.code "$out"),$(failure)" \
  "69,container 'web' did not answer on port 8080 within 1 s"
is '… the previous revision still runs' "$(pods)$(page "$first")" "${revision}two"
record 3 >line3
run draft-release <line3
is 'a missing image' "$(jq .failure.code "$out"),$(failure)" "66,no image 'localhost/$app:3' on this machine"
cp -r "$root/Tests/fixtures/charts/web" broken-chart
echo '{{ fail "not today" }}' >broken-chart/templates/broken.yaml
mv web.tgz whole.tgz && tar -czf web.tgz --transform 's/^broken-chart/web/' broken-chart
record 2 >line4
mv web.tgz broken.tgz && mv whole.tgz web.tgz
sed -i 's/web\.tgz/broken.tgz/' line4
run draft-release <line4
is 'a chart that does not render' "$(jq .failure.code "$out"),$(failure)" \
  "65,chart 'web' does not render: execution error at (web/templates/broken.yaml:1:3): not today"
is '… changes nothing' "$(pods)$(page "$first")" "${revision}two"

# Killed at any moment, run again.
for delay in 0.05 0.2 0.4 0.6 0.8 1.0 1.3; do
  draft-release --set "greeting=$delay" <line2 >/dev/null 2>&1 &
  victim=$!
  sleep $delay
  kill -9 $victim 2>/dev/null
  wait $victim 2>/dev/null
done
# draft-release waits for a podman that is still executing a command.
run draft-release --set greeting=last <line2
is 'killed several times, then run again' "$status $(url) $(page "${first}config/greeting")" "0 $first last" ||
  note "$(cat "$err")"
like '… one pod is left' "$(pods)" "$app-[0-9]* Running "

# A lost pod is created again on the same port.
podman pod rm -f -t 0 "$(podman pod ps -q --filter "label=draft=$app")" >/dev/null
run draft-release <line
is 'a removed release returns on the same port' "$(jq -c .release.changed "$out") $(url) $(page "$first")" \
  "true $first one"

sed 's/"draft":1/&,"x" : 1.0/' line >foreign
run draft-release <foreign
is 'other members pass' "$(grep -c '"x" : 1.0,' "$out")" 1
finish
