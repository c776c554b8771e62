#!/bin/sh
# draft-release with helm 4, which is not available here: a shim that reports version 4, records its arguments,
# rejects what helm 4 does not support, and calls helm 3.
# shellcheck source=Tests/cluster/lib.sh
. "$(dirname "$0")/lib.sh"
needs api
mkdir app shim
tar -C "$root/Tests/fixtures/charts" -czf web.tgz web
record() { # TAG
  jq -cn --arg dir "$scratch/app" --arg chart "$scratch/web.tgz" --arg tag "$1" \
    --arg digest "sha256:$(sha256sum web.tgz | cut -d' ' -f1)" --argjson size "$(stat -c %s web.tgz)" \
    '{draft: 1, app: {name: "web", dir: $dir}, chart: {path: $chart, mediaType: "application/gzip", digest: $digest,
      size: $size, name: "web", version: "0.1.0"},
      image: {repository: "registry.test/web", tag: $tag, store: "containers-storage"}}'
}
real=$(command -v helm)
export SHIM_LOG="$scratch/argv" SHIM_HELM="$real"
cat >shim/helm <<'S'
#!/bin/bash
# helm 4.0.1, as far as its options. Sources: its pkg/cmd, https://helm.sh/docs/overview
printf '%s\n' "$*" >>"$SHIM_LOG"
if [ "$1" = version ]; then echo v4.0.1+g12500dd; exit; fi
echo 'level=WARN msg="something that helm 4 has on its mind"' >&2
arguments=() server=auto conflicts=
for word in "$@"; do
  case $word in
    --wait=watcher | --wait=legacy) arguments+=(--wait) ;;
    --wait=hookOnly) ;;
    --wait | --wait=* | --atomic | --force) echo "Error: the shim wants no '$word'" >&2; exit 1 ;;
    --server-side=*) server=${word#*=} ;;
    --force-conflicts) conflicts=yes ;;
    *) arguments+=("$word") ;;
  esac
done
if [ "$conflicts" ] && [ "$server" != true ]; then
  echo 'Error: UPGRADE FAILED: invalid client update option(s): forceConflicts enabled when serverSideApply disabled' >&2
  exit 1
fi
exec "$SHIM_HELM" "${arguments[@]}"
S
chmod +x shim/helm
PATH=$scratch/shim:$PATH
told() { jq -c '.release | [.revision, .status, .changed]' "$out"; }
said() { grep "^$1 " argv | tail -n 1; }

record 1 >line
run draft-release --no-wait <line
is 'helm 4: a new release' "$status $(told)" '0 [1,"deployed",true]' || note "$(cat "$err")"
like '… is applied by the server, and takes over fields' "$(said upgrade)" \
  'upgrade *--server-side=true --force-conflicts *'
case $(said upgrade) in
  *--wait*) report 1 'without waiting: no --wait'; note "$(said upgrade)" ;;
  *) report 0 'without waiting: no --wait' ;;
esac
: >argv
run draft-release --no-wait <line
is 'unchanged: does nothing, and does not query the version' "$(told) $(cat argv)" '[1,"deployed",false] '
record 2 >line
run draft-release --timeout 1 <line
like 'waiting: helm gets a strategy' "$(said upgrade)" 'upgrade *--wait=watcher*'
like '… which times out' "$(jq -r '.failure.message' "$out")" "release 'web' was not ready after 1 s*"
case $(said upgrade) in
  *--server-side* | *--force*) report 1 'a release of helm 3 is applied as it was'; note "$(said upgrade)" ;;
  *) report 0 'a release of helm 3 is applied as it was' ;;
esac
record 3 >line
run draft-release --no-wait <line
# As helm 4 would have stored it.
newest() {
  kubectl get secrets -l owner=helm,name=web -o json |
    jq -r '.items | max_by(.metadata.labels.version | tonumber).metadata.name'
}
secret=$(newest)
kubectl get secret "$secret" -o json | jq -r .data.release |
  base64 -d | base64 -d | gunzip | jq -c '.apply_method = "ssa"' | gzip -n | base64 -w 0 | base64 -w 0 >stored
kubectl patch secret "$secret" --type=merge -p "{\"data\":{\"release\":\"$(cat stored)\"}}" >/dev/null
record 4 >line
run draft-release --no-wait <line
is 'a release of helm 4 that the server applied' "$status $(jq -r .release.status "$out")" '0 deployed' ||
  note "$(cat "$err")"
like '… is applied by the server again' "$(said upgrade)" 'upgrade *--server-side=true --force-conflicts *'
run draft-release --no-wait --set service.type=Nope <line
like 'warnings of helm 4 are not the reason of a failure' "$(jq -r .failure.message "$out")" \
  "the cluster rejects chart 'web': *Unsupported value*"
finish
