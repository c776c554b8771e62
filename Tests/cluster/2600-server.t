#!/bin/sh
# shellcheck disable=SC2016 # scripts in quotes
# The server in a cluster: `draft init --server`, and its use by developers.
#
# Its image is built from the Dockerfile of the project. Two things are replaced, because they cannot be pulled and
# compiling again would take minutes and GBs: BASE is a Debian 12 from Debian packages (Tests/base-image), and the
# stage `build` contains the commands under test as installed by `make install`, with the helm of Tests/packages. The
# last stage is used unchanged.
# shellcheck source=Tests/cluster/lib.sh
. "$(dirname "$0")/lib.sh"
if ldd "$DRAFT_BIN/draft-serve" | grep -q libswift; then
  echo 'Bail out! these commands run only beside a Swift: make, not make debug'
  exit 1
fi
needs own node
admin=$KUBECONFIG
image=$REGISTRY/draftd
server=server
# The place of the server.
inside() { kubectl --kubeconfig "$admin" exec -n "$server" deployment/draftd -- "$@"; }
# shellcheck disable=SC2317 # what is on standard input goes in
inside_input() { kubectl --kubeconfig "$admin" exec -i -n "$server" deployment/draftd -- "$@"; }

for base in debian python; do
  "$root/Tests/base-image" $base >/dev/null || { echo 'Bail out! no base image'; exit 1; }
done
mkdir -p stage/out/usr/bin empty bin
cp -a "$DRAFT_BIN/." stage/out/usr/bin
cp -a "$DRAFT_BIN/../share" stage/out/usr/share
cp -L "$(command -v helm)" stage/out/usr/bin/helm
name=localhost/draft-test/draftd-$$
later "buildah rmi -f $name"
ok 'the Dockerfile builds' buildah build -q --isolation chroot --build-context \
  "build=$scratch/stage" --build-arg BASE=localhost/draft-test/debian \
  -f "$root/Dockerfile" -t "$name" empty || { tail -n 5 "$err" | sed 's/^/# /'; finish; exit; }
rm -rf stage
# With the fastest compression.
push() { buildah push -q --compression-format zstd --compression-level 1 "$1" "docker://$REGISTRY/$2" >/dev/null; }
push "$name" draftd:1
push localhost/draft-test/python python

# --- installation
for who in ann ben; do
  kubectl create namespace "team-$who" >/dev/null
  kubectl create serviceaccount "$who" -n "team-$who" >/dev/null
  kubectl create rolebinding edit -n "team-$who" --clusterrole=edit --serviceaccount="team-$who:$who" >/dev/null
done
run draft init --server --image "$image:none" --server-namespace "$server"
like 'a missing image is reported at once' "$status $(cat "$err")" \
  "69*draftd-*cannot pull the image*$image:none*" || note "$(cat "$err")"
server_is() { jq -r '.doctor.checks[] | select(.name == "server") | "\(.state) \(.message)"' "$out"; }
advised() { jq -r '.doctor.checks[] | select(.name == "server") | .hint' "$out" | cut -d "'" -f 2; }
run env DRAFT_REMOTE="kube:$server" draft doctor -o record
is 'doctor: a server that is not ready' "$(server_is)" "failure the server in namespace '$server' is not ready"
ok '… there is a command to ask' sh -c "$(advised)"
run draft init --server --upgrade --image "$image:1" \
  --server-namespace "$server" --release-to team-ann --registry "$REGISTRY" --plain-http "$REGISTRY"
is 'the server is installed' "$status" 0 || note "$(cat "$err")"
not_ok '… and buildah can work there' grep -q warning "$err" || note "$(cat "$err")"
is '… its pod is ready' "$(kubectl get deployment draftd -n $server -o 'jsonpath={.status.readyReplicas}')" 1
is '… as a user without privileges' "$(inside sh -c 'id -u; sed -n "s/^CapEff:.//p" /proc/self/status' | tr '\n' ' ')" \
  '1000 0000000000000000 '
