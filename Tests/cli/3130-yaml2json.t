#!/bin/sh
# draft yaml2json: each document is a line, as helm and Kubernetes read it.
. "$(dirname "$0")/lib.sh"
convert() { draft yaml2json; }
printf 'a: yes\nb: 010\nc: &x [1, {d: ~}]\ne: *x\n---\n---\n- "1"\n- 1.50\n' >in.yaml
exits 0 'several documents' draft yaml2json in.yaml
is 'are lines' "$(cat "$out")" '{"a":true,"b":8,"c":[1,{"d":null}],"e":[1,{"d":null}]}
null
["1",1.5]'
from_input() { convert <in.yaml; }
exits 0 'standard input' from_input
is 'is read' "$(wc -l <"$out" | xargs)" 3
exits 0 'several files' draft yaml2json in.yaml in.yaml
is 'are one stream' "$(wc -l <"$out" | xargs)" 6
: >empty
exits 0 'nothing' draft yaml2json empty
is 'is nothing' "$(cat "$out")" ''
printf 'a: {\n' >bad
exits 65 'what is not YAML' draft yaml2json bad
like 'has a place' "$(cat "$err")" "draft-yaml2json: cannot read 'bad': line 2, column 1: *"
exits 66 'no file' draft yaml2json none
# helm reads the same: its toJson beside ours.
if command -v helm >/dev/null; then
  cp -r "$root/Tests/fixtures/environments/charts/web" chart
  helm template web chart >rendered
  draft yaml2json chart/values.yaml | jq -S . >ours
  draft yaml2json rendered | jq -S '.data.values | fromjson' >theirs
  ok "helm's values are the same" diff theirs ours
else
  skip "helm's values are the same" 'there is no helm'
fi
finish
