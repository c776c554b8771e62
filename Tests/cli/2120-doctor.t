#!/bin/sh
# draft-doctor: all checks, each with every possible problem, with fake programs. A real cluster: Tests/cluster.
# shellcheck disable=SC2016 # scripts
. "$(dirname "$0")/lib.sh"
state() { jq -r --arg n "$1" '[.doctor.checks[] | select(.name == $n) | "\(.state) \(.message)"] | join("; ")' "$out"; }
hint() { jq -r --arg n "$1" '[.doctor.checks[] | select(.name == $n) | .hint // empty] | join("; ")' "$out"; }
mkdir -p bin web "$DRAFT_HOME"
for tool in sh cat sed; do ln -s "$(command -v $tool)" bin/$tool; done
fake() { printf '#!/bin/sh\n%s\n' "$2" >"bin/$1"; chmod +x "bin/$1"; }
doctor() { run env PATH="$DRAFT_BIN:$scratch/bin" draft-doctor "$@"; }
fake git 'echo git version 2.39.5'
fake buildah 'echo buildah version 1.28.2 "(image-spec 1.0.2-dev)"'
fake podman 'echo 4.3.1'
fake helm 'echo v4.1.0+g301108e'
echo 'FROM scratch' >web/Dockerfile
mkdir -p web/a/b/c web/charts/web
printf 'apiVersion: v2\nname: web\nversion: 0.1.0\n' >web/charts/web/Chart.yaml

doctor web
is 'no problems' "$status" 0
is 'one record, with the application' "$(jq -r .app.name "$out") $(wc -l <"$out")" 'web 1'
is 'the builder' "$(state builder)" 'ok buildah 1.28.2'
is 'git' "$(state git)" 'ok 2.39.5'
is 'no context: podman' "$(state context) $(state podman)" \
  'ok no kube context: podman runs releases on this machine ok 4.3.1'
like 'the directories' "$(state watches)" "*'web' has 6*"
like 'the draft home' "$(state home)" "* '$DRAFT_HOME'*"
is 'no registry' "$(state registry)" 'ok none is set: images stay on this machine'
doctor -o table web
like 'on a terminal' "$(cat "$out")" '*ok       builder   buildah 1.28.2*'
doctor --home "$scratch/none" web
like 'no home yet' "$status $(state home)" "0 warning '$scratch/none' does not exist yet"

rm bin/podman
doctor web
is 'podman is needed and missing: exit 1' "$status $(state podman)" "1 failure cannot find 'podman' on PATH"
is '… with a hint' "$(hint podman)" 'install it: apt install podman'
fake podman 'echo 4.3.1'
rm bin/git
doctor web
is 'no git is a warning' "$status $(state git)" "0 warning cannot find 'git' on PATH"
fake buildah 'exit 1'
doctor web
is 'a builder that does not run' "$status $(state builder)" "1 failure 'buildah' cannot be used"
run env PATH="$DRAFT_BIN:$scratch/bin" DRAFT_BUILDER=nosuch draft-doctor web
is 'a missing plugin' "$(state builder)" "failure cannot find 'draft-builder-nosuch' on PATH"
fake docker 'exit 1'
run env PATH="$DRAFT_BIN:$scratch/bin" DRAFT_BUILDER=docker draft-doctor web
is 'docker without its daemon' "$(state builder) $(hint builder)" \
  "failure 'docker' cannot be used start its daemon, and join the group docker"
fake buildah 'echo buildah version 1.28.2'

rm bin/helm
doctor web
is 'no helm, which podman does without' "$status $(state helm)" \
  '0 ok not installed; podman needs it only for charts that make keys'
mv web/charts web/none
doctor web
is 'no chart' "$status $(state chart)" "1 failure no chart in '$scratch/web'"
mv web/none web/charts
run env PATH="$DRAFT_BIN:$scratch/bin" DRAFT_ENGINE=podman draft-doctor web
is 'engine = "podman"' "$(state context)" 'ok podman is set: podman runs releases on this machine'