like '… with its own user IDs' "$(inside buildah unshare cat /proc/self/uid_map | tr -s ' \n' ' ')" \
  ' 0 1000 1 1 100000 65536*'
may() { kubectl auth can-i --as="system:serviceaccount:$server:draftd" "$@" 2>/dev/null; }
is '… its account may release in its namespaces' \
  "$(may create deployments -n team-ann) $(may create secrets -n team-ann)" 'yes yes'
is '… and nowhere else' \
  "$(may get secrets -n team-ben) $(may create deployments -n default) $(may list pods -n $server) $(may get nodes)" \
  'no no no no'
run draft init --server --image "$image:1" --server-namespace "$server"
like 'a second time is an upgrade' "$status $(cat "$err")" '1*already*--upgrade*'

# Two developers: ann has the rights in team-ann that the server needs; ben has a namespace that the server may not
# release to.
for who in ann ben; do
  login "team-$who" $who 7200 >/dev/null
  mkdir "$who"
  cp -r "$root/packs/python/example" "$who/hello"
  draft create "$who/hello" >/dev/null 2>&1
  sed -i "s/Hello, World!/Hello, $who!/" "$who/hello/app.py"
  printf '\n    [environments.development.image-build-args]\n      BASE = "%s/python"\n' \
    "$REGISTRY" >>"$who/hello/draft.toml"
  sed -i "s/namespace = \"default\"/namespace = \"team-$who\"/" "$who/hello/draft.toml"
  node token "team-$who" $who 7200 >"$who/token"
done
as() { # WHO COMMAND...
  who=$1; shift
  env KUBECONFIG="$scratch/login.$who" \
    DRAFT_HOME="$scratch/$who/home" DRAFT_REMOTE="kube:$server" DRAFT_REGISTRY= DRAFT_PLAIN_HTTP= "$@"
}
start() { # COMMAND...: ann's, in the background, in a process group of its own; $client
  env KUBECONFIG="$scratch/login.ann" \
    DRAFT_HOME="$scratch/ann/home" DRAFT_REMOTE="kube:$server" DRAFT_REGISTRY= DRAFT_PLAIN_HTTP= \
    perl -e 'setpgrp; $SIG{INT} = "DEFAULT"; exec @ARGV' "$@" >"$out" 2>"$err" </dev/null &
  client=$!
}
answer() { fetch "http://$(kubectl get service hello -n "team-$1" -o 'jsonpath={.spec.clusterIP}')/"; }
revisions() { helm history hello -n "team-$1" -o json | jq -c 'map(.revision)'; }
told() { jq -c '[.failure.code, .release.status, .release.changed]' "${1:-$out}"; }
failure() { jq -r '"\(.failure.by) \(.failure.code) \(.failure.message)"' "$out"; }

run as ann draft remote ann/hello
like 'a user who may not connect to the server' "$status $(failure)" \
  "1 draft-remote 77 cannot reach the server at 'kube:$server': *forbidden*"
like '… gets the needed permission as a hint' "$(jq -r .failure.hint "$out")" '*draftd*pods/exec*'
is '… once' "$(grep -c orbidden "$err")" 1
for who in ann ben; do
  kubectl create rolebinding "$who" -n "$server" --role=draftd --serviceaccount="team-$who:$who" >/dev/null
done

# --- from source to an answer
run as ann sh -c 'draft pack ann/hello | draft remote'
is 'built in the pod, pushed, released' "$status $(told) $(jq -r .image.store "$out")" \
  '0 [null,"deployed",true] remote' || note "$(tail "$err")"
is '… and the application answers' "$(answer ann)" 'Hello, ann!'
is '… as a release of helm'\''s' "$(revisions ann)" '[1]'
is '… from the image that was pushed' \
  "$(kubectl get deployment hello -n team-ann -o 'jsonpath={.spec.template.spec.containers[0].image}')" \
  "$(jq -r '"\(.image.repository):\(.image.tag)"' "$out")"
is '… which is in the registry' "$(curl -sf "http://$REGISTRY/v2/hello/tags/list" | jq -r '.tags[]')" \
  "$(jq -r .image.tag "$out")"
