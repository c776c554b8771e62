#!/bin/sh
# draft-delete with podman. With helm, on a real Kubernetes: Tests/cluster.
# shellcheck disable=SC2034 # reading.sh's
real_home=$HOME
. "$(dirname "$0")/lib.sh"
export DRAFT_TRUST="$scratch"
# shellcheck source=Tests/cli/reading.sh
. "$root/Tests/cli/reading.sh"

stage_promises draft-delete
cat >kubeconfig <<'EOF'
current-context: far
contexts: [{name: far, context: {cluster: c}}]
clusters: [{name: c, cluster: {server: 'https://192.0.2.1:6443'}}]
EOF
run env KUBECONFIG="$scratch/kubeconfig" draft-delete web
is 'a context that is not plainly local is refused' "$(jq -c '[.failure.code, .failure.message]' "$out")" \
  "[78,\"kube context 'far' is not plainly local: its server is 'https://192.0.2.1:6443'\"]"
if ! podman_release; then
  skip 'a release of podman is deleted' 'podman cannot run here'
  finish
  exit
fi
echo '[cleanup' >"$app/.draft-tasks.toml"
run draft-delete "$app"
is 'a broken tasks file is reported before anything is deleted' \
  "$status $(jq .failure.code "$out") $(curl -s -m 5 "$url")" '1 78 one'
printf '[cleanup]\nmark = "touch cleaned"\n' >"$app/.draft-tasks.toml"
run draft-delete "$app"
is 'the release is removed' "$status $(jq -c .deletion "$out") $(podman pod ps -q --filter "label=draft=$app")" \
  '0 {"changed":true,"engine":"podman"} '
is '… and its cleanup tasks are run' "$(ls "$app/cleaned") $(jq -c .tasks "$out")" \
  "$app/cleaned {\"cleanup\":[\"mark\"]}"
like '… with a message' "$(cat "$err")" "*--> Deleted $app*"
ok '… the image stays' podman image exists "localhost/$app:1"
run draft-delete "$app"
is 'a second delete does nothing' "$status $(jq -c .deletion.changed "$out")" '0 false'
like '… with a message' "$(cat "$err")" "*--> Release \"$app\" is gone already*"
printf '[cleanup]\nmark = "false"\n' >"$app/.draft-tasks.toml"
run draft-delete "$app"
like 'a task that fails' "$status $(jq -r .failure.message "$out")" "1 *'mark'*1*"
rm "$app/.draft-tasks.toml"

# Images: only those with the name of the application, in the store and in the draft home.
podman tag "localhost/$app:1" "localhost/other-$app:1" "localhost/$app:2"
mkdir -p "$DRAFT_HOME/logs/$app" "$DRAFT_HOME/logs/other" && echo log >"$DRAFT_HOME/logs/$app/1"
mkdir made && cat >made/Dockerfile <<'EOF'
FROM localhost/draft-test/busybox
COPY page /page
EOF
echo hello >made/page && printf '[environments.development]\nname = "%s"\n' "$app" >made/draft.toml
run draft-build made
made=$(jq -r '.image.repository + ":" + .image.tag' "$out")
like '(an image that was built without a builder)' "$(jq -r .image.store "$out")" "oci:$DRAFT_HOME/*"
run draft-delete --images "$app"
ok 'the record is valid' valid_records "$out"
is 'the images are removed' "$status $(jq -c '.deletion.images | sort' "$out")" \
  "0 $(jq -cn --arg a "$app" --arg made "$made" '["localhost/\($a):1", "localhost/\($a):2", $made] | sort')"
not_ok '… from the store' podman image exists "localhost/$app:1"
ok '… no others' podman image exists "localhost/other-$app:1"
is '… from the draft home, with the logs' \
  "$(ls "$DRAFT_HOME/logs")$(jq '.manifests | length' "$DRAFT_HOME/cache/images/index.json")" other0
run draft-build made
like '… and the next build rebuilds them' "$(jq -r .image.why "$out")" '*no image of this tag yet*'
run draft-delete --images "$app"
podman rmi "localhost/other-$app:1" >/dev/null
finish
