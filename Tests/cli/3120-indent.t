#!/bin/sh
# draft indent: only leading spaces change, and what helm reads stays the same.
. "$(dirname "$0")/lib.sh"
cat >a.yaml <<'EOF'
# head
releases:
- name: web # the shop
  # of the chart
  chart:
      dir: x
      list:
      - a
      -   b: 1
          c: 2
# at the left
- name: "long
    text"
  text: |
      literal

        more
      # not a comment
  flow: {a: [1,
     2]}
EOF
cat >wanted <<'EOF'
# head
releases:
  - name: web # the shop
    # of the chart
    chart:
      dir: x
      list:
        - a
        -   b: 1
            c: 2
  # at the left
  - name: "long
      text"
    text: |
        literal

          more
        # not a comment
    flow: {a: [1,
       2]}
EOF
cp a.yaml b.yaml
chmod 640 b.yaml
ln -s b.yaml link.yaml
exits 0 'a file is indented' draft indent link.yaml
ok 'as wanted' diff wanted b.yaml
ok 'a link stays one' test -L link.yaml
is 'the mode stays' "$(stat -c %a b.yaml)" 640
before=$(stat -c %i b.yaml)
exits 0 'again' draft indent b.yaml
is 'nothing is written' "$(stat -c %i b.yaml)" "$before"
indent() { draft indent --offset 0 <b.yaml; }
exits 0 'standard input, dashes at their keys' indent
like 'is written to standard output' "$(cat "$out")" '*
- name: web # the shop
*'
draft yaml2json a.yaml >a.json
draft yaml2json "$out" >b.json
ok 'the meaning is the same' cmp a.json b.json
printf 'a: [\n' >bad.yaml
exits 65 'what is not YAML' draft indent bad.yaml
is 'stays' "$(cat bad.yaml)" 'a: ['
cp a.yaml c.yaml
exits 1 'one of several' draft indent bad.yaml c.yaml
ok 'does not stop the others' diff wanted c.yaml
exits 66 'a file that is not there' draft indent none.yaml
exits 64 'a width that is none' draft indent --offset x a.yaml
# All values files, charts and packs of the repository: they mean the same, and a second run changes nothing.
find "$root/packs" "$root/Tests/fixtures" \( -name '*.yaml' -o -name '*.yml' \) ! -path '*/templates/*' -size -200k >files
n=0
while read -r file; do
  cp "$file" x.yaml
  draft yaml2json x.yaml >one 2>"$err" || continue
  n=$((n + 1))
  draft indent -q x.yaml && draft yaml2json x.yaml >two && cmp -s one two && cp x.yaml y.yaml &&
    draft indent -q y.yaml && cmp -s x.yaml y.yaml || echo "$file"
done <files >differ
note "$n files"
ok 'there are some' test "$n" -gt 3
is 'they mean the same' "$(cat differ)" ''
finish