# A registry that cannot be reached.
run env PATH="$DRAFT_BIN:$scratch/bin" DRAFT_REGISTRY=127.0.0.1:1 draft-doctor web
like 'a registry that does not answer' "$status $(state registry)" "1 failure cannot ask '127.0.0.1:1' for 'web': *"

# Kubernetes, according to helm and kubectl.
cat >kubeconfig <<'EOF'
current-context: here
contexts: [{name: here, context: {cluster: l}}, {name: far, context: {cluster: c}}]
clusters: [{name: c, cluster: {server: 'https://192.0.2.1:6443'}}, {name: l, cluster: {server: 'https://127.0.0.1:1'}}]
EOF
export KUBECONFIG="$scratch/kubeconfig"
doctor web
is 'no helm, no kubectl' "$status $(state helm) $(state kubectl)" \
  "1 failure cannot find 'helm' on PATH failure cannot find 'kubectl' on PATH"
fake helm 'echo v4.1.0+g301108e'
fake kubectl 'row() {
  case $arguments in *--all-namespaces*) printf "team " ;; esac
  echo "sh.helm.release.v1.$1.v$2 helm.sh/release.v1 1 5m name=$1,owner=helm,status=$3,version=$2"
}
arguments=$*
case $* in
  version*) echo "{\"clientVersion\":{\"gitVersion\":\"v1.32.4\"}}" ;;
  *--raw*) echo "{\"gitVersion\":\"v1.31.0\"}" ;;
  *template*) printf "small 4000\nlarge 1300000\n" ;;
  *name=web*) row web 4 pending-upgrade; row web 3 failed; row web 2 deployed; row web 1 superseded ;;
  *name=new*) row new 1 pending-install ;;
  *--show-labels*) row web 4 pending-upgrade; row web 3 failed; row web 2 deployed; row new 1 pending-install
    row right 3 deployed; row right 2 pending-upgrade ;;
esac'
doctor web
is 'their versions, and the cluster' "$(state helm), $(state kubectl), $(state cluster)" \
  'ok v4.1.0, ok v1.32.4, ok answers: Kubernetes v1.31.0'
like 'the context' "$(state context)" "ok 'here', whose server is 'https://127.0.0.1:1', on this machine"
is 'releases that are pending' "$status $(state releases)" \
  "1 failure 'new' in namespace 'team' is pending-install at revision 1; failure 'web' in namespace 'team' is pending-upgrade at revision 4"
like '… with a hint' "$(hint releases)" "*'helm uninstall new --namespace team --kube-context here'*'helm rollback web 2 --namespace team --kube-context here'"
is 'a Secret that is nearly full' "$(state secrets)" "warning release 'large' is stored in 952 KiB of at most 1024"
fake helm 'echo Client: v2.17.0+ga690bad'
doctor web
is 'helm 2' "$(state helm)" 'failure v2.17.0, unsupported since 2020'
fake helm 'case $* in *--client*) exit 1 ;; esac; echo v4.0.0+g99cd196'
doctor web
is 'helm 4, which has no --client' "$(state helm)" 'ok v4.0.0'
doctor --kube-context far web
like 'a context by its name' "$(state context)" "ok 'far', whose server is 'https://192.0.2.1:6443'"
sed -i 's/^current-context.*/current-context: far/' kubeconfig
doctor web
like 'a context that was not named' "$status $(state context)" "1 failure kube context 'far' is not plainly local*"
fake kubectl 'echo "Unable to connect to the server: dial tcp 192.0.2.1:6443: i/o timeout" >&2; exit 1'
doctor --kube-context far web
like 'a cluster that does not answer' "$(state cluster)" "failure cannot reach the cluster at 'https://192.0.2.1:6443'*"

