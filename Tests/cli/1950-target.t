#!/bin/sh
# draft-target: the result of the settings and the kubeconfig.
. "$(dirname "$0")/lib.sh"
# shellcheck source=Tests/cli/reading.sh
. "$root/Tests/cli/reading.sh"

stage_promises draft-target
mkdir web bin plain
cat >web/draft.toml <<'EOF'
[environments.development]
registry = "127.0.0.1:5000"
[environments.staging]
namespace = "team"
kube-context = "far"
builder = "docker"
EOF
cat >kubeconfig <<'EOF'
current-context: far
contexts: [{name: far, context: {cluster: c}}, {name: near, context: {cluster: l}}]
clusters: [{name: c, cluster: {server: 'https://10.21.21.21'}}, {name: l, cluster: {server: 'https://127.0.0.1:1'}}]
EOF
run draft-target web
is 'nothing configured: this machine' "$status $(jq -c '.target | del(.engineVersion)' "$out")" \
  '0 {"engine":"podman","allowed":true,"namespace":"default","registry":"127.0.0.1:5000","builder":"buildah"}'
KUBECONFIG=$scratch/kubeconfig
export KUBECONFIG
run draft-target -e staging web
is 'a context named only in draft.toml would be refused' \
  "$(jq -c '.target | [.context, .contextSource, .allowed]' "$out")" '["far","draft.toml:5",false]'
run draft-target -o table -e staging web
like '… on a terminal' "$(sed -n 3p "$out")" \
  'context      far (draft.toml:5), not plainly local: *draft-trust(1)*--kube-context*'
for mark in 'KUBE_CONTEXT=far' "TRUST=$scratch"; do
  run env "DRAFT_$mark" draft-target -e staging web
  is "… not with DRAFT_${mark%%=*}" "$(jq -c '.target.allowed' "$out")" true
done
export DRAFT_TRUST="$scratch/web"
run draft-target -e staging web
is 'a context in a trusted draft.toml' \
  "$status $(jq -c '.target | [.engine, .context, .contextSource, .server, .allowed, .namespace, .builder]' "$out")" \
  '0 ["helm","far","draft.toml:5","https://10.21.21.21",true,"team","docker"]'
like '… and the version of helm' "$(jq -r .target.engineVersion "$out")" 'v[34].*'
run draft-target web
is 'the current context would be refused' "$(jq -c '.target | [.context, .contextSource, .allowed]' "$out")" \
  '["far","current",false]'
run draft-target --kube-context near --namespace n web
is 'options take precedence' "$(jq -c '.target | [.context, .contextSource, .server, .allowed, .namespace]' "$out")" \
  '["near","--kube-context","https://127.0.0.1:1",true,"n"]'
run draft-target --engine podman web
is '… also for the engine' "$(jq -c '.target | [.engine, .context]' "$out")" '["podman",null]'
run draft-target -o table -e staging web
like 'on a terminal' "$(cat "$out")" 'application  web, environment staging
engine       helm v*
context      far (draft.toml:5)
cluster      https://10.21.21.21
namespace    team
registry     none: images are not pushed
builder      docker'
run draft-target -o table web
like '… and the refusal' "$(sed -n 3p "$out")" 'context      far (current), not plainly local: *--kube-context*'
run env PATH="$DRAFT_BIN:$scratch/bin" draft-target web
is 'without helm' "$(jq -c '.target.engineVersion' "$out")" null

# If no namespace is set, it is that of the kube context, for every command, as for kubectl and helm.
cat >named <<'EOF'
current-context: near
contexts: [{name: near, context: {cluster: l, namespace: team-anna}},
  {name: other, context: {cluster: l, namespace: team-otto}}]
EOF
mkdir asked
for program in kubectl helm; do
  # shellcheck disable=SC2016 # the program's
  printf '#!/bin/sh\necho "$*" >>"%s/asked/all"\ncase $* in *version*) echo "{\\"gitVersion\\":\\"v1.30.0\\"}" ;; *) exit 1 ;; esac\n' "$scratch" >asked/$program
  chmod +x asked/$program
done
asks() { # NAMESPACE COMMAND...
  : >asked/all
  _wanted=$1; shift
  run env PATH="$scratch/asked:$PATH" KUBECONFIG="$scratch/named::$scratch/kubeconfig" timeout 20 "$@" </dev/null
  is "$* queries $_wanted" \
    "$(grep -oE 'team-[a-z]+|namespaces/[a-z-]+|default' asked/all | sed 's|.*/||' | sort -u)" "$_wanted" ||
    note "$(cat asked/all "$err")"
}
for command in list 'status web' 'history web' 'logs --pods' 'delete web' 'redeploy web' 'connect web'; do
  # shellcheck disable=SC2086 # words
  asks team-anna draft-$command
