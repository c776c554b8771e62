#!/bin/sh
# draft render beside 'helm template' on many real charts, with their defaults and with each file of their ci/. A rendering
# is equal, or helm's own because only helm can know it; none may be different. Where helm gives another result each time,
# only those lines may differ.
. "$(dirname "$0")/lib.sh"
# shellcheck source=Tests/cli/charts.sh
. "$root/Tests/cli/charts.sh"
command -v helm >/dev/null || { skip 'what helm renders' 'there is no helm'; finish; exit 0; }

equal=0 fallback=0 random=0 refused=0 different=0
compare() { # CHART OPTION...
  if helm template rel "$@" >wanted 2>wanted.err; then
    if ! draft render --debug --name rel -o yaml "$@" >got 2>got.err; then
      different=$((different + 1))
      note "different: $*: $(grep '^draft-render: ' got.err | grep -v debug | head -n 1)"
    elif grep -q 'rendered by helm' got.err; then
      fallback=$((fallback + 1))
      note "fallback: $*: $(grep 'rendered by helm' got.err | head -n 1)"
    elif cmp -s got wanted; then
      equal=$((equal + 1))
    else
      helm template rel "$@" >again 2>/dev/null
      if ! cmp -s again wanted && /usr/bin/python3 "$root/Tests/cli/same-but-random.py" wanted again got; then
        random=$((random + 1))
      else
        different=$((different + 1))
        note "different: $*: $(diff wanted got | head -n 3 | tr '\n' ' ')"
      fi
    fi
  elif draft render --name rel -o yaml "$@" >got 2>got.err; then
    different=$((different + 1))
    note "different: $*: helm says $(tail -n 1 wanted.err)"
  else
    refused=$((refused + 1))
  fi
}
for chart in "$charts"/*/; do
  compare "${chart%/}"
  for values in "$chart"ci/*.yaml; do
    if [ -f "$values" ]; then compare "${chart%/}" -f "$values"; fi
  done
done
is "$equal renderings are equal, $random but for what is random, $fallback are helm's, both refuse $refused; others" \
  "$different" 0
ok 'and most are our own' test $((equal + random)) -gt $((fallback * 4))
finish
