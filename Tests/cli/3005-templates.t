#!/bin/sh
# Real charts: every template parses, and every value that grep finds in the templates is listed as a use. Damaged
# templates are rejected if helm rejects them, with the same message. MUTANTS=NUMBER tries more of them.
. "$(dirname "$0")/lib.sh"
. "$root/Tests/cli/charts.sh"

cat >search.py <<'end'
import json, os, re, sys
root, lines = sys.argv[1], [json.loads(line)['param'] for line in open(sys.argv[2])]
uses, missing, found = {}, [], 0
for param in lines:
    for use in param['uses']:
        uses.setdefault((use['file'], use['line']), set()).add(use.get('path', param['path']))
files = {file for file, _ in uses}
for directory, _, names in os.walk(root):
    for path in [os.path.join(directory, name) for name in names] if '/templates' in directory else []:
        # Without comments and strings, and without files in .helmignore.
        text = open(path, 'rb').read().decode('utf8', 'replace')
        text = re.sub(r'\{\{-?\s*/\*.*?\*/\s*-?\}\}', lambda m: '\n' * m[0].count('\n'), text, flags=re.S)
        for action in re.finditer(r'\{\{.*?\}\}', text, re.S):
            code = re.sub(r'"(\\.|[^"\\\n])*"', lambda m: '"' + ' ' * (len(m[0]) - 2) + '"', action[0])
            for match in re.finditer(r'\.Values((?:\.[A-Za-z0-9_]+)+)', code):
                line, wanted = text.count('\n', 0, action.start() + match.start()) + 1, match[1][1:]
                if path not in files: continue
                found += 1
                if not any(got == wanted or got.endswith('.' + wanted) for got in uses.get((path, line), ())): missing.append(f'{path}:{line} {wanted}')
marks = [param.get('marks', []) for param in lines]
unused, undeclared = (sum(mark in one for one in marks) for mark in ('unused', 'undeclared'))
print(f'{os.path.basename(root)} {len(lines)} {len(lines) - unused - undeclared} {unused} {undeclared} {found} {len(missing)}')
for one in missing[:3]: print('missing', one)
end
echo 'CHART PARAMETERS USED UNUSED UNDECLARED SEARCHED MISSING' >table
for chart in "$charts"/*/; do
  chart=${chart%/}
  draft params --subcharts "$chart" >lines 2>>refused || continue
  /usr/bin/python3 search.py "$chart" lines >>table
done
column -t table | sed 's/^/# /'
is 'every template parses' "$(grep -c . refused)" 0 || note "$(cat refused)"
is 'every value that grep finds is listed as a use' "$(grep -c '^missing' table)" 0
# shellcheck disable=SC2016 # a program of awk
not_ok '… and there were some' awk 'NR > 1 && $1 != "missing" { found += $6 } END { exit found > 0 }' table

if command -v helm >/dev/null; then
  # The file of --write changes nothing, and the defaults are valid against the schema.
  other=0
  for chart in "$charts"/*/; do
    cp -r "$chart" copy
    draft params --schema "$chart" >schema.json && mv schema.json copy/values.schema.json
    draft params --write - "$chart" >stub.yaml
    helm template r "$chart" >a 2>&1
    helm template r copy -f stub.yaml >b 2>&1
    # Some charts generate passwords: a second run of helm differs too.
    cmp -s a b || {
      helm template r "$chart" >again 2>&1
      ! cmp -s a again
    } || {
      other=$((other + 1))
      note "$chart: $(diff a b | head -n 5)"
    }
    rm -rf copy
  done
  is 'helm accepts the files and schemas of all charts' "$other" 0
  number=${MUTANTS:-60}
  /usr/bin/python3 "$root/Tests/cli/mutate-templates.py" "$charts" "$number" "${MUTANTS_SEED:-1}" mutants
  refused=0 different=0
  for chart in mutants/*; do
    draft params "$chart" 2>&1 >/dev/null | sed -n 's/.*the template does not parse: //p' >ours
    helm template r "$chart" 2>&1 >/dev/null | sed -n 's/^Error: parse error at ([^)]*): //p' >helms
    # helm keeps only the text after the last colon and space.
    sed 's/.*: //; s/x\.yaml:[0-9]*$/x.yaml/' ours >a
    sed 's/.*: //; s/x\.yaml:[0-9]*$/x.yaml/' helms >b
    [ ! -s b ] || refused=$((refused + 1))
    cmp -s a b || { different=$((different + 1)); note "$chart: $(cat ours) - helm: $(cat helms)"; }
  done
  is "of $number damaged templates helm and draft reject the same, with the same message" "$different" 0
  ok "… and $refused were rejected" test "$refused" -gt $((number / 4))
else
  skip 'damaged templates' 'there is no helm'
fi
finish
