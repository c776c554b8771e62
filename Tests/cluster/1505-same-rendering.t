#!/bin/sh
# draft-release leaves a release alone that a changed chart or other settings render to as well: helm is not started.
# What differs in manifest, hooks, notes, values or version is released, and so is what only the cluster knows.
DRAFT_TEST_CACHE=${DRAFT_TEST_CACHE:-${HOME:-/root}/.cache/draft-test}
export DRAFT_TEST_CACHE
# shellcheck source=Tests/cli/lib.sh
. "$(dirname "$0")/../cli/lib.sh"

trap '"$root/Tests/cluster/cluster" stop "$scratch/cluster"; cd /; rm -rf "$scratch"' EXIT
if ! "$root/Tests/cluster/build-kubernetes" api >"$out" 2>"$err"; then
  tail -n 3 "$err" | sed 's/^/# /'
  skip 'releases to Kubernetes' 'kube-apiserver cannot be built here'
  finish
  exit
fi
ok 'a cluster' "$root/Tests/cluster/cluster" start api "$scratch/cluster" $$ || { finish; exit 1; }
# shellcheck source=/dev/null
. "$scratch/cluster/env"

mkdir app
cp -r "$root/Tests/fixtures/charts/web" web
# A hook that helm runs without waiting: no pods run here.
printf 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: hook\n  annotations: {helm.sh/hook: "post-upgrade"}\n' \
  >web/templates/hook.yaml
release() { # OPTION...
  tar -czf web.tgz web
  jq -cn --arg dir "$scratch/app" --arg chart "$scratch/web.tgz" \
    --arg version "$(sed -n 's/^version: //p' web/Chart.yaml)" \
    --arg digest "sha256:$(sha256sum web.tgz | cut -d' ' -f1)" --argjson size "$(stat -c %s web.tgz)" \
    '{draft: 1, app: {name: "web", dir: $dir}, chart: {path: $chart, mediaType: "application/gzip", digest: $digest,
      size: $size, name: "web", version: $version},
      image: {repository: "registry.test/web", tag: "1", store: "containers-storage"}}' >line
  run draft-release --no-wait "$@" <line
}
told() { jq -c '.release | [.revision, .changed]' "$out"; }
mkdir fake
# shellcheck disable=SC2016 # the script's own
printf '#!/bin/sh\necho "$*" >>"%s/helm.log"\nexec "%s" "$@"\n' "$scratch" "$(command -v helm)" >fake/helm
chmod +x fake/helm
PATH=$scratch/fake:$PATH
upgrades() { grep -c '^upgrade' helm.log; }

release
is 'the first release' "$status $(told)" '0 [1,true]'
release
is 'the same again' "$(told) $(upgrades)" '[1,false] 1'
# As an upgrade a chart may render to something else than installed.
release --set greeting=hello
is 'other values' "$(told)" '[2,true]'
echo '{{/* nothing */}}' >>web/templates/hook.yaml
echo '# a comment' >>web/values.yaml
echo 'text' >web/README.md
release --set greeting=hello
is 'a changed chart that renders to the same' "$status $(told) $(upgrades)" '0 [2,false] 2'
like '… is told' "$(cat "$err")" '*Release "web" is already at revision 2*'
release --set greeting=x --set greeting=hello
is '… and so do settings that come to the same' "$(told) $(upgrades)" '[2,false] 2'
release --set more=1 --set greeting=hello
is 'a value that no template reads counts' "$(told)" '[3,true]'
sed -i 's/^version: .*/version: 0.1.1/' web/Chart.yaml
release --set more=1 --set greeting=hello
is 'and so does the version of the chart' "$(told)" '[4,true]'
echo 'data: {a: b}' >>web/templates/hook.yaml
release --set more=1 --set greeting=hello
is '… a hook' "$(told)" '[5,true]'
echo 'More.' >>web/templates/NOTES.txt
release --set more=1 --set greeting=hello
is '… the notes' "$(told)" '[6,true]'
helm upgrade web web --reuse-values --set by=hand >/dev/null
release --set more=1 --set greeting=hello
is 'an upgrade by hand with other values' "$(told)" '[8,true]'
helm upgrade web web --reuse-values >/dev/null
release --set more=1 --set greeting=hello
is 'an upgrade by hand that made the same' "$(told)" '[9,false]'
echo '# {{ .Capabilities.KubeVersion.Minor | quote | empty }}' >>web/templates/hook.yaml
release --set more=1 --set greeting=hello
echo '{{/* nothing */}}' >>web/templates/hook.yaml
release --set more=1 --set greeting=hello
is 'a chart that asks for the version of the cluster is left to helm' "$(told)" '[11,true]'
sed -i '/Capabilities/d' web/templates/hook.yaml
echo '# {{ randAlphaNum 20 }}' >>web/templates/hook.yaml
release --set more=1 --set greeting=hello
echo '{{/* nothing */}}' >>web/templates/hook.yaml
release --set more=1 --set greeting=hello
is 'and so is one that makes something random' "$(told)" '[13,true]'
sed -i '/rand/d' web/templates/hook.yaml
release --set more=1 --set greeting=hello
kubectl delete service web >/dev/null
echo '{{/* nothing */}}' >>web/templates/hook.yaml
release --set more=1 --set greeting=hello
is 'an object that is gone is released again' "$(told)" '[15,true]'
release --set more=1 --set greeting=hello --set service.type=Nope
is 'a release that failed' "$(jq .failure.code "$out") $(helm history web -o json | jq -r 'last.status')" '65 failed'
echo '{{/* nothing */}}' >>web/templates/hook.yaml
release --set more=1 --set greeting=hello
is '… is followed by a new one' "$(jq -c .release.changed "$out")" true
finish