done
asks team-otto draft-status --kube-context other web
asks team-anna draft-doctor plain
run env KUBECONFIG="$scratch/named:$scratch/kubeconfig" draft-target web -o record
is 'the namespace comes from the context' "$(jq -r .target.namespace "$out")" team-anna
run env KUBECONFIG="$scratch/named:$scratch/kubeconfig" draft-target -e staging --kube-context other web
is '… unless draft.toml has one' "$(jq -r .target.namespace "$out")" team
is '… or the record has one' \
  "$(printf '{"draft":1,"app":{"name":"web","dir":"%s","namespace":"line"}}\n' "$scratch/web" |
  KUBECONFIG="$scratch/named:$scratch/kubeconfig" draft-target -q | jq -r .target.namespace)" line
run env KUBECONFIG="$scratch/named:$scratch/kubeconfig" draft-target --engine podman web
is '… or podman runs it' "$(jq -r .target.namespace "$out")" default
mkdir staged && printf '[environments.staging]\nkube-context = "other"\n' >staged/draft.toml
status=0
KUBECONFIG="$scratch/named:$scratch/kubeconfig" sh \
  -c 'draft-target -q -e staging -o record staged | draft-target -q' >"$out" 2>"$err" || status=$?
is '… also for a record of an environment that was removed' \
  "$status $(jq -c '.target | [.namespace, .context, .contextSource]' "$out")" \
  '0 ["team-otto","other","record"]'
mkdir young && echo 'print(1)' >young/app.py && : >young/requirements.txt
scaffolds() {
  rm -f young/draft.toml
  KUBECONFIG="$scratch/named:$scratch/kubeconfig" sh -c "$1 -q young | draft-scaffold -q" >"$out" 2>"$err"
  grep -o 'namespace = .*' young/draft.toml
}
is '… which is not added to the record' "$(scaffolds draft-detect)" ''
is '… but an explicit one is' \
  "$(scaffolds 'draft-target -o record --namespace default') $(DRAFT_NAMESPACE=team-anna scaffolds draft-detect)" \
  'namespace = "default" namespace = "team-anna"'

run env DRAFT_REMOTE=ssh://build draft-target web
is 'the server of draft remote' "$(jq -c '.target | [.remote, .remoteImage, .remoteTrouble]' "$out")" \
  '["ssh://build",null,null]'
run env DRAFT_REMOTE=kube draft-target web
like '… in a cluster that was not named' "$(jq -r .target.remoteTrouble "$out")" "*far*not*local*" ||
  note "$(cat "$out")"
run env DRAFT_REMOTE=kube draft-target --kube-context near -o table web
like '… in one that does not answer' "$(tail -n 1 "$out")" "remote       kube: cannot reach the server at 'kube:draft'*"
echo 'a: [' >broken
run env KUBECONFIG="$scratch/broken" draft-target web
like 'a kubeconfig that is broken' "$(jq -r '.failure | "\(.code) \(.message)"' "$out")" \
  "78 cannot read '$scratch/broken': line 2, column 1: did not *"

# The engine: podman is chosen, although the kubeconfig of this user names a cluster or is invalid.
mkdir engine
printf '%s\n' '[environments.development]' 'engine = "helm"' '[environments.near]' 'engine = "podman"' \
  'kube-context = "near"' '[environments.far]' 'kube-context = "far"' '[environments.plain]' >engine/draft.toml
