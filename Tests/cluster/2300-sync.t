#!/bin/sh
# draft-sync on a node: files are copied into running containers if the result is that of a build; the contents are
# read from the containers and from the application.
# shellcheck source=Tests/cluster/lib.sh disable=SC2016
. "$(dirname "$0")/lib.sh"
needs node
namespace sync
name=web-$$ app=$scratch/web-$$
example "$app"
sed -i 's/^\( *\)chart = .*/&\n\1set = ["securityContext.readOnlyRootFilesystem=false", "replicaCount=2"]/' \
  "$app/draft.toml"
mkdir "$app/data"
echo one >"$app/data/one"
echo two >"$app/data/two"
cp "$app/Dockerfile" "$app/draft.toml" .

# The way of a change: what draft-sync has handled, the others pass on.
go() { # OPTION...
  status=0
  draft pack "$app" | draft sync "$@" 2>"$err" |
    draft build 2>/dev/null | draft push 2>/dev/null | draft release >line 2>release.err || status=$?
}
told() { jq -c '[.sync.how, (.release.changed // null)]' line; }
why() { jq -r .sync.why line; }
revision() { helm history "$name" -o json | jq 'last.revision'; }
pods() {
  kubectl get pods -l draft="$name" -o json |
    jq -r '[.items[] | select(.metadata.deletionTimestamp == null) | .metadata.name] | sort | .[]'
}
each() { for pod in $(pods); do kubectl exec "$pod" -- "$@" 2>/dev/null; done; }
says() { sed -i "s/Hello, [A-Za-z0-9]*!/Hello, $1!/" "$app/app.py"; }
answers() { # WORD: from each pod
  for pod in $(pods); do
    [ "$(kubectl exec "$pod" \
        -- python3 -c 'import urllib.request as r; print(r.urlopen("http://127.0.0.1:8080").read().decode().strip())' \
        2>/dev/null)" = "Hello, $1!" ] || return 1
  done
}
running() {
  [ "$(kubectl get pods -l draft="$name" -o json | jq '[.items[] | select(.metadata.deletionTimestamp == null) |
    .status.containerStatuses[0] | select(.ready)] | length')" = 2 ]
}

go
is 'nothing runs: built and released' "$status $(told) $(why)" "0 [\"build\",true] there is no release '$name' yet" ||
  note "$(cat "$err" release.err)"
ok '… two pods answer' answers World
go
is 'unchanged: the state of the containers is unknown, so everything is copied once' \
  "$status $(told) $(jq -c .sync.removed line)" '0 ["sync",null] 0' || note "$(why)"
go
is '… then nothing is done, also by later stages' \
  "$status $(told) $(jq -c '[.image, .push, .release]' line)" '0 ["unchanged",null] [null,null,null]' || note "$(why)"

there=$(pods) at=$(revision)
says Sync
go --restart
is 'a change: copied' "$status $(told) $(jq -c '[.sync.files, .sync.removed, .image, .release]' line)" \
  '0 ["sync",null] [1,0,null,null]' || note "$(why)"
is '… into both pods' "$(jq -r '.sync.pods[]' line | sort)" "$there"
ok '… which restart on the signal, and answer with it' await answers Sync
is '… the pods and the revision stay' "$(pods) $(revision)" "$there $at"
is '… the tree is that of the context' "$(jq -r '.sync.tree == .context.tree' line)" true
ok '… and the record is valid' valid_records line
says Quiet
go
is 'without --restart: copied' "$(told) $(each grep -c Quiet app.py | tr '\n' ' ')" '["sync",null] 1 1 '
ok '… and the program keeps running' answers Sync

mkdir -p "$app/new/deep"
echo deep >"$app/new/deep/file"
echo changed >"$app/data/one"
rm "$app/data/two"
ln -s deep/file "$app/new/link"
printf 'x\n' >"$app/-rf *
 \$(id)"
chmod 750 "$app/new"
go
is 'new files, a removed file, a link, and a special name' "$(told) $(jq -c '[.sync.files, .sync.removed]' line)" \
  '["sync",null] [4,1]' || note "$(why)"