# The advice works.
doctor --home "$scratch/none" web
sh -c "$(hint home | sed "s/^'//; s/' creates.*/ --home none/")" >/dev/null 2>&1
doctor --home "$scratch/none" web
like "'draft init' makes a home" "$(state home)" "ok '$scratch/none'*"
run env PATH="$DRAFT_BIN:$scratch/bin" DRAFT_BUILDER= draft-doctor web
draft-config set builder nosuch
doctor web
draft-config set "$(hint builder | sed "s/.*set '//; s/'.*//")" "$(hint builder | sed "s/.*to //; s/,.*//")"
doctor web
is 'a configured builder' "$(state builder)" 'ok buildah 1.28.2'
draft-config unset builder
# From here on podman is used, unless a kube context is named.
here() { run env PATH="$DRAFT_BIN:$scratch/bin" KUBECONFIG=/dev/null "$@" draft-doctor web; }
# Prints what is between the quotes of the Nth command in the hint.
quoted() { hint "$1" | cut -d "'" -f "$((${2:-1} * 2))"; }
chart() { printf 'apiVersion: v2\nname: web\nversion: %s\n' "$1" >web/charts/web/Chart.yaml; }
chart '[0'
here
like 'a chart that cannot be read' "$status $(state chart)" "1 failure cannot read '*Chart.yaml'*"
chart 0.1.0
here
is '… mended' "$status $(state chart)" '0 ok found'
mv web/charts web/none
here
ok "no chart: 'draft create' is the advice" sh -c "$(hint chart | sed "s/.*'\\(.*\\)'/\\1/") web"
here
is '… which writes one' "$status $(state chart)" '0 ok found'
rm -rf web/charts web/.draftignore web/draft.toml web/.helmignore web/.dockerignore
mv web/none web/charts

# Ports.
port=$(free_port)
python3 -c "import socket, time; s = socket.socket(); s.bind(('127.0.0.1', $port)); s.listen(); open('held', 'w'); time.sleep(600)" 3>&- &
holder=$!
until [ -e held ]; do sleep 0.05; done
fake podman '[ "$1" = version ] && echo 4.3.1 || echo "[]"'
printf '[environments.development]\noverride-ports = ["%s:80"]\n' "$port" >web/draft.toml
here
is 'a port that is taken' "$status $(state ports) $(hint ports)" \
  "1 failure port $port of 127.0.0.1 is taken stop what uses it, or remove its line from override-ports"
cp web/draft.toml toml
sed -i /override-ports/d web/draft.toml
here
is '… its line taken out' "$status $(state ports)" '0 '
mv toml web/draft.toml
kill $holder
wait $holder 2>/dev/null
here
is '… what held it ended' "$status $(state ports)" '0 '
rm web/draft.toml

# Programs that exist and do not work, and a command that tells more.
fake podman 'exit 1'
here
ok 'podman that cannot run: there is a command to ask' "$(quoted podman | cut -d ' ' -f 1)" \
  "$(quoted podman | cut -d ' ' -f 2)" --help
fake podman 'echo 4.3.1'
fake buildah 'exit 1'
here
ok '… and so for buildah' "$(quoted builder | cut -d ' ' -f 1)" "$(quoted builder | cut -d ' ' -f 2)" --help
fake buildah 'echo buildah version 1.28.2'
fake helm :
here
is 'helm that does not print its version' "$status $(state helm) $(hint helm)" \
  "1 failure does not print its version see what 'helm version' says"
ok '… there is a command to ask' helm version
fake helm 'echo v4.1.0+g301108e'
here
is '… and it is well when it does' "$status $(state helm)" '0 ok v4.1.0'

# The kubeconfig: it cannot be read, or names something that does not exist.
cluster() { run env PATH="$DRAFT_BIN:$scratch/bin" "$@" draft-doctor ${context:+--kube-context "$context"} web; }
good='row() { :; }; case $* in version*) echo "{\"clientVersion\":{\"gitVersion\":\"v1.32.4\"}}" ;; *--raw*) echo "{\"gitVersion\":\"v1.31.0\"}" ;; esac'
fake kubectl "$good"
context=''
echo 'contexts: [' >broken
cluster KUBECONFIG="$scratch/broken"
like 'a kubeconfig that cannot be read' "$status $(state context) $(hint context)" \
  "1 failure cannot read '$scratch/broken': * correct the file, or set KUBECONFIG to another one"