engine() { draft-target "$@" 2>&1 | jq -r '.target.engine + " " + (.target.context // "-") // .failure.message'; }
is 'engine: draft.toml' "$(engine -e near engine)" 'podman -'
draft-config set engine podman
is 'engine: config.toml' "$(engine plain)" 'podman -'
is '… after draft.toml' "$(engine engine)" 'helm far'
is '… and after a context in draft.toml' "$(engine -e far engine)" 'helm far'
is '… through a record' "$(draft-detect --pack go -e far engine | engine)" 'helm far'
is '… and after a context option' "$(engine --kube-context near plain)" 'helm near'
is '… and after a context variable' "$(DRAFT_KUBE_CONTEXT=near engine plain)" 'helm near'
is 'DRAFT_ENGINE: before draft.toml' "$(DRAFT_ENGINE=podman engine engine)" 'podman -'
is '… and before a context in draft.toml' "$(DRAFT_ENGINE=podman engine -e far engine)" 'podman -'
is '… through a record' "$(export DRAFT_ENGINE=podman; draft-detect --pack go -e far engine | engine)" 'podman -'
is '… with a context variable' "$(DRAFT_ENGINE=podman DRAFT_KUBE_CONTEXT=near engine plain)" 'podman -'
is '… but after a context option' "$(DRAFT_ENGINE=podman engine --kube-context near plain)" 'helm near'
is '--engine: before all others' "$(DRAFT_ENGINE=podman engine --engine helm --kube-context near engine)" 'helm near'
is '… the other way round' "$(DRAFT_ENGINE=helm engine --engine podman engine)" 'podman -'
is 'draft --kube-context selects helm' \
  "$(DRAFT_ENGINE=podman draft --kube-context near target plain 2>&1 | jq -r .target.context)" near
for command in list 'status web' \
  'history web' 'delete web' 'redeploy web' 'logs --pods web' 'connect web' 'target plain' 'tasks --cleanup tasks'; do
  mkdir -p tasks
  printf '[cleanup]\nsay = "true"\n' >tasks/.draft-tasks.toml
  # shellcheck disable=SC2086 # words
  run env KUBECONFIG="$scratch/broken" PATH="$DRAFT_BIN:$scratch/bin" draft-$command
  not_ok "draft-$command reads no kubeconfig for podman" grep broken "$err" "$out"
done
exits 64 'an unknown engine' draft-config set engine docker
is '… is reported' "$(cat "$err")" "draft-config: cannot use 'engine' (argument): 'docker' is not an engine
  use helm or podman"
exits 78 '… nor as a variable' env DRAFT_ENGINE=docker draft-detect plain
draft-config unset engine

# The advice of the refusal works.
run draft-delete web
hint=$(jq -r .failure.hint "$out")
is 'the hint for a context that is not plainly local' "$hint" \
  "--engine podman runs it on this machine, 'draft config set engine podman' does so always; --kube-context far chooses this cluster"
option=$(printf %s "$hint" | sed 's/.*; //; s/ chooses.*//')
is '… the first option' "$(eval "engine ${hint%% runs*} plain")" 'podman -'
is '… the second' "$(eval "engine $option plain")" 'helm far'
eval "$(printf %s "$hint" | sed "s/[^']*'//; s/'.*//")"
is '… the command' "$(engine plain)" 'podman -'
for command in delete redeploy tasks release up connect logs status; do
  ok "draft-$command has both options" sh -c \
    "draft-$command --help | grep -c -e '^ *--engine ' -e '^ *--kube-context ' | grep -qx 2"
done
draft-config unset engine
echo 'FROM scratch' >plain/Dockerfile
run draft-remote --no-release --to kube plain
is '… where podman cannot be used' "$(jq -r .failure.hint "$out")" '--kube-context far chooses this cluster'

# What a release needs, before anything is built.
export KUBECONFIG=/dev/null
mkdir -p need/charts/need tools
echo 'FROM scratch' >need/Dockerfile
printf 'apiVersion: v2\nname: need\nversion: 0.1.0\n' >need/charts/need/Chart.yaml
for tool in sh mktemp mkfifo rm readlink sed awk sleep cat mkdir kill true; do
  path=$(command -v "$tool")
  case $path in /*) ln -s "$path" "tools/$tool" ;; esac
done
# Programs that are only looked up; they know no releases.
# shellcheck disable=SC2016 # a script
there() {
  for tool; do
    printf '#!/bin/sh\n[ ${0##*/} != helm ] || { echo "Error: release: not found" >&2; exit 1; }\n' >"tools/$tool"
    chmod +x "tools/$tool"
  done
}
gone() { for tool; do rm "tools/$tool"; done; }
check() {
  run env PATH="$DRAFT_BIN:$scratch/tools" draft-target --check "$@" need
  got="$status $(jq -r 'if .failure then "\(.failure.code) \(.failure.message)" else "ok" end' "$out")"
}
there buildah helm podman
check
is 'check: nothing is missing' "$got $(jq -c keys "$out")" '0 ok ["app","draft"]'
is 'check: … prints nothing' "$(cat "$err")" ''
if command -v strace >/dev/null; then
  PATH="$DRAFT_BIN:$scratch/tools" "$(command -v strace)" \
    -f -o trace -e trace=execve,connect draft-target --check need >/dev/null 2>&1
  is 'check: only podman is asked for the owner of the release' \
    "$(grep -c -e 'execve(' -e 'connect(' trace)" 2
