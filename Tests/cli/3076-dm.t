#!/bin/sh
# draft dm: the names that Helm/DM had for what manages a cluster.
. "$(dirname "$0")/lib.sh"
mkdir web
is 'dm status is doctor' "$(draft dm status -o record | jq -r '.doctor.checks[0].name')" home
is 'dm target is target' "$(draft dm target -o record web 2>/dev/null | jq -r .app.name)" web
like 'dm install is init --server' "$(draft dm install --dry-run --image example.com/draft:1)" '*"kind":"Deployment"*'
exits 64 'dm install without an image' draft dm install
like '… says what it needs' "$(cat "$err")" "draft-init: option '--server' needs '--image'*"
run draft dm uninstall --kube-context none
like 'dm uninstall' "$status $(cat "$err")" '78 draft-init: *none*'
exits 64 'no word' draft dm
exits 64 'another' draft dm instal
like '… has a near one' "$(cat "$err")" "draft-dm: 'instal' is not install, *did you mean 'install'?"
finish