echo 'contexts: []' >broken
cluster KUBECONFIG="$scratch/broken"
is '… corrected' "$status $(state context)" '0 ok no kube context: podman runs releases on this machine'
sed 's/^current-context.*/current-context: here/' kubeconfig >other
cluster KUBECONFIG="$scratch/other"
like '… or another one' "$status $(state context)" "0 ok 'here'*"
context=nowhere
cluster
like 'a context there is not' "$status $(state context)" "1 failure no kube context 'nowhere'*"
like "… 'kubectl config get-contexts' lists them" "$($(quoted context) -o name | tr '\n' ' ')" '*far*here*'
context=''
cluster
like 'a context that nobody named: three things to do' "$(hint context)" \
  "--engine podman runs it on this machine, 'draft config set engine podman' does so always; --kube-context far chooses this cluster"
cp "$out" asked
run env PATH="$DRAFT_BIN:$scratch/bin" draft-doctor --engine podman web
is '… --engine podman' "$status $(state context)" '0 ok podman is set: podman runs releases on this machine'
run env PATH="$DRAFT_BIN:$scratch/bin" DRAFT_REGISTRY=127.0.0.1:1 draft-doctor --kube-context far web
like '… --kube-context far' "$(state context)" "ok 'far'*"
cp asked "$out"
ok '… the setting' sh -c "$(quoted context)"
cluster
is '… works' "$status $(state context)" '0 ok podman is set: podman runs releases on this machine'
draft-config unset engine

# A cluster on another machine cannot use images of this machine.
context=far
cluster
like 'images that the cluster cannot see' "$status $(state images)" '1 failure *cannot see the images of this machine*'
ok '… a registry is set' sh -c "$(quoted images | sed 's|HOST/PATH|127.0.0.1:1/me|')"
cluster
is '… and seen' "$(state images)" ''
draft-config unset registry
fake kubectl "case \$* in *--raw*) echo 'Error from server (Forbidden): forbidden: User \"nobody\" cannot get path \"/version\"' >&2; exit 1 ;; esac
$good"
cluster
is 'a cluster that denies access' "$(state cluster | cut -c 1-37) $(hint cluster)" \
  'failure the cluster does not allow it log in to the cluster as a user who has that right, or set another namespace'
fake kubectl "$good"
cluster
is '… with another user' "$(state cluster)" 'ok answers: Kubernetes v1.31.0'
fake kubectl 'case $* in *--raw*) echo "{}" ;; esac'
cluster
is 'kubectl that does not print its version' "$(state kubectl) $(hint kubectl)" \
  "warning does not print its version see what 'kubectl version' says"
ok '… there is a command to ask' kubectl version --client
fake kubectl "$good"
cluster HELM_DRIVER=sql
is 'releases in another storage' "$(state releases) $(hint releases)" \
  "warning cannot be checked: HELM_DRIVER is 'sql', but releases are read only from Secrets and ConfigMaps 'helm list' shows the releases"
ok '… there is such a command' helm list --help
cluster HELM_DRIVER=secret
is '… and kept where they can be read' "$(state releases)" 'ok none is stuck'

# A server in the settings that is not installed. Installing it: Tests/cluster/2600-server.t.
server() { run env PATH="$DRAFT_BIN:$scratch/bin" "$@" draft-doctor --kube-context far web; }
draft-config set remote kube:team
server
is 'no server' "$status $(state server) $(hint server)" "1 failure there is no server in namespace 'team'\
 'draft init --server --image IMAGE --server-namespace team --kube-context far' installs it; 'draft config unset remote' stops using one"
ok '… does without' sh -c "$(quoted server 2)"
server
is '… which is no more asked for' "$(state server)" ''
server DRAFT_REMOTE=kube
is 'a variable, and the usual namespace' "$(hint server)" \
  "'draft init --server --image IMAGE --kube-context far' installs it; 'unset DRAFT_REMOTE' stops using one"