holds='deep changed deep x one 750 10001:10001 new 755 10001:10001 new/deep 644 10001:10001 new/deep/file '
is '… are the same in each pod' "$(each sh \
    -c 'cat new/deep/file data/one new/link -- -rf*; ls data; stat -c "%a %u:%g %n" new new/deep new/deep/file' |
    tr '\n' ' ')" "$holds$holds" || note "$(each ls -laR .)"
rm -r "$app/new" "$app"/-rf*
go
is 'a removed directory' "$(told) $(each sh -c 'ls -d new -- -rf* || :' | wc -l)" '["sync",null] 0'
rm -r "$app/data"
echo file >"$app/data"
go
is 'a directory that becomes a file' "$(told) $(each cat data | tr '\n' ' ')" '["sync",null] file file '
rm "$app/data"
mkdir "$app/data"
echo one >"$app/data/one"
go
is '… and back' "$(told) $(each cat data/one | tr '\n' ' ')" '["sync",null] one one '

# Copied files are not in the image: a new container lacks them.
kubectl delete pod "$(pods | head -n 1)" >/dev/null
await running
is 'a replaced pod has the files of its image' "$(each grep -c Quiet app.py | sort | tr '\n' ' ')" '0 1 '
echo more >"$app/data/more"
go
is '… and gets all changes with the next one' \
  "$(told) $(each grep -c Quiet app.py | tr '\n' ' ') $(each cat data/more data/one | tr '\n' ' ')" \
  '["sync",null] 1 1  more one more one '
kubectl exec "$(pods | head -n 1)" -- sh -c 'kill 1' >/dev/null 2>&1
again() {
  [ "$(kubectl get pods -l draft="$name" -o json |
      jq '[.items[].status.containerStatuses[].restartCount] | add')" = 1 ] && running
}
ok 'a restarted container' await again
echo most >"$app/data/more"
go
is '… gets all changes too' \
  "$(told) $(each grep -c Quiet app.py | tr '\n' ' ') $(each cat data/more data/one | tr '\n' ' ')" \
  '["sync",null] 1 1  most one most one ' || note "$(why)"

# The cache may be lost, and another machine may have copied files as well.
cp "$app/app.py" quiet.py
rm -r "$DRAFT_HOME/cache/sync"
sed -i 's/Hello, Quiet!/Hello, World!/' "$app/app.py"
go
is 'without the memory of copies everything is copied' \
  "$(told) $(each grep -c 'Hello, World' app.py | tr '\n' ' ')" '["sync",null] 1 1 ' || note "$(why)"
cp quiet.py "$app/app.py"
go
is '… and then only changes' "$(told) $(jq .sync.files line)" '["sync",null] 1'

# A pod that has finished does not count.
extra() { # NAME SPEC
  kubectl get pods -l draft="$name" -o json |
    jq -c --arg name "$1" --argjson spec "$2" '.items[0] | {apiVersion: "v1", kind: "Pod",
    metadata: {name: $name, labels: (.metadata.labels | del(.["pod-template-hash"]))},
    spec: ({restartPolicy: "Never", containers: [{name: "web", image: .spec.containers[0].image,
      command: ["true"]}]} + $spec)}' | kubectl apply -f - >/dev/null
}
extra over '{}'
over() { [ "$(kubectl get pod over -o 'jsonpath={.status.phase}')" = Succeeded ]; }
ok 'a pod with the same labels completes' await over
echo over >"$app/data/more"
go
is '… and does not count' "$(told)" '["sync",null]' || note "$(why)"
kubectl delete pod over --now >/dev/null

# Killed during a copy: a container has either version of a file, and the next run corrects it.
mkdir shim
cat >shim/kubectl <<END
#!/bin/sh
case " \$* " in *' exec '*) kill -9 "\$PPID"; exit 1 ;; esac
exec $(command -v kubectl) "\$@"
END
chmod +x shim/kubectl
echo killed >"$app/data/more"
draft pack "$app" >packed
PATH=$scratch/shim:$PATH draft sync <packed >"$out" 2>/dev/null
is 'killed: no record' "$(wc -c <"$out")" 0
echo most >"$app/data/more"
rm "$app/data/one"
go
is '… the next sync copies all possible changes' \
  "$(told) $(each cat data/more | tr '\n' ' ') $(each ls data | tr '\n' ' ')" '["sync",null] most most  more more '

