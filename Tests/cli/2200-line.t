#!/bin/sh
# draft-line: writes first records for directories and names, and does nothing else.
. "$(dirname "$0")/lib.sh"
mkdir -p web other
printf '[environments.development]\nnamespace = "team"\n[environments.staging]\nname = "shop"\n' >web/draft.toml
here=$(pwd -P)

run draft-line web ./other
is 'each directory is a record' "$status $(cat "$out")" "0 {\"draft\":1,\"app\":{\"name\":\"web\",\"dir\":\"$here/web\",\"environment\":\"development\",\"namespace\":\"team\"}}
{\"draft\":1,\"app\":{\"name\":\"other\",\"dir\":\"$here/other\",\"environment\":\"development\",\"namespace\":\"default\"}}"
is 'prints no messages' "$(cat "$err")" ''
is '-e' "$(draft-line -e staging web | jq -c '.app | [.name, .environment]')" '["shop","staging"]'
is '--app and --namespace' "$(draft-line --app x --namespace y other | jq -c '.app | [.name, .namespace]')" '["x","y"]'
is 'a name that is not a directory is that of a release' "$(draft-line api | jq -c '.app | [.name, .dir]')" '["api",""]'
is '… writes nothing to it' "$(ls web other)" 'other:

web:
draft.toml'
exits 66 'a missing directory' draft-line ./nope
is '… writes no record' "$(cat "$out")" ''
exits 66 'one of two directories is missing' draft-line ./nope web
is '… and the other record is written' "$(jq -r .app.name "$out")" web
# It is a stage like any other: records are passed on, also in the middle of a pipe.
draft-line web >line
is 'records pass unchanged' "$(draft-line <line)" "$(cat line)"
draft-check-stage -t 120 draft-line >tap
is 'passes draft-check-stage' "$? $(grep -A 3 '^not ok' tap)" '0 '
is 'begins a pipe' "$(draft-line web | draft-target -o record | jq -c '[.app.name, (.target | type)]')" \
  '["web","object"]'
finish
