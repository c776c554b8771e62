#!/bin/sh
# draft package notes what it has packed: an unchanged chart is not read again, and every change is noticed.
. "$(dirname "$0")/lib.sh"

mkdir -p web/templates web/charts/sub
printf 'apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies: [{name: sub, version: 1.0.0}]\n' >web/Chart.yaml
printf 'apiVersion: v2\nname: sub\nversion: 1.0.0\n' >web/charts/sub/Chart.yaml
printf 'a: 1\n' >web/values.yaml
printf 'kind: ConfigMap\n' >web/templates/a.yaml
printf '*.bak\n.helmignore\n' >web/.helmignore
notes=$DRAFT_HOME/cache/packages
pack() { draft package -q -d out "$@" >"$out" 2>"$err"; }
# Files that have just been written may be written again without their times telling, so they are not noted.
noted() { pack web && [ -n "$(ls "$notes")" ]; }
count() {
  strace -f -e trace=openat draft package -q -d out web 2>&1 >/dev/null | grep -c 'templates\|a.yaml\|Chart.yaml'
}

pack web
is 'a chart that was written just now is not noted' "$(ls "$notes")" ''
await noted
cp "$out" first
is 'later it is' "$(jq -r '"\(.package.kept) \(.package.files) \(.chart.name) \(.chart.version)"' first)" \
  'true 4 web 1.0.0'
if command -v strace >/dev/null; then is '… and not read again' "$(count)" 0; else skip 'not read again' 'no strace'; fi
pack web
is '… the record is the same' "$(cat "$out")" "$(cat first)"
exits 0 'another version is another archive' draft package -q -d out --version 2.0.0 web
is '… of its own' "$(jq -r '"\(.package.kept) \(.chart.version)"' "$out")" 'false 2.0.0'
pack web
is '… and the first is still known' "$(cat "$out")" "$(cat first)"

# Each change is seen, also of what has the same size, and of what .helmignore leaves out of the chart itself.
changes() {
  before=$(jq -r .chart.digest "$out")
  sh -c "$2"
  pack web
  after=$(jq -r .chart.digest "$out")
  is "$1" "$(jq -r .package.kept "$out") $(test "$before" = "$after" && echo same || echo other)" "$3"
  is '… as it would be packed without notes' "$(jq -r .chart.digest "$out")" \
    "$(DRAFT_HOME=$scratch/fresh draft package -q -d fresh web | jq -r .chart.digest)"
}
changes 'a file of the same size' "printf 'a: 2\\n' >web/values.yaml" 'false other'
changes 'a file in a sub-chart' "echo 'kind: Secret' >web/charts/sub/values.yaml" 'false other'
changes 'a new file' "mkdir web/templates/deep && echo 'a: 1' >web/templates/deep/b.yaml" 'false other'
changes 'one that is gone' 'rm -r web/templates/deep' 'false other'
changes 'a rule of .helmignore' "printf 'a.yaml\\n.helmignore\\n' >web/.helmignore" 'false other'
changes 'a file that is left out' "echo x >web/a.yaml" 'true same'
await noted
changes 'an archive that is damaged' \
  "printf x | dd of=out/web-1.0.0.tgz bs=1 seek=20 conv=notrunc 2>/dev/null" 'false same'
changes 'one that is gone' 'rm out/web-1.0.0.tgz' 'false same'
await noted
changes 'notes that are damaged' \
  "for f in $notes/*; do printf x | dd of=\$f bs=1 seek=90 conv=notrunc 2>/dev/null; done" \
  'true same'
changes 'notes that are no files' "rm -r $notes && mkdir -p $notes && echo >$notes/x" 'true same'
ln -s ../values.yaml web/templates/link.yaml
changes 'a link' 'true' 'false other'
changes '… to a file that changes' "printf 'a: 3\\n' >web/values.yaml" 'false other'
finish