# Other changes are built. Then the pods are new, and their image contains what was copied.
at=$(revision)
echo '# nothing' >>"$app/requirements.txt"
go
like 'a file that the builder needs: built' "$(told) $(why)" \
  '?"build",true? the head of the Dockerfile, up to line * is not built yet'
is '… in a new revision, whose image has the copied files' "$(revision) $(each cat data/more | tr '\n' ' ')" \
  "$((at + 1)) most most "
ok '… and the source' await answers Quiet
says Next
go --restart
is '… after which files are copied again' "$(told)" '["sync",null]' || note "$(why)"
go --signal USR1
is 'unchanged: no signal' "$(told)" '["unchanged",null]'
at=$(revision)
says Deaf
go --signal USR1
like 'a signal that the program does not handle: built' "$(told) $(why)" \
  "?\"build\",true? the first process of container '$name' of pod '$name-*' does not handle SIGUSR1"
is '… a new revision' "$(revision)" $((at + 1))
ok '… which answers' await answers Deaf
# Changes that the container has made to its directories are respected, and what is behind links is not touched.
each sh -c 'mkdir /tmp/else; cp data/* /tmp/else; mv data before; ln -s /tmp/else data' >/dev/null
echo through >"$app/data/more"
go
like 'a link where the image has a directory: built' "$(told) $(why)" \
  "?\"build\",true? '/app/data' is no longer the directory of the image in container '$name' of pod '$name-*'"
is '… from the source' "$(each cat data/more | tr '\n' ' ')" 'through through '
extra waits '{"nodeSelector": {"no": "such"}}'
echo waits >"$app/data/more"
go
is 'a pod that does not run yet: built' "$(told) $(why)" "[\"build\",true] pod 'waits' is not running"
kubectl delete pod waits --now >/dev/null

# The state of the release is read from the release itself.
cp -r "$app/charts" charts
echo '{{ fail "no such thing" }}' >"$app/charts/$name/templates/broken.yaml"
go
is 'a chart that does not render: reported by draft-release' \
  "$(jq -r '[.sync.how, .failure.by] | join(" ")' line)" 'build draft-release'
echo again >"$app/data/more"
go
is '… and not taken as released' "$(jq -r '[.sync.how, .failure.by] | join(" ")' line) $(why)" \
  'build draft-release the chart or its values have changed, or someone else has released it'
rm -r "$app/charts"
cp -r charts "$app/charts"
go
is '… reverted: copied' "$(told)" '["sync",null]' || note "$(why)"
helm rollback "$name" --wait >/dev/null
await running
echo back >"$app/data/more"
go
is 'rolled back by hand: released' "$(told) $(why)" \
  '["build",true] the chart or its values have changed, or someone else has released it'
awk '{ sub(/if .*readOnlyRootFilesystem/, "if true"); print } /mountPath: .tmp$/ { print "            - name: tmp"; print "              mountPath: /app/volume/" }' "charts/$name/templates/deployment.yaml" >"$app/charts/$name/templates/deployment.yaml"
go
mkdir -p "$app/volume"
echo in >"$app/volume/file"
go
is 'under a volume: built' "$(told) $(why)" "[\"build\",true] '/app/volume' is under the volume at '/app/volume'"
rm -r "$app/volume" "$app/charts"
cp -r charts "$app/charts"
go

sed -i 's/^EXPOSE.*/&\nENV MORE=1/' "$app/Dockerfile"
go
is 'another Dockerfile: built' "$(told) $(why)" \
  '["build",true] more than files have changed: the base image, or the settings of the image in the Dockerfile'
is '… with the new variable' "$(each sh -c 'echo $MORE' | tr '\n' ' ')" '1 1 '
sed -i 's/replicaCount=2/replicaCount=1/' "$app/draft.toml"
go
is 'another draft.toml: released' "$(told) $(why)" \
  '["build",true] the chart or its values have changed, or someone else has released it'
