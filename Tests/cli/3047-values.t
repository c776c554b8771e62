#!/bin/sh
# Values beside helm: coalesced for generated charts and sub-charts, set by options in all spellings, and written as
# YAML and JSON.
. "$(dirname "$0")/lib.sh"
command -v helm >/dev/null || { skip 'the values of helm' 'there is no helm'; finish; exit 0; }

# beside NAME OPTION...: the same output, or the same message.
beside() {
  _which=$1
  shift
  if helm template r "$@" >wanted 2>wanted.err; then
    draft render --name r -o yaml "$@" >got 2>got.err || { note "$_which: $(cat got.err)"; return 1; }
    if ! cmp got wanted >differs; then
      note "$_which: $(cat differs)"
      diff got wanted | head -n 4 | sed 's/^/# /'
      return 1
    fi
  else
    if draft render --name r -o yaml "$@" >got 2>got.err; then note "$_which: helm says $(cat wanted.err)"; return 1; fi
    _words=$(tail -n 1 wanted.err | sed 's/^Error: //')
    grep -qF -e "$_words" got.err || { note "$_which: $(cat got.err) - helm: $_words"; return 1; }
  fi
}

number=${MANY:-40} seed=${SEED:-4242}
/usr/bin/python3 "$root/Tests/cli/many-values.py" "$number" "$seed" charts
different=0 index=0
while [ "$index" -lt "$number" ]; do
  beside "chart $index of seed $seed" "charts/$index" -f "charts/$index.yaml" || different=$((different + 1))
  index=$((index + 1))
done
is "$number made-up charts with sub-charts get the values that helm gives them" "$different" 0

/usr/bin/python3 "$root/Tests/cli/many-texts.py" "${TEXTS:-2000}" "$seed" texts
ok 'made-up values are written and read as YAML and JSON as by helm' beside texts texts

mkdir -p set/templates
printf 'apiVersion: v2\nname: set\nversion: 1.0.0\n' >set/Chart.yaml
printf 'a: {b: 1, c: [1, {x: 2}]}\nl: [1, 2, [3]]\ns: text\nn: null\n' >set/values.yaml
printf 'v: {{ toJson .Values | quote }}\nt: {{ printf "%%v" .Values | quote }}\n' >set/templates/x.yaml
printf 'the file\n' >file
different=0
while read -r option; do
  beside "$option" set "$option" || different=$((different + 1))
done <<'E'
--set=a.b=2,l[0]=x,n=1
--set=l[5]=null,a.c[1].x=true
--set=l[2][0]=TRUE,q.r.s={a,b\,c,1,null}
--set=a\.b=1,s=a\=b,x=0,y=01,z=99999999999999999999
--set=l={},s={a
--set=a..b=1
--set=s.t=1
--set=l[x]=1
--set=l[-1]=1
--set=l[99999]=1
--set=l[0]'é=1
--set=a
--set=a=,b
--set=a.=1
--set=[0]=1
--set=a={1,2}3,b=4
--set=a=x\
--set=l=null
--set=a.b.c=1
--set-string=a.b=1,l[0]=true,x=null
--set-json=a={"b":[1,2.5,"x"]},l[1]=null,x=
--set-json=a={"b":
--set-json=a= [1] , b= "x,y"
--set-file=a.b=file
--set-literal=a.b=x,y=\z
--set-literal=a=
E
is 'what options set is what helm sets, and what is wrong is said in its words' "$different" 0
finish
