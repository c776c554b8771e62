#!/bin/sh
# draft-doctor: what is there, and each thing that can be wrong, by programs that answer as the real ones do. A real cluster: Tests/cluster.
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
fake helm 'echo v3.17.0+g301108e'
echo 'FROM scratch' >web/Dockerfile
mkdir -p web/a/b/c web/charts/web
printf 'apiVersion: v2\nname: web\nversion: 0.1.0\n' >web/charts/web/Chart.yaml

doctor web
is 'nothing is wrong' "$status" 0
is 'one record, with the application' "$(jq -r .app.name "$out") $(wc -l <"$out")" 'web 1'
is 'the builder' "$(state builder)" 'ok buildah 1.28.2'
is 'git' "$(state git)" 'ok 2.39.5'
is 'no context: podman' "$(state context) $(state podman)" 'ok no kube context: podman runs releases on this machine ok 4.3.1'
like 'the directories' "$(state watches)" "*'web' has 6*"
like 'the draft home' "$(state home)" "* '$DRAFT_HOME'*"
is 'no registry' "$(state registry)" 'ok none is set: images stay on this machine'
doctor -o table web
like 'in words' "$(cat "$out")" '*ok       builder   buildah 1.28.2*'
doctor --home "$scratch/none" web
like 'no home yet' "$status $(state home)" "0 warning '$scratch/none' is not there yet"

rm bin/podman
doctor web
is 'no podman, and podman would be it: exit 1' "$status $(state podman)" "1 failure cannot find 'podman' on PATH"
is '… and how to get it' "$(hint podman)" 'install it: apt install podman'
fake podman 'echo 4.3.1'
rm bin/git
doctor web
is 'no git is a warning' "$status $(state git)" "0 warning cannot find 'git' on PATH"
fake buildah 'exit 1'
doctor web
is 'a builder that does not run' "$status $(state builder)" "1 failure 'buildah' cannot be used"
run env PATH="$DRAFT_BIN:$scratch/bin" DRAFT_BUILDER=nosuch draft-doctor web
is 'a plugin there is not' "$(state builder)" "failure cannot find 'draft-builder-nosuch' on PATH"
fake docker 'exit 1'
run env PATH="$DRAFT_BIN:$scratch/bin" DRAFT_BUILDER=docker draft-doctor web
is 'docker without its daemon' "$(state builder) $(hint builder)" "failure 'docker' cannot be used start its daemon, and be a member of the group docker"
fake buildah 'echo buildah version 1.28.2'

rm bin/helm
doctor web
is 'no helm, which renders charts for podman' "$status $(state helm)" "1 failure cannot find 'helm' on PATH"
mv web/charts web/none
doctor web
is 'no chart' "$status $(state chart)" "1 failure no chart in '$scratch/web'"
mv web/none web/charts
run env PATH="$DRAFT_BIN:$scratch/bin" DRAFT_ENGINE=podman draft-doctor web
is 'podman is set' "$(state context)" 'ok podman is set: podman runs releases on this machine'

# A registry that is not there.
run env PATH="$DRAFT_BIN:$scratch/bin" DRAFT_REGISTRY=127.0.0.1:1 draft-doctor web
like 'a registry that does not answer' "$status $(state registry)" "1 failure cannot ask '127.0.0.1:1' for 'web': *"

# Kubernetes, as helm and kubectl tell of it.
cat >kubeconfig <<'EOF'
current-context: here
contexts: [{name: here, context: {cluster: l}}, {name: far, context: {cluster: c}}]
clusters: [{name: c, cluster: {server: 'https://192.0.2.1:6443'}}, {name: l, cluster: {server: 'https://127.0.0.1:1'}}]
EOF
export KUBECONFIG="$scratch/kubeconfig"
doctor web
is 'no helm, no kubectl' "$status $(state helm) $(state kubectl)" "1 failure cannot find 'helm' on PATH failure cannot find 'kubectl' on PATH"
fake helm 'echo v3.17.0+g301108e'
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
  *--show-labels*) row web 4 pending-upgrade; row web 3 failed; row web 2 deployed; row new 1 pending-install; row right 3 deployed; row right 2 pending-upgrade ;;
esac'
doctor web
is 'their versions, and the cluster' "$(state helm), $(state kubectl), $(state cluster)" 'ok v3.17.0, ok v1.32.4, ok answers: Kubernetes v1.31.0'
like 'which context' "$(state context)" "ok 'here', whose server is 'https://127.0.0.1:1', on this machine"
is 'releases that are stuck' "$status $(state releases)" \
  "1 failure 'new' in namespace 'team' is pending-install at revision 1; failure 'web' in namespace 'team' is pending-upgrade at revision 4"