sed -i 's/readOnlyRootFilesystem=false/readOnlyRootFilesystem=true/' "$app/draft.toml"
go
at=$(revision)
says Closed
go --restart
like 'a read-only root file system: built' "$(told) $(why)" \
  "?\"build\",true? the root file system of container '$name' of pod '$name-*' is read-only"
like '… with a hint' "$(cat "$err")" "*warning: container '$name' of pod '$name-*' has a read-only root file system*'securityContext.readOnlyRootFilesystem=false'*"
is '… a new revision' "$(revision)" $((at + 1))
ok '… which answers' await answers Closed

# Containers that files cannot be copied into, of another application whose chart has no labels of draft.
web=$app
name=bare-$$ app=$scratch/bare-$$
"$root/Tests/base-image" busybox
mkdir -p "$app/charts/bare/templates" "$app/data"
printf 'name: bare\nversion: 0.1.0\n' >"$app/charts/bare/Chart.yaml"
cat >"$app/charts/bare/templates/deployment.yaml" <<'END'
apiVersion: apps/v1
kind: Deployment
metadata: {name: "{{ .Release.Name }}"}
spec:
  selector: {matchLabels: {app: "{{ .Release.Name }}"}}
  template:
    metadata: {labels: {app: "{{ .Release.Name }}"}}
    spec:
      terminationGracePeriodSeconds: 0
      containers: [{name: main, image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"}]
END
printf '[environments.development]\nname = "%s"\nnamespace = "%s"\n' "$name" "$namespace" >"$app/draft.toml"
later "buildah images -n | awk -v n='/$name\$' '\$1 ~ n { print \$3 }' | sort -u | xargs -r buildah rmi -f"
holds() { kubectl exec "deployment/$name" -- cat /data/file 2>/dev/null; }
base='FROM localhost/draft-test/busybox\n' end='CMD ["sleep", "3600"]\n'
echo 1 >"$app/data/file"
printf '%bCOPY data /data/\n%b' "$base" "$end" >"$app/Dockerfile"
go
echo 2 >"$app/data/file"
go
is 'root in another chart: copied' "$(told) $(holds)" '["sync",null] 2' || note "$(why)"
printf '%bCOPY data /data/\nUSER 10001:10001\n%b' "$base" "$end" >"$app/Dockerfile"
go
echo 3 >"$app/data/file"
go
like 'files of another user: built' "$(told) $(why)" \
  "?\"build\",true? container 'main' of pod '$name-*' runs as 10001:*, and the files belong to 0:0"
is '… from the source' "$(holds)" 3
printf '%s\n' 'FROM localhost/draft-test/busybox AS tools' 'FROM scratch' 'COPY --from=tools /bin/busybox /sleep' \
  'COPY data /data/' 'CMD ["/sleep", "3600"]' >"$app/Dockerfile"
go
echo 4 >"$app/data/file"
go
like 'an image without a shell: built' "$(told) $(why)" \
  "?\"build\",true? container 'main' of pod '$name-*' has no shell to copy with"
printf '%bCOPY data /data/\nRUN true\n%b' "$base" "$end" >"$app/Dockerfile"
go
is 'a Dockerfile that cannot be divided: built' "$(told) $(why)" \
  '["build",true] no file is copied after line 3, which needs the builder: RUN'
name=${web##*/} app=$web

# The same with draft up.
cp draft.toml "$app/draft.toml"
sed -i 's/replicaCount=2/replicaCount=1/; s/watch = false/watch = true/; s/watch-delay = .*/watch-delay = 0.2/' \
  "$app/draft.toml"
draft up --restart "$app" >records 2>words </dev/null &
up=$!
later "kill $up"
ok 'draft up --restart: released' await grep -q '"release"' records || note "$(cat words)"
at=$(revision) there=$(pods)
says Live
ok '… a save: it answers' await answers Live || note "$(tail -n 5 words)"
is '… in the same pod' "$(pods) $(revision)" "$there $at"
ok '… with a message' await grep -q "^--> Copied [0-9]* files* in 1 pod of '$name'" words
echo '# more' >>"$app/requirements.txt"
newer() { [ "$(revision)" -gt "$at" ]; }
ok '… a file that the builder needs: released' await newer
ok '… from the source' await answers Live
kill $up
wait $up 2>/dev/null
finish