server DRAFT_REMOTE=nowhere
is 'an invalid place' "$(state server) $(hint server)" \
  "failure 'nowhere' is not a server use kube, kube:NAMESPACE, ssh://[USER@]HOST[:PORT] or local"
for place in ssh://me@build.example:22 ssh://build.example local; do
  server DRAFT_REMOTE=$place
  is "… $place" "$(state server)" "ok '$place' (not checked)"
done
context=''

# Registries: unreachable, with a login, invalid.
export DOCKER_CONFIG="$scratch/docker"
mkdir docker
port=$(free_port)
asked() { here DRAFT_REGISTRY="127.0.0.1:$port/me"; }
asked
is 'a registry that does not run' "$status $(hint registry)" '1 is the registry running?'
htpasswd -Bbc htpasswd me secret 2>/dev/null
registry closed "127.0.0.1:$port" "auth: {htpasswd: {realm: draft, path: $scratch/htpasswd}}"
later="kill $daemon 2>/dev/null"
trap 'eval "$later"; cd /; rm -rf "$scratch"' EXIT
export REGISTRY_AUTH_FILE="$scratch/auth.json" # which docker-registry would take for one of its own
asked
like 'it runs: nobody is logged in' "$status $(state registry)" '1 failure *: not logged in'
for tool in podman buildah; do
  # Who, as a terminal would be asked.
  advice=$(hint registry | sed "s/.*\\($tool login\\) \\([^,]*\\).*/\\1 --username me --password-stdin \\2/")
  ok "… '$tool login', word for word" sh -c "echo secret | $advice"
  asked
  is '… is what it takes' "$status $(state registry)" "0 ok '127.0.0.1:$port/me' answers, and accepts the login"
  rm auth.json
  asked
done
echo '{' >docker/config.json
asked
is 'logins that cannot be read' "$status $(hint registry)" \
  "1 fix or remove '$scratch/docker/config.json', then log in again"
cp docker/config.json broken.json
eval "rm $(hint registry | sed "s/.*remove \\('[^']*'\\).*/\\1/")"
echo secret | podman login --tls-verify=false -u me --password-stdin "127.0.0.1:$port" >/dev/null 2>&1
asked
is '… removed, and logged in' "$status $(state registry)" "0 ok '127.0.0.1:$port/me' answers, and accepts the login"
rm auth.json
fake docker-credential-bad 'echo no keyring >&2; exit 1'
fake docker-credential-good "echo '{\"Username\":\"me\",\"Secret\":\"secret\"}'"
echo "{\"credHelpers\": {\"127.0.0.1:$port\": \"bad\"}}" >docker/config.json
asked
is 'a helper that fails' "$status $(hint registry)" '1 log in again, or name another helper in ~/.docker/config.json'
sed -i 's/bad/good/' docker/config.json
asked
is '… another one' "$status $(state registry)" "0 ok '127.0.0.1:$port/me' answers, and accepts the login"
rm docker/config.json
kill "$daemon"
port=$(free_port)
python3 - "$port" 3>&- <<'EOF' &
import http.server, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_HEAD(self):
        how, body = int(open("how").read()), b""
        if "/token" in self.path:
            how, body = 200, b"" if how else b'{"token": "x"}'
        elif how == 0:
            how = 404 if "Authorization" in self.headers else 401
        self.send_response(how)
        if how == 401: self.send_header("WWW-Authenticate", f'Bearer realm="http://127.0.0.1:{sys.argv[1]}/token"')
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET": self.wfile.write(body)
    do_GET = do_HEAD
    def log_message(self, *args): pass
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
EOF
later="kill $!"
echo 503 >how
until curl -s -o /dev/null "http://127.0.0.1:$port/"; do sleep 0.05; done
asked
like 'a registry with a bad moment' "$status $(state registry) $(hint registry)" \
  '1 failure *: 503 from * try again in a while'
echo 0 >how
asked
is 'a registry with anonymous pulls' "$status $(state registry)" \
  "0 warning '127.0.0.1:$port/me' answers, but you are not logged in"
