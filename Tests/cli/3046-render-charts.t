#!/bin/sh
# draft render beside 'helm template' on many real charts, with their defaults and with each file of their ci/, or with
# MUTANTS=NUMBER files of damaged values for each, made from SEED=NUMBER. A rendering is equal, or helm's own because
# only helm can know it; none may be different. Where helm gives another result each time, only those words may differ.
. "$(dirname "$0")/lib.sh"
# shellcheck source=Tests/cli/charts.sh
. "$root/Tests/cli/charts.sh"
command -v helm >/dev/null || { skip 'what helm renders' 'there is no helm'; finish; exit 0; }

{
  code=0
  /usr/bin/python3 "$root/Tests/cli/beside-helm.py" --mutants "${MUTANTS:-0}" --seed "${SEED:-1}" "$charts" || code=$?
  echo "$code" >code
} | tee lines | sed 's/^/# /'
is "draft and helm render charts alike: $(tail -n 1 lines)" "$(cat code)" 0
# shellcheck disable=SC2016 # variables of awk
ok 'and draft most of them' awk 'END { exit !($1 + $3 + $7 > $5 * 4) }' lines
finish
