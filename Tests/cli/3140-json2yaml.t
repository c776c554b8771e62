#!/bin/sh
# draft json2yaml: each value is a document, in the order of its keys.
. "$(dirname "$0")/lib.sh"
printf '{"b":1.50,"a":"yes"}\n{"c":[],\n "d":{"e":null}} [1] "x"' >in.json
exits 0 'several values' draft json2yaml in.json
is 'are documents' "$(cat "$out")" 'b: 1.50
a: "yes"
---
c: []
d:
  e: null
---
- 1
---
x'
draft json2yaml in.json >out.yaml
back() { draft yaml2json out.yaml; }
exits 0 'and back' back
is 'is the same' "$(jq -c . "$out")" "$(jq -c . in.json)"
from_input() { draft json2yaml <in.json; }
exits 0 'standard input' from_input
: >empty
exits 0 'nothing' draft json2yaml empty
is 'is nothing' "$(cat "$out")" ''
printf '{"a":1}\n{"b":\n' >bad
exits 65 'what is not JSON' draft json2yaml bad
like 'has a place' "$(cat "$err")" "draft-json2yaml: cannot read 'bad': line *"
is 'what is before it is written' "$(cat "$out")" 'a: 1'
exits 66 'no file' draft json2yaml none
finish
