#!/bin/sh
# Helm gives what Tests/fixtures/templates/functions.txt says for each expression: TemplatesTests
# compares draft with that. ERRORS=all looks at every error, else at some.
. "$(dirname "$0")/lib.sh"

fixtures=$root/Tests/fixtures/templates
command -v helm >/dev/null || { skip 'the functions of templates' 'there is no helm'; finish; exit; }

# One chart has all those that give something, each in a definition of its own, with values that no other has changed.
cat >make.py <<'end'
import os, sys
fixtures, errors = sys.argv[1:]
def chart(directory, files):
    os.makedirs(directory + '/templates')
    values = open(fixtures + '/functions.yaml').read()
    files = {**files, 'Chart.yaml': 'apiVersion: v2\nname: c\nversion: 1.0.0\n', 'values.yaml': values}
    for name, text in files.items(): open(directory + '/' + name, 'w').write(text)
lines = [line.rstrip('\n').split('\t') for line in open(fixtures + '/functions.txt')]
good = [line for line in lines if line[1][0] != '!']
define = '{{ define "%d" }}{{ %s }}{{ end }}'
call = 'c%d: {{ include "%d" (dict "Values" (deepCopy .Values)) | printf "%%q" }}\n'
chart('all', {'templates/_all.tpl': ''.join(define % (n, line[0]) for n, line in enumerate(good)),
              'templates/all.yaml': ''.join(call % (n, n) for n in range(len(good)))})
open('expected', 'w').write(''.join('%s\n' % line[1] for line in good))
for n, (expression, result) in enumerate(line for line in lines if line[1][0] == '!'):
    if errors != 'all' and n % 5: continue
    chart('errors/%d/c' % n, {'templates/a.yaml': '{{ %s }}' % expression})
    open('errors/%d/expected' % n, 'w').write('Error: %s\n' % result[1:])
end
/usr/bin/python3 make.py "$fixtures" "${ERRORS:-some}"

helm template r all | sed -n 's/^c[0-9]*: //p' >helms
ok 'helm evaluates the expressions as functions.txt has it' cmp helms expected
ok 'and there are some' test "$(wc -l <helms)" -gt 1000

# shellcheck disable=SC2016 # the parameters are those of the inner shell
(cd errors && printf "%s\n" *) |
  xargs -P 2 -I {} sh -c 'helm template r "errors/$1/c" 2>&1 | sed "/^$/,\$d" >"errors/$1/helms"' sh {}
different=0
for error in errors/*; do
  cmp -s "$error/expected" "$error/helms" && continue
  different=$((different + 1))
  note "$(cat "$error/c/templates/a.yaml"): $(cat "$error/helms")"
done
is 'helm refuses what functions.txt has, in the same words' "$different" 0
ok 'and there were some' test "$(find errors -name helms | wc -l)" -gt 20
finish