like '… and what to do' "$(hint releases)" "*'helm uninstall new --namespace team --kube-context here'*'helm rollback web 2 --namespace team --kube-context here'"
is 'a Secret that is nearly full' "$(state secrets)" "warning release 'large' is stored in 952 KiB, of 1024 there may be"
fake helm 'echo Client: v2.17.0+ga690bad'
doctor web
is 'helm 2' "$(state helm)" 'failure v2.17.0, whose life ended in 2020'
fake helm 'case $* in *--client*) exit 1 ;; esac; echo v4.0.0+g99cd196'
doctor web
is 'helm 4, which has no --client' "$(state helm)" 'ok v4.0.0'
doctor --kube-context far web
like 'a context by its name' "$(state context)" "ok 'far', whose server is 'https://192.0.2.1:6443'"
sed -i 's/^current-context.*/current-context: far/' kubeconfig
doctor web
like 'a context that nobody named' "$status $(state context)" "1 failure kube context 'far' is not plainly local*"
fake kubectl 'echo "Unable to connect to the server: dial tcp 192.0.2.1:6443: i/o timeout" >&2; exit 1'
doctor --kube-context far web
like 'a cluster that is away' "$(state cluster)" "failure cannot reach the cluster at 'https://192.0.2.1:6443'*"

# Advice is taken.
doctor --home "$scratch/none" web
sh -c "$(hint home | sed "s/^'//; s/' makes.*/ --home none/")" >/dev/null 2>&1
doctor --home "$scratch/none" web
like "'draft init' makes a home" "$(state home)" "ok '$scratch/none'*"
run env PATH="$DRAFT_BIN:$scratch/bin" DRAFT_BUILDER= draft-doctor web
draft-config set builder nosuch
doctor web
draft-config set "$(hint builder | sed "s/.*set '//; s/'.*//")" "$(hint builder | sed "s/.*to //; s/,.*//")"
doctor web
is 'a builder that is set' "$(state builder)" 'ok buildah 1.28.2'
draft-config unset builder
if [ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null; then
  # Ids that nobody else has: those above anybody's.
  mkdir -p prefix
  cp -r /etc prefix
  echo other:100000:65536 >prefix/etc/subuid
  echo other:165536:65536 >prefix/etc/subgid
  chmod 755 "$scratch"; mkdir -m 777 nobodys
  fake newuidmap :; fake newgidmap :
  as_nobody() { run unshare -m sh -c "mount --bind prefix/etc /etc; exec setpriv --reuid=nobody --clear-groups env PATH='$DRAFT_BIN:$scratch/bin' draft-doctor --home '$scratch/nobodys' web"; }
  as_nobody
  like 'no ids for rootless containers' "$(hint subuid)" 'as root: usermod --add-subuids 231072-296607 --add-subgids 231072-296607 nobody'
  ok "… the advice works" sh -c "usermod --prefix '$scratch/prefix' $(hint subuid | sed 's/.*usermod //')"
  as_nobody
  like '… and is all it took' "$(state subuid)" "ok user 'nobody' has ids*"
  is '… nobody shares them' "$(cat prefix/etc/subuid)" 'other:100000:65536
nobody:231072:65536'
  # A home on a full disk.
  mkdir small
  full() { run unshare -m sh -c "mount -t tmpfs -o size=130m none small; mkdir small/cache; head -c 90000000 /dev/zero >small/cache/x; $1 exec env PATH='$DRAFT_BIN:$scratch/bin' draft-doctor --home '$scratch/small' web"; }
  full ''
  like 'a disk that is full' "$status $(state home)" "1 failure '$scratch/small' has [0-9]* MiB left"
  full "rm -rf $(hint home | sed "s/.*make room: '//; s/'.*//");"
  like '… has room when the cache is deleted' "$(state home)" "warning '$scratch/small' has 1[0-9][0-9] MiB left"
else
  skip 'advice for other users and disks' 'this is not root'
fi

exits 66 'a directory that is not there' draft-doctor /nonexistent
exits 64 'two directories' draft-doctor web web
exits 64 'an output there is not' draft-doctor -o xml web
status=0; draft-doctor web >/dev/full 2>"$err" || status=$?
is 'a full disk' "$status" 74
finish
