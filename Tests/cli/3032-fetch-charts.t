#!/bin/sh
# draft fetch compared with helm pull on real charts: the same archives and trees.
. "$(dirname "$0")/lib.sh"
# shellcheck source=Tests/cli/charts.sh
. "$root/Tests/cli/charts.sh"
if ! command -v helm >/dev/null; then
  skip 'charts fetched by helm and by draft' 'there is no helm'
  finish
  exit
fi

mkdir serve
draft package -q -d serve "$charts"/*/ >/dev/null 2>&1
(cd serve && helm repo index .)
(cd serve && exec /usr/bin/python3 "$root/Tests/cli/repository-server.py" "$scratch/port" "$scratch/log") 3>&- &
server=$!
trap 'kill $server; cd /; rm -rf "$scratch"' EXIT
await test -s port
helm repo add all "http://127.0.0.1:$(cat port)" >/dev/null
helm search repo all/ -o json | jq -r '.[].name' >names
note "$(wc -l <names) charts"
ok 'there are charts' test -s names
mkdir helm helm-trees
xargs helm pull -d helm <names >"$out" 2>"$err"
is 'helm pulls them' $? 0
xargs helm pull --untar -d helm-trees <names >"$out" 2>"$err"
is '… and unpacks them' $? 0
rm -f helm-trees/*.tgz
# shellcheck disable=SC2046 # names have no spaces
exits 0 'draft fetches them' draft fetch -q -d ours $(cat names)
ok '… the same archives' diff -r helm ours
# shellcheck disable=SC2046
exits 0 '… and unpacks them' draft fetch -q --untar -d our-trees $(cat names)
ok '… to the same trees' diff -r helm-trees our-trees
finish