like '… its log is shown' "$(cat "$err")" '*--> Building*STEP*--> Pushing*--> Deploying*'
not_ok '… no path of the server is in the record' grep -q /var/lib/draft "$out"
run as ann draft up ann/hello
is 'unchanged: does nothing' "$(told) $(revisions ann)" '[null,"deployed",false] [1]'
not_ok '… and sends nothing' grep -q Sending "$err"

head -c 12000000 /dev/urandom >ann/hello/data
sed -i 's/Hello, ann!/Hello, more!/' ann/hello/app.py
sending() { sed -n 's/^--> Sending \([0-9]*\) bytes.*/\1/p' "$err"; }
run as ann draft up ann/hello
ok 'a large application is sent' test "$(sending)" -gt 12000000
sed -i 's/Hello, more!/Hello, again!/' ann/hello/app.py
run as ann draft up ann/hello
is 'one file changed' "$(told) $(answer ann) $(revisions ann)" '[null,"deployed",true] Hello, again! [1,2,3]' ||
  note "$(tail "$err")"
ok "… and only the change is sent: $(sending)" test "$(sending)" -lt 1000000
rm ann/hello/data

# --- permissions
run as ben draft remote --namespace team-ann ben/hello
like 'the server'\''s rights are lent to nobody' "$status $(failure)" \
  "1 draft-remote 77 cannot release to namespace 'team-ann': you may not create 'secrets' there"
run as ben draft remote ben/hello
like 'the server does not release where it may not' "$status $(failure)" '1 draft-release 77 *' || note "$(tail "$err")"
run as ben draft remote --token-file ben/token --namespace team-ann ben/hello
like 'a token has only its own permissions' "$status $(failure)" '1 draft-release 77 *'
not_ok '… and nothing is released' helm status -n team-ann hello-ben

# --- both at once, with their own permissions; secrets appear nowhere
sed -i 's/Hello, again!/Hello, both!/' ann/hello/app.py
as ann draft up ann/hello >ann/out 2>ann/err &
first=$!
status=0; as ben draft remote --debug --token-file ben/token ben/hello >ben/out 2>ben/err || status=$?
wait $first
is 'two clients at once' "$status $(told ann/out) $(told ben/out)" \
  '0 [null,"deployed",true] [null,"deployed",true]' || note "$(tail ann/err ben/err)"
is '… each with its own application' "$(answer ann) $(answer ben)" 'Hello, both! Hello, ben!'
is '… and its own revisions' "$(revisions ann) $(revisions ben)" '[1,2,3,4] [1]'
secret=$(cut -d. -f3 ben/token)
is 'no token is in a record or a log' "$(cat ben/out ben/err ben/home/logs/*/* 2>/dev/null | grep -c "$secret")" 0
is '… and none is left in the pod' \
  "$(printf %s "$secret" | inside_input sh -c 'read -r s; grep -rlF "$s" /tmp /var/tmp /var/lib/draft | wc -l')" 0

