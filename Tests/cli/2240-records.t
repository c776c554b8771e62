#!/bin/sh
# draft records: the members, their fields, the schema; and the records of commands that need only this machine are
# valid. The test of the pipeline validates the whole pipe.
. "$(dirname "$0")/lib.sh"

exits 0 'draft records' draft records
is '… prints a table of the members' "$(sed -n '1s/  */ /gp; 2s/  */ /gp' "$out")" 'MEMBER WRITTEN BY WHAT IT SAYS
app the first command of the pipe The application and its environment'
is '… with each member' "$(awk 'NR > 1 { print $1 }' "$out" | sort)" \
  "$(sed -n 's/^  public static let name = "\(.*\)"/\1/p' "$root"/Sources/Records/Members/*.swift | sort)"
exits 0 'the fields of a member' draft records push
is '… are a table too' "$(cat "$out")" 'FIELD           TYPE             WHAT IT SAYS
push.reference  string           the image in the registry, by digest
push.uploaded   integer, else 0  bytes sent
push.mounted    integer, else 0  blobs mounted from another repository
push.existing   integer, else 0  blobs that were already there'
run draft records connect app
is 'fields of several members, in the given order, with nested fields' \
  "$(awk 'NR > 1 { print $1 }' "$out" | head -n 6 | tr '\n' ' ')" \
  'connect.ports connect.ports[].workload connect.ports[].container connect.ports[].remote connect.ports[].local app.name '
exits 64 'an unknown member' draft records relese
is '… is reported, with a suggestion' "$(cat "$err")" "draft-records: 'relese' is not a member that draft writes
  did you mean 'release'? 'draft records' lists them"
exits 64 '… also with --schema' draft records --schema app scan
is '… and prints nothing' "$(cat "$out")" ''

# The schema.
draft records --schema >schema.json
is 'the schema is on one line' "$(wc -l <schema.json | tr -d ' ')" 1
is '… and has every member' "$(jq -r '.properties | keys_unsorted[1:][]' schema.json)" \
  "$(draft records | awk 'NR > 1 { print $1 }')"
is 'the schema of one member' "$(draft records --schema change | jq -c '.properties | del(.draft)')" \
  '{"change":{"description":"What has changed in the directory of the application.","writtenBy":"draft-watch","readBy":"every stage","type":"object","properties":{"sequence":{"description":"0 for the record written at the start, then 1, 2 and so on","type":"integer","minimum":-9007199254740992,"maximum":9007199254740992},"paths":{"description":"the changed paths, relative to the directory, sorted","type":"array","items":{"type":"string"},"default":[]}},"required":["sequence"]}}'
is 'every field has a description' "$(jq -r \
    '.properties | del(.draft)[] | .. | .properties? // empty | to_entries[] | select(.value.description == null).key' \
    schema.json)" ''

# Records of commands that need nothing else.
cp -r "$root/packs/python/example" web
run sh -c 'draft create web | draft pack | draft target | tee line'
is 'create | pack | target: exit status' "$status" 0 || said
is 'create | pack | target: the members' "$(jq -r 'keys_unsorted | join(" ")' line)" \
  'draft app language pack scaffold context chart target'
ok '… are valid' valid_records line
draft doctor -o record web >doctored 2>/dev/null
ok 'the record of draft-doctor' valid_records doctored
printf 'FROM\n' >web/Dockerfile
draft build web >failed 2>/dev/null
is 'a record with a failure' "$(jq -r .failure.by failed)" draft-build
ok '… is valid' valid_records failed
printf '[pre-up]\n  hello = "true"\n' >web/.draft-tasks.toml
draft trust web >/dev/null 2>&1
draft tasks --pre-up web >ran 2>/dev/null
is 'the record of draft-tasks' "$(jq -c .tasks ran)" '{"preUp":["hello"]}'
ok '… is valid' valid_records ran
timeout 20 draft watch web 2>/dev/null | head -n 1 >watched
is 'the records of draft-watch' "$(jq -c .change watched)" '{"sequence":0,"paths":[]}'
ok '… is valid' valid_records watched

# An invalid record is reported: otherwise the above would prove nothing.
jq -c '.context.files = -1' line >wrong
not_ok 'a negative count is rejected' valid_records wrong
like '… with its place' "$(cat "$out")" '*wrong: context.files: -1 is less than the minimum of 0*'
for change in '.app.name = 1' \
  'del(.app.dir)' '.context.digest = "sha256:x"' '.target.engine = "x"' '.app.colour = "red"' '.draft = 2'; do
  jq -c "$change" line >wrong
  not_ok "$change is rejected" valid_records wrong
done
finish