like '… a login is the advice' "$(hint registry)" "docker login 127.0.0.1:$port, or podman login *"
printf '{"auths": {"127.0.0.1:%s": {"auth": "bWU6c2VjcmV0"}}}' "$port" >docker/config.json
asked
is '… and what it takes' "$status $(state registry)" "0 ok '127.0.0.1:$port/me' answers, and accepts the login"
rm docker/config.json
echo 401 >how
asked
like 'a server that is not a registry' "$status $(state registry) $(hint registry)" \
  "1 failure *does not answer like a registry* is there a registry at this address?"
echo 404 >how
asked
is '… after a while, or with one at the address' "$status $(state registry)" \
  "0 ok '127.0.0.1:$port/me' answers, and needs no login"
unset REGISTRY_AUTH_FILE DOCKER_CONFIG

if [ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null; then
  # Ids that nobody else has: those above anybody's.
  mkdir -p prefix
  cp -r /etc prefix
  echo other:100000:65536 >prefix/etc/subuid
  echo other:165536:65536 >prefix/etc/subgid
  chmod 755 "$scratch"; mkdir -m 777 nobodys
  fake newuidmap :; fake newgidmap :
  as_nobody() {
    run unshare -m sh -c "mount --bind prefix/etc /etc; exec setpriv --reuid=nobody --clear-groups env PATH='$DRAFT_BIN:$scratch/bin' draft-doctor --home '$scratch/nobodys' web"
  }
  as_nobody
  like 'no ids for rootless containers' "$(hint subuid)" \
    'as root: usermod --add-subuids 231072-296607 --add-subgids 231072-296607 nobody'
  ok "… the advice works" sh -c "usermod --prefix '$scratch/prefix' $(hint subuid | sed 's/.*usermod //')"
  as_nobody
  like '… and works' "$(state subuid)" "ok user 'nobody' has ids*"
  is '… not shared with other users' "$(cat prefix/etc/subuid)" 'other:100000:65536
nobody:231072:65536'
  # A home on a full disk.
  mkdir small
  full() {
    run unshare -m sh -c "mount -t tmpfs -o size=130m none small; mkdir small/cache; head -c 90000000 /dev/zero >small/cache/x; $1 exec env PATH='$DRAFT_BIN:$scratch/bin' draft-doctor --home '$scratch/small' web"
  }
  full ''
  like 'a disk that is full' "$status $(state home)" "1 failure '$scratch/small' has [0-9]* MiB left"
  full "rm -rf $(hint home | sed "s/.*make room: '//; s/'.*//");"
  like '… has room when the cache is deleted' "$(state home)" "warning '$scratch/small' has 1[0-9][0-9] MiB left"
  # A home of somebody else's.
  mkdir -m 755 theirs
  cp -r web nobodys/web
  chown -R nobody nobodys/web
  homed() {
    run setpriv --reuid=nobody --clear-groups env PATH="$DRAFT_BIN:$scratch/bin" \
      "$@" draft-doctor "$scratch/nobodys/web"
  }
  homed DRAFT_HOME="$scratch/theirs"
  is 'a home that may not be written to' "$(state home) $(hint home)" \
    "failure '$scratch/theirs' is not writable change its owner, or set DRAFT_HOME"
  homed DRAFT_HOME="$scratch/nobodys"
  like '… another one' "$(state home)" "ok '$scratch/nobodys'*"
  chown nobody theirs
  homed DRAFT_HOME="$scratch/theirs"
  like '… or its owner' "$(state home)" "ok '$scratch/theirs'*"
  # What inotify allows. sysctl writes where the kernel's files would be, and they are there.
  mkdir inotify
  limits() { echo "$1" >inotify/max_user_watches; echo "$2" >inotify/max_user_instances; }
  watches() {
    run unshare -m sh -c "mount --bind inotify /proc/sys/fs/inotify; $1 exec env PATH='$DRAFT_BIN:$scratch/bin' KUBECONFIG=/dev/null draft-doctor web"
  }
  advised() { hint watches | sed 's/^as root: //; s/,.*//'; }
  rm -rf web/.draftignore
  limits 5 1024
  watches ''
  is 'too many directories to watch' "$status $(state watches)" \
    "1 failure a user may watch 5 directories; 'web' has 6"
  ok '… the key is one of the kernel' sysctl -n "$(advised | sed 's/sysctl //; s/=.*//')"
  watches ''
  watches "$(advised) >&2 || exit 1;"
  is '… set as it says' "$status $(state watches)" "0 ok a user may watch 524288 directories; 'web' has 6"
  limits 8192 1024
  for i in $(seq 5000); do echo "web/large/$i"; done | xargs mkdir -p
  watches ''
  is 'half of the limit' "$status $(state watches)" "0 warning a user may watch 8192 directories; 'web' has 5007"
  echo large >web/.draftignore
  watches ''
  is '… a large directory named in .draftignore' "$status $(state watches)" \
    "0 ok a user may watch 8192 directories; 'web' has 6"
  rm -r web/.draftignore web/large
  limits 8192 10
  watches ''
  is 'few programs that may watch' "$status $(state watches)" '0 warning a user may watch with 10 programs at once'
  ok '… the key is one of the kernel' sysctl -n "$(advised | sed 's/sysctl //; s/=.*//')"
  watches ''
  watches "$(advised) >&2 || exit 1;"
  is '… set as it says' "$status $(state watches)" "0 ok a user may watch 8192 directories; 'web' has 6"
  # A registry that is elsewhere, for TLS is asked of those alone: an address of this network's own.
  openssl req -x509 -newkey rsa:2048 -nodes -keyout registry.key \
    -out registry.crt -days 2 -subj /CN=registry -addext subjectAltName=IP:192.0.2.1 2>/dev/null
  for port in 5001 5002; do
    printf 'version: 0.1\nlog: {level: error}\nstorage: {inmemory: {}}\nhttp: {addr: "192.0.2.1:%s", secret: draft-test%s}\n' $port \
      "$([ $port = 5002 ] || echo ", tls: {certificate: $scratch/registry.crt, key: $scratch/registry.key}")" >$port.yml
  done
  cat >elsewhere <<'EOF'
ip link set lo up; ip address add 192.0.2.1/32 dev lo
mount --bind prefix/etc /etc
for port in 5001 5002; do
  docker-registry serve $port.yml >$port.log 2>&1 &
  daemons="${daemons:-} $!"
  until curl -k -s -o /dev/null https://192.0.2.1:$port/ || curl -s -o /dev/null http://192.0.2.1:$port/; do
    sleep 0.05
  done
done
doctor() {
  env PATH="$DRAFT_BIN:$PWD/bin" KUBECONFIG=/dev/null DRAFT_REGISTRY="192.0.2.1:$port/me" "$@" draft-doctor web
}
hint() { jq -r '.doctor.checks[] | select(.name == "registry") | .hint' "$1"; }
for port in 5001 5002; do doctor >$port.before; done
crt=$(hint 5001.before | sed 's/.*certificate into \([^,]*\),.*/\1/')
mkdir -p "${crt%/*}"
cp registry.crt "$crt"
port=5001; doctor >5001.after
port=5002; doctor $(hint 5002.before | sed 's/.*or set \([^ ]*\) .*/\1/') >5002.after
kill $daemons
EOF
  DRAFT_BIN=$DRAFT_BIN unshare -mn sh elsewhere
  for port in 5001 5002; do
    cp $port.before "$out"
    is "$port: a connection that is not secure" "$(state registry | cut -c 1-34)" "failure cannot ask '192.0.2.1:$port"
    cp $port.after "$out"
    is '… made so, or done without' "$(state registry)" "ok '192.0.2.1:$port/me' answers, and needs no login"
  done
else
  skip 'advice for other users and disks' 'this is not root'
fi

exits 66 'a missing directory' draft-doctor /nonexistent
exits 64 'two directories' draft-doctor web web
exits 64 'an unknown output format' draft-doctor -o xml web
status=0; draft-doctor web >/dev/full 2>"$err" || status=$?
is 'a full disk' "$status" 74
finish
