#!/bin/sh
# Random templates, which draft and helm render to the same, or refuse in the same words. TEMPLATES=NUMBER tries more,
# SEED=NUMBER others.
. "$(dirname "$0")/lib.sh"

command -v helm >/dev/null || { skip 'random templates' 'there is no helm'; finish; exit; }

/usr/bin/python3 "$root/Tests/cli/random-templates.py" c "${TEMPLATES:-30}" "${SEED:-1}"
# What fails is left out after it has failed in both, until the rest renders.
refused=0 same=yes
while [ "$(wc -l <c/templates/a.yaml)" -gt 0 ]; do
  helm template r c 2>helm.err | sed -n '/^c[0-9]/p' >helm.out
  draft render --name r c -o yaml 2>draft.err | sed -n '/^c[0-9]/p' >draft.out
  sed -n '1s/^Error: //p' helm.err >a
  sed -n '1s/^draft-render: the chart does not render: //p' draft.err >b
  if ! cmp -s helm.out draft.out || ! cmp -s a b; then same=no; break; fi
  [ -s a ] || break
  refused=$((refused + 1))
  # It is on the line of a.yaml that is named first, or it does not parse.
  line=$(sed -n '1s/^[a-z: (]*c\/templates\/a\.yaml:\([0-9]*\):.*/\1/p' a)
  [ -z "$line" ] || failed=$(sed -n "${line}s/:.*//p" c/templates/a.yaml)
  [ -n "$line" ] || failed=$(sed -n '1s/^parse error at (c\/templates\/_\(c[0-9]*\).*/\1/p' a)
  [ -n "$failed" ] || { same=no; break; }
  sed -i "/^$failed:/d" c/templates/a.yaml
  rm -f "c/templates/_$failed.tpl"
done
is "what $refused templates are refused for, and what the others give, is the same" "$same" yes || { note \
  "$(diff a b)"; note "$(diff helm.out draft.out)"; }
ok 'and there were some of both' test "$refused" -gt 5 -a "$(wc -l <helm.out)" -gt 5
finish