else
  skip 'check: only podman is asked for the owner of the release' 'there is no strace'
fi
for tool in buildah podman; do
  gone $tool
  check
  is "check: without $tool" "$got" "1 69 cannot find '$tool' on PATH"
  there "$tool"
done
gone helm
check
is 'check: podman needs no helm' "$got" '0 ok'
there helm
DRAFT_BUILDER=nosuch check
is 'check: an unknown builder' "$got" "1 69 cannot find 'draft-builder-nosuch' on PATH"
mv need/charts need/none
check
is 'check: without a chart' "$got" "1 66 no chart in '$scratch/need'"
mv need/none need/charts

# `up` ends at this point.
gone podman
: >events
run env PATH="$DRAFT_BIN:$scratch/tools" DRAFT_EVENTS="$scratch/events" draft-up -q --home "$scratch/fresh" need
is 'up: reports what is missing' "$status $(jq -r '.failure | "\(.by) \(.code)"' "$out")" '1 draft-target 69'
is 'up: … once' "$(cat "$err")" "draft-target: cannot find 'podman' on PATH
  $(jq -r .failure.hint "$out")"
is 'up: … and starts nothing' "$(jq -r .stage events | sort -u | tr '\n' ' ')" 'draft-target draft-tasks '
is 'up: … and packs nothing' "$(ls fresh)" locks
there podman

# Clusters and registries.
KUBECONFIG=$scratch/kubeconfig
check
is 'check: a context that was not named' "$got" \
  "1 78 kube context 'far' is not plainly local: its server is 'https://10.21.21.21'"
check --kube-context far
is 'check: a cluster that cannot see the images' "$got" \
  "1 78 the cluster of kube context 'far' cannot see the images of this machine, and no registry is set"
check --kube-context far --skip-image-push
is 'check: … that can' "$got" '0 ok'
check --kube-context near
is 'check: a cluster that may share the store' "$got" '0 ok'
gone podman
check --kube-context near
is 'check: … needs no podman' "$got" '0 ok'
there podman
DRAFT_REGISTRY=127.0.0.1:1 check --kube-context far
like 'check: a registry that does not answer' "$got" "1 69 cannot ask '127.0.0.1:1'*"
mkdir -p "$DRAFT_HOME/cache/pushed/127.0.0.1:1"
echo "sha256:$(printf '%064d' 1)" >"$DRAFT_HOME/cache/pushed/127.0.0.1:1/need"
DRAFT_REGISTRY=127.0.0.1:1 check --kube-context far
is 'check: … is not asked after a push to it' "$got" '0 ok'
trap 'kill $daemons 2>/dev/null; cd /; rm -rf "$scratch"' EXIT
daemons=
open=127.0.0.1:$(free_port)
registry open "$open"
daemons="$daemons $daemon"
DRAFT_REGISTRY=$open check --kube-context far
is 'check: a registry without login' "$got" '0 ok'
htpasswd -Bbc htpasswd me secret 2>/dev/null
closed=127.0.0.1:$(free_port)
registry closed "$closed" "auth: {htpasswd: {realm: draft, path: $scratch/htpasswd}}"
daemons="$daemons $daemon"
DRAFT_REGISTRY=$closed check --kube-context far
like 'check: a registry that requires a login' "$got" "1 77 cannot *$closed*"
like 'check: … with a hint' "$(jq -r .failure.hint "$out")" "*login $closed*"
mkdir -p "$HOME/.docker"
jq -nc --arg h "$closed" --arg a "$(printf me:secret | base64 -w 0)" \
  '{auths: {($h): {auth: $a}}}' >"$HOME/.docker/config.json"
kill "$daemon"
DRAFT_REGISTRY=$closed check --kube-context far
is 'check: … is not asked if there is a login' "$got" '0 ok'

# Ports.
port=${open#*:}
DRAFT_OVERRIDE_PORTS=$port:80 check --kube-context near
is 'check: a port that is not connected' "$got" '0 ok'
DRAFT_OVERRIDE_PORTS=$port:80 check --kube-context near --auto-connect
is 'check: a port that is in use' "$got" "1 69 port $port of 127.0.0.1 is taken"
DRAFT_OVERRIDE_PORTS=$(free_port):80 check --kube-context near --auto-connect
is 'check: a port that is free' "$got" '0 ok'
finish