# --- clients that disconnect
nothing_left() { # nothing runs there but what waits, and nobody's work lies about
  left=$(inside sh -c 'ps -eo args= | grep -vxE "catatonit sleep infinity|sleep infinity|ps -eo args=|grep .*|sh -c .*"
    find /var/lib/draft/serve -mindepth 1; find /var/lib/draft/cache -name "*tmp-*"
    find /tmp /var/tmp -mindepth 1 -maxdepth 1 \
      ! -name "containers-user-*" ! -name "podman-run-*" ! -name "buildah-cache*"
    buildah containers -q') && [ -z "$left" ]
}
cp -r ann/hello ann/slow
sed -i 's/name = "hello"/name = "slow"/' ann/slow/draft.toml
printf 'FROM %s/python\nRUN echo "it has begun"; sleep 600\nCOPY . .\n' "$REGISTRY" >ann/slow/Dockerfile
begun() { grep -qx 'it has begun' "$err"; }
away() { # SIGNAL STATUS
  start draft-remote --no-release ann/slow
  # A line of the log is here while the program that said it goes on.
  ok "a log line comes as it occurs ($1)" await begun
  is '… no port is open in the pod' "$(inside sh -c 'grep " 0A " /proc/net/tcp /proc/net/tcp6 | wc -l')" 0
  env kill -s "$1" -- "-$client"
  status=0; wait $client 2>/dev/null || status=$?
  is "SIG$1 during a build ends it" "$status" "$2"
  ok '… and leaves nothing in the pod' await nothing_left || note "$left"
}
away INT 130
# The others in its process group would be killed as well; a client that crashes is alone.
start draft-remote --no-release ann/slow
await begun
kill -KILL $client
wait $client 2>/dev/null
ok 'SIGKILL during a build leaves nothing in the pod' await nothing_left || note "$left"
sed -i 's/sleep 600/true/' ann/slow/Dockerfile
run as ann draft remote --no-release ann/slow
is '… and the next build works' "$status $(told)" '0 [null,null,null]' || note "$(tail "$err")"

# The connection becomes slow after 2 MB, so that it can be killed in between.
kubectl=$(command -v kubectl)
cat >bin/kubectl <<S
#!/bin/sh
case " \$* " in *" exec -i "*) ;; *) exec $kubectl "\$@" ;; esac
perl -e 'while (\$r = sysread STDIN, \$b, 65536) { syswrite STDOUT, \$b; \$n += \$r; select undef, undef, undef, 0.2 if \$n > 2000000 }' | $kubectl "\$@"
S
chmod +x bin/kubectl
head -c 12000000 /dev/urandom >ann/slow/data
start env PATH="$scratch/bin:$PATH" draft-remote --no-release ann/slow
arrived() {
  inside find /var/lib/draft/cache/incoming /var/lib/draft/cache/contexts -newer /var/lib/draft/serve -size +1000k |
    grep -q .
}
# Without ok, because the messages of the client go to $err meanwhile.
await arrived
is 'an upload runs' $? 0
all=$(sending)
kill -KILL $client
wait $client 2>/dev/null
ok 'SIGKILL during an upload leaves no process' await nothing_left || note "$left"
run as ann draft remote --no-release ann/slow
is '… the next one works' "$status $(told)" '0 [null,null,null]' || note "$(tail "$err")"
ok "… and continues where it stopped: $(sending) of $all" test "$(sending)" -lt $((all - 1000000))
rm ann/slow/data

# --- during a release
pending() { [ "$(helm history hello -n team-ann -o json | jq -r 'last.status')" = pending-upgrade ]; }
sed -i 's/Hello, both!/Hello, stop!/' ann/hello/app.py
start draft up ann/hello
await pending
env kill -INT -- "-$client"
status=0; wait $client 2>/dev/null || status=$?
is 'SIGINT during a release ends it' "$status" 130
ok '… and leaves nothing in the pod' await nothing_left || note "$left"
not_ok '… and no pending release' pending

# The server is deleted.
sed -i 's/Hello, stop!/Hello, gone!/' ann/hello/app.py
start draft up ann/hello
await pending
kubectl delete pods -n "$server" --all >/dev/null
wait $client
like 'its pod is deleted: reported' "$(failure)" 'draft-re* 75 *' || note "$(tail "$err")"
note "$(failure)"
kubectl rollout status deployment/draftd -n "$server" --timeout=60s >/dev/null
not_ok '… nothing is left pending' pending
run as ann draft up ann/hello
is '… a new pod, and the next up works' "$status $(told) $(answer ann)" '0 [null,"deployed",true] Hello, gone!' ||
  note "$(tail "$err")"

# The API server, through which the connection goes, is down for 10 s during up.
sed -i 's/Hello, gone!/Hello, back!/' ann/hello/app.py
start draft up ann/hello
await pending
node api down
sleep 10
node api up
wait $client
like 'API server down for 10 s: reported' "$(failure)" 'draft-re* 75 *' || note "$(tail "$err")"
note "$(failure)"
ok '… nothing is left in the pod' await nothing_left || note "$left"
run as ann draft up ann/hello
is '… the next up works' "$status $(jq -r .release.status "$out")" '0 deployed' || note "$(tail "$err")"
answered() { [ "$(answer ann)" = 'Hello, back!' ]; }
ok '… with the current answer' await answered

