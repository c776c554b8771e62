#!/bin/sh
# Helm gives what Tests/fixtures/templates says for each template: TemplatesTests compares draft with that. ERRORS=all
# looks at every error, else at some.
. "$(dirname "$0")/lib.sh"

fixtures=$root/Tests/fixtures/templates
command -v helm >/dev/null || { skip 'the language of templates' 'there is no helm'; finish; exit; }

# One chart has them all: each in a file of its own, which the only one that is rendered includes and quotes.
cat >make.py <<'end'
import os, sys
fixtures, errors = sys.argv[1:]
def chart(directory, files):
    os.makedirs(directory + '/templates')
    files = {**files, 'Chart.yaml': 'apiVersion: v2\nname: %s\nversion: 1.0.0\n' % os.path.basename(directory),
             'values.yaml': open(fixtures + '/values.yaml').read()}
    for name, text in files.items(): open(directory + '/' + name, 'w').write(text)
cases = open(fixtures + '/cases.txt').read().replace('\u23ce', '\0').split('\n')[:-1]
files = {'templates/_%03d.tpl' % n: case.replace('\0', '\n') for n, case in enumerate(cases)}
files['templates/all.yaml'] = ''.join(
    'c%d: {{ include "cases/templates/_%03d.tpl" . | printf "%%q" }}\n' % (n, n) for n in range(len(cases)))
chart('cases', files)
for n, line in enumerate(open(fixtures + '/errors.txt')):
    if errors != 'all' and n % 5: continue
    template, error = line.rstrip('\n').replace('\u23ce', '\n').split('\t')
    chart('errors/%d/c' % n, {'templates/a.yaml': template})
    open('errors/%d/expected' % n, 'w').write('Error: %s\n' % error)
end
/usr/bin/python3 make.py "$fixtures" "${ERRORS:-some}"

helm template r cases | sed -n 's/^c[0-9]*: //p' >helms
ok 'helm renders the templates as expected.txt has it' cmp helms "$fixtures/expected.txt"
ok 'and there are some' test "$(wc -l <helms)" -gt 80

# shellcheck disable=SC2016 # the parameters are those of the inner shell
(cd errors && printf "%s\n" *) |
  xargs -P 2 -I {} sh -c 'helm template r "errors/$1/c" 2>&1 | sed "/^$/,\$d" >"errors/$1/helms"' sh {}
different=0
for error in errors/*; do
  cmp -s "$error/expected" "$error/helms" && continue
  different=$((different + 1))
  note "$(cat "$error/c/templates/a.yaml"): $(cat "$error/helms")"
done
is 'helm refuses what errors.txt has, in the same words' "$different" 0
ok 'and there were some' test "$(find errors -name helms | wc -l)" -gt 20
finish
