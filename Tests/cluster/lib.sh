# shellcheck shell=sh
# Sourced by Tests/cluster/*.t: Tests/cli/lib.sh, and a cluster.
#   needs api|node         a cluster, or skips the test. A node is one of those in $DRAFT_TEST_CLUSTER, lent to one
#                          test after another; `needs own node` starts a separate one
#   namespace NAME         a namespace for the test, for kubectl, helm and draft; $namespace. Deleted after the test
#   node COMMAND...        runs Tests/cluster/cluster COMMAND on it: api, token, registry …
#   later COMMAND          runs COMMAND (sh) at the end of the test
#   login NAMESPACE ACCOUNT SECONDS   prints a kubeconfig of a service account, valid for this time
#   fetch URL              prints the answer, with retries for some seconds
#   greeting APP [NAME]    prints the answer of the example: as soon as it is the greeting of NAME, else after a minute,
#                          because a pod that is no longer ready may answer for a moment
#   example DIRECTORY      the python example with its pack, on a base image from Debian packages
DRAFT_TEST_CACHE=${DRAFT_TEST_CACHE:-${HOME:-/root}/.cache/draft-test}
export DRAFT_TEST_CACHE
# shellcheck source=Tests/cli/lib.sh
. "$(dirname "$0")/../cli/lib.sh"
unset DRAFT_NAMESPACE DRAFT_KUBE_CONTEXT DRAFT_PLAIN_HTTP HELM_NAMESPACE HELM_KUBECONTEXT
PATH=$PATH:$DRAFT_TEST_CACHE/tools/bin
at_end=:
later() { at_end="$1
$at_end"; }
# shellcheck disable=SC2154 # lib.sh's
trap 'eval "$at_end" >/dev/null 2>&1; cd /; rm -rf "$scratch"' EXIT

needs() { # [own] KIND
  own=
  if [ "$1" = own ]; then own=yes; shift; fi
  if [ "$1" != node ] || [ -n "$own" ] || ! borrow; then
    cluster=$scratch/cluster
    later "'$root/Tests/cluster/cluster' stop '$cluster'"
    code=0
    "$root/Tests/cluster/cluster" start "$1" "$cluster" $$ >"$out" 2>"$err" || code=$?
    if [ $code = 77 ]; then
      skip 'a cluster' "$(tail -n 1 "$err")"
      finish
      exit
    fi
    [ $code = 0 ] || { sed 's/^/# /' "$err"; echo 'Bail out! the cluster does not start'; exit 1; }
  fi
  # shellcheck source=/dev/null
  . "$cluster/env"
  # A test changes its own.
  cp "$cluster/kubeconfig" kubeconfig
  export KUBECONFIG="$scratch/kubeconfig"
  if [ "$1" = node ]; then export DRAFT_REGISTRY="$REGISTRY"; fi
}
# The lock belongs to one test; the next one waits until that test and everything it started are gone.
borrow() {
  tries=0
  while [ $tries -lt 6000 ]; do
    standing=
    for cluster in $(echo "${DRAFT_TEST_CLUSTER:-}" | tr : ' '); do
      [ -e "$cluster/ready" ] || continue
      standing=yes
      exec 8>"$cluster/lent"
      ! flock -n 8 || return 0
    done
    [ -n "$standing" ] || return 1
    tries=$((tries + 1))
    sleep 0.1
  done
  echo 'Bail out! no node is free for ten minutes'
  exit 1
}
node() { word=$1; shift; "$root/Tests/cluster/cluster" "$word" "$cluster" "$@"; }

namespace() { # NAME
  namespace=$1-$$
  kubectl create namespace "$namespace" >/dev/null
  kubectl config set-context --current --namespace="$namespace" >/dev/null
  export DRAFT_NAMESPACE="$namespace"
  later "kubectl --kubeconfig $cluster/kubeconfig delete namespace $namespace --wait=false"
}

login() { # NAMESPACE ACCOUNT SECONDS
  cp "$cluster/kubeconfig" "login.$2"
  kubectl --kubeconfig "login.$2" config set-credentials "$2" --token="$(node token "$1" "$2" "$3")" >/dev/null
  kubectl --kubeconfig "login.$2" config set-context --current --user="$2" --namespace="$1" >/dev/null
  echo "$scratch/login.$2"
}

fetch() { curl -s --max-time 5 --retry 8 --retry-connrefused --retry-delay 1 "$1"; }
greeting() { # APP [NAME]
  for _ in $(seq 300); do
    _got=$(fetch "http://$(kubectl get service "$1" -o 'jsonpath={.spec.clusterIP}')/")
    if [ $# -lt 2 ] || [ "$_got" = "Hello, $2!" ]; then break; fi
    sleep 0.2
  done
  echo "$_got"
}

example() { # DIRECTORY
  "$root/Tests/base-image" python >/dev/null || { echo 'Bail out! no base image'; exit 1; }
  cp -r "$root/packs/python/example" "$1"
  draft create "$1" >/dev/null 2>&1
  printf '\n    [environments.development.image-build-args]\n      BASE = "localhost/draft-test/python"\n' \
    >>"$1/draft.toml"
  later "buildah images -n | awk -v n='/${1##*/}\$' '\$1 ~ n { print \$3 }' | sort -u | xargs -r buildah rmi -f"
}
