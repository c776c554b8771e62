#!/bin/sh
# draft package compared with helm package on real charts: the same verdict and the same files, in one process.
. "$(dirname "$0")/lib.sh"
# shellcheck source=Tests/cli/charts.sh
. "$root/Tests/cli/charts.sh"
command -v helm >/dev/null || { skip 'the same archives as helm' 'there is no helm'; finish; exit 0; }

exits 0 'packs all charts in one process' draft package -q -o record -d ours "$charts"/*/
mv "$out" lines
is '… with one record each' "$(wc -l <lines | tr -d ' ')" \
  "$(find "$charts"/ -mindepth 2 -maxdepth 2 -name Chart.yaml | wc -l | tr -d ' ')"
helm package -d helm "$charts"/*/ >/dev/null 2>&1
is 'the archives are those of helm' "$(ls ours)" "$(ls helm)"
same=0
for archive in ours/*.tgz; do
  name=${archive##*/}
  mkdir -p "a/$name" "b/$name"
  tar -xzf "$archive" -C "a/$name"
  tar -xzf "helm/$name" -C "b/$name"
  tar -tzf "$archive" | LC_ALL=C sort >files.a
  tar -tzf "helm/$name" | LC_ALL=C sort >files.b
  if cmp -s files.a files.b && diff -r "a/$name" "b/$name" >difference; then
    same=$((same + 1))
  else
    note "$name differs: $(diff files.a files.b; head -n 5 difference)"
  fi
done
is '… with the same files' "$same" "$(find ours -name '*.tgz' | wc -l)"
note "$same archives have the same files as helm's, in $(du -cb ours/*.tgz |
    tail -n 1 | cut -f 1) bytes; helm's have $(du -cb helm/*.tgz | tail -n 1 | cut -f 1)"
cp -r ours first
run draft package -q -o record -j 2 -d ours "$charts"/*/
is 'a second run keeps them' "$(jq -r .package.kept "$out" | sort | uniq -c | tr -s ' ')" " $same true"
ok '… with the same bytes' diff -r first ours
# Memory is bounded by the largest chart, not by all of them.
prlimit --data=400000000 draft-package -q -o record -d third "$charts"/*/ >"$out" 2>"$err" </dev/null
ok 'in 400 MB' diff -r first third
# helm can read the archives.
# shellcheck disable=SC2016 # for that shell to expand
ok 'helm reads them' sh -c 'for archive in ours/*.tgz; do helm show chart "$archive" >/dev/null || exit 1; done'
finish
