#!/bin/sh
# draft lint beside helm lint, on many real charts: the same verdict, every error of helm among ours; and no branch that is said to be
# never taken is taken by helm.
. "$(dirname "$0")/lib.sh"
# shellcheck source=Tests/cli/charts.sh
. "$root/Tests/cli/charts.sh"
command -v helm >/dev/null || { skip 'the verdict of helm' 'there is no helm'; finish; exit 0; }

# 200 of them in one process, the same ones several times if need be.
set --
while [ $# -lt 200 ]; do set -- "$@" "$charts"/*/; done
run draft lint -q --fail-on never -o record "$@"
is '200 charts in one process' "$?" 0
run draft lint -q --fail-on never -o record "$charts"/*/
mv "$out" lines
ok 'the records are as the schema has them' valid_records lines

# Of each error of helm the file and the field: what it says of Chart.yaml begins with the field, or has it as its third word.
different=0 errors=0
for chart in "$charts"/*/; do
  draft lint -q -o record "$chart" >ours 2>/dev/null
  ours=$?
  helm lint "$chart" >helms 2>/dev/null
  helms=$?
  [ "$ours" = "$helms" ] || { different=$((different + 1)); note "$chart: $ours - helm: $helms: $(grep ERROR helms | head -n 1)"; }
  sed -n 's/^\[ERROR\] \([^:]*\): .*/\1/p' helms | sort -u >wanted
  while read -r file; do
    errors=$((errors + 1))
    jq -e --arg file "$file" -n 'any(inputs; .finding | .severity == "error" and (.file | endswith($file)))' ours >/dev/null || { different=$((different + 1)); note "$chart: no error in $file"; }
  done <wanted
done
is 'the verdict of helm, and each of its errors in the same file' "$different" 0
note "helm has $errors errors; findings: $(jq -r '"\(.finding.severity) \(.finding.rule)"' lines | sort | uniq -c | tr -s ' \n' ' ,')"

# Branches.
branches=0 taken=0 others=0
for chart in "$charts"/*/; do
  rm -rf one marked rest
  cp -r "$chart" one
  # helm is given the defaults alone.
  rm -rf one/ci
  draft lint -q --fail-on never -o record one >ours 2>/dev/null
  branches=$((branches + $(/usr/bin/python3 "$root/Tests/cli/mark-branches.py" one ours marked)))
  if helm template rel marked 2>&1 | grep -q draft-taken; then
    taken=$((taken + 1))
    note "$chart: $(helm template rel marked 2>&1 | grep draft-taken)"
  fi
  # Some of the others, to see that the marks are seen.
  [ "$others" -lt 5 ] || continue
  /usr/bin/python3 "$root/Tests/cli/mark-branches.py" one ours rest -v >/dev/null
  if helm template rel rest 2>&1 | grep -q draft-taken; then others=$((others + 1)); fi
done
is "of $branches branches that are never taken helm takes none" "$taken" 0
ok "and of the others at least one in $others charts" test "$others" -eq 5
finish