# --- what is shown of it
run as ann draft target -o table ann/hello
like 'draft target shows it' "$(cat "$out")" "*remote *kube:$server, ready, from $image:1*"
run as ann draft doctor -o record ann/hello
is 'draft doctor checks it' "$(jq -c '.doctor.checks[] | select(.name == "server") | [.state, .message]' "$out")" \
  "[\"ok\",\"in namespace '$server', from '$image:1'\"]"
kubectl delete rolebinding ann -n "$server" >/dev/null
run as ann draft doctor -o record ann/hello
is '… and reports a user who may not use it' \
  "$(jq -r '.doctor.checks[] | select(.name == "server") | .state' "$out")" failure
for way in '' view; do
  [ -z "$way" ] ||
    kubectl create rolebinding look -n "$server" --clusterrole=view --serviceaccount=team-ann:ann >/dev/null
  run as ann draft doctor -o record ann/hello
  like "… ${way:-nothing}: the needed permission" "$(server_is) $(advised)" "failure * draftd"
  kubectl create rolebinding ann -n "$server" --role="$(advised)" --serviceaccount=team-ann:ann >/dev/null
  run as ann draft doctor -o record ann/hello
  like '… a user with the role may use it' "$(server_is)" "ok in namespace '$server'*"
  kubectl delete rolebinding ann -n "$server" >/dev/null
done
run env DRAFT_REMOTE=kube:team-ben draft target ann/hello
is 'draft target without a server' "$(jq -r .target.remoteTrouble "$out")" "there is no server in namespace 'team-ben'"

# --- upgrade and removal
printf 'FROM %s\nUSER 0\nRUN setcap -r /usr/bin/newuidmap\nUSER 1000:1000\n' "$name" >empty/Dockerfile
buildah build -q --isolation chroot -t "$name-bare" empty >/dev/null 2>&1
later "buildah rmi -f $name-bare"
push "$name-bare" draftd:2
run draft init --server --upgrade --image "$image:2" --server-namespace "$server"
is 'an upgrade' "$status $(kubectl get deployment draftd -n $server -o json |
    jq -c '[.spec.template.spec.containers[0].image, .status.readyReplicas]')" "0 [\"$image:2\",1]"
is '… without repeating options' \
  "$(inside sh -c 'echo $DRAFT_REGISTRY $DRAFT_PLAIN_HTTP') $(may create secrets -n team-ann)" "$REGISTRY $REGISTRY yes"
like 'a node without user namespaces is reported' "$status $(cat "$err")" \
  '0*warning: buildah cannot create a user namespace there: *uid_map*' || note "$(cat "$err")"
kubectl create namespace mine >/dev/null
run env DRAFT_REMOTE=kube:mine draft doctor -o record
is 'doctor: no server' "$(server_is)" "failure there is no server in namespace 'mine'"
run sh -c "$(advised | sed "s|IMAGE|$image:1|") --release-to team-ben"
is 'a second server in an existing namespace'\''s' "$status" 0 || note "$(cat "$err")"
run env DRAFT_REMOTE=kube:mine draft doctor -o record
is '… which installs it there' "$(server_is)" "ok in namespace 'mine', from '$image:1'"
for place in $server mine; do
  run draft init --server --uninstall --server-namespace "$place"
  is "$place: removed" "$status" 0 || note "$(cat "$err")"
done
is '… nothing of it is left' "$(kubectl get \
    all,serviceaccounts,roles,rolebindings,configmaps,namespaces -A -l app.kubernetes.io/name=draftd -o name)" ''
not_ok '… nor the namespace that was created' kubectl get namespace "$server"
ok '… but the existing namespace stays' kubectl get namespace mine
is '… and releases stay' "$(answer ann)" 'Hello, back!'
run as ann draft remote ann/hello
like '… a client that still uses it gets an error' "$status $(failure) $(jq -r .failure.hint "$out")" '1 draft-remote *'
finish
