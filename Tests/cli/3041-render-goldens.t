#!/bin/sh
# draft render beside what helm once made of many real charts, with their defaults and with files of their ci/: equal to
# the byte, but for words that helm makes up. Only such a chart may be rendered by helm.
. "$(dirname "$0")/lib.sh"
# shellcheck source=Tests/cli/charts.sh
. "$root/Tests/cli/charts.sh"
command -v helm >/dev/null || { skip 'what helm rendered' 'there is no helm'; finish; exit 0; }
goldens=$charts/..
[ -d "$goldens/golden" ] || { skip 'what helm rendered' "there is no directory golden in $goldens"; finish; exit 0; }

code=0
/usr/bin/python3 "$root/Tests/cli/beside-helm.py" --goldens "$charts" >lines || code=$?
sed 's/^/# /' lines
is "renderings are those that helm made: $(tail -n 1 lines)" "$code" 0
is 'and all of them' "$(tail -n 1 lines | awk '{ print $1 + $3 + $5 + $7 + $9 }')" \
  "$(find "$goldens/golden" "$goldens/golden-ci" -name '*.yaml' | wc -l)"
finish
