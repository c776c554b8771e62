#!/bin/sh
# draft lint compared with helm lint on real charts: the same verdict, and all errors of helm. helm takes no branch that
# draft reports as never taken.
. "$(dirname "$0")/lib.sh"
# shellcheck source=Tests/cli/charts.sh
. "$root/Tests/cli/charts.sh"
command -v helm >/dev/null || { skip 'the verdict of helm' 'there is no helm'; finish; exit 0; }

# 200 charts in one process, some more than once if there are fewer.
set --
while [ $# -lt 200 ]; do set -- "$@" "$charts"/*/; done
run draft lint -q --fail-on never -o record "$@"
is '200 charts in one process' "$?" 0
run draft lint -q --fail-on never -o record "$charts"/*/
mv "$out" lines
ok '… the records are valid' valid_records lines

# The file and field of each error of helm: its messages on Chart.yaml have the field as their first or third word.
different=0 errors=0
for chart in "$charts"/*/; do
  draft lint -q -o record "$chart" >ours 2>/dev/null
  ours=$?
  helm lint "$chart" >helms 2>/dev/null
  helms=$?
  [ "$ours" = "$helms" ] || {
    different=$((different + 1))
    note "$chart: $ours - helm: $helms: $(grep ERROR helms | head -n 1)"
  }
  sed -n 's/^\[ERROR\] \([^:]*\): .*/\1/p' helms | sort -u >wanted
  while read -r file; do
    errors=$((errors + 1))
    jq -e --arg file "$file" \
      -n 'any(inputs; .finding | .severity == "error" and (.file | endswith($file)))' ours >/dev/null || {
      different=$((different + 1))
      note "$chart: no error in $file"
    }
  done <wanted
done
is 'the same verdict as helm, and all its errors in the same files' "$different" 0
note "helm has $errors errors; findings: $(jq -r '"\(.finding.severity) \(.finding.rule)"' lines |
    sort | uniq -c | tr -s ' \n' ' ,')"

# Branches.
branches=0 taken=0 others=0
for chart in "$charts"/*/; do
  rm -rf one marked rest
  cp -r "$chart" one
  # helm gets only the defaults.
  rm -rf one/ci
  draft lint --all -q --fail-on never -o record one >ours 2>/dev/null
  branches=$((branches + $(/usr/bin/python3 "$root/Tests/cli/mark-branches.py" one ours marked)))
  if helm template rel marked 2>&1 | grep -q draft-taken; then
    taken=$((taken + 1))
    note "$chart: $(helm template rel marked 2>&1 | grep draft-taken)"
  fi
  # Some of the others, to prove that taken branches are noticed.
  [ "$others" -lt 5 ] || continue
  /usr/bin/python3 "$root/Tests/cli/mark-branches.py" one ours rest -v >/dev/null
  if helm template rel rest 2>&1 | grep -q draft-taken; then others=$((others + 1)); fi
done
is "helm takes none of $branches branches reported as never taken" "$taken" 0
ok "… and some of the others in $others charts" test "$others" -eq 5
finish
