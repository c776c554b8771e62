#!/bin/sh
# draft env beside KubeCD 0.43 on the same files: 'kcd list', and the helm commands of 'kcd dump'. What kcd printed is
# in Tests/fixtures/environments/kcd.dump; with kcd on PATH it is asked again.
#
# What differs, and whose defect it is:
#
#   what                         kcd                              draft                        whose
#   a context                    env:prod, made by 'kcd init'     that of the provider's tool  neither's
#   value: 1.10                  1.1                              1.10                         kcd's: the tag is another
#   value: true                  True                             true                         kcd's: no YAML says True
#   value: x,y=z w               two keys, a=x and y=z w          one value                    kcd's: nothing is escaped
#   value: "{a,b}"               a list                           a list                       none
#   valueFrom                    looked up, in argv               a reference                  kcd's: seen by ps
#   REPO/NAME                    after 'helm repo add'            from the file                kcd's: it adds there
#   the design's layout          an error                         read                         kcd's: not its own design
#   needs                        an error                         read                         neither: draft's own
#   defaults over valuesFile     helm does it, poll does not      told, with both places       kcd's: two answers
#   a release that is there twice  both are deployed              both fail                    kcd's
#   a reference without version  AttributeError                   a finding                    kcd's
#   a value without a value      TypeError                        a finding                    kcd's
#   a trigger without a track    a crash of poll                  a finding                    kcd's
. "$(dirname "$0")/lib.sh"
cp -r "$root/Tests/fixtures/environments" e
cd e || exit 1
sed -i '/^  - name: test/,$d' environments.yaml
sed -i '/needs:/d' files/prod.yaml
if command -v kcd >/dev/null; then
  mkdir bin
  printf '#!/bin/sh\necho 192.0.2.7\n' >bin/gcloud
  chmod +x bin/gcloud
  exits 0 'kcd dump' env PATH="$scratch/e/bin:$PATH" kcd dump prod
  sed "s|$scratch/e/||g" "$out" >dump
  ok 'is the one that was kept' diff kcd.dump dump
  exits 0 'kcd list' kcd list release
  is 'is the one that was kept' "$(xargs <"$out")" 'prod -r ingress prod -r classes prod -r web'
fi
exits 0 'draft env --list' draft env --list
is 'has the releases of kcd list, in its order' "$(xargs <"$out")" 'prod/ingress prod/classes prod/web'

# The same arguments of helm, but for the table.
exits 0 'draft env' draft env -q prod
jq -r 'select(.values) | .app as $app | .values as $values |
  def settings($typed): [$values.settings[] | select((.typed // false) == $typed)
    | .key + "=" + (if .from then "192.0.2.7" else .value end)] | join(",");
  "upgrade \($app.name) --namespace \($app.namespace)"
    + ([$values.files[]? | " --values \(.path)"] | join(""))
    + (if settings(true) == "" then "" else " --set \(settings(true))" end)
    + " --set-string \(settings(false))"' "$out" |
  sed "s|$scratch/e/||g" >ours
sed -n 's/^helm --kube-context env:prod upgrade \([^ ]*\) \([^ ]*\)\( --version [^ ]*\)* -i/upgrade \1/p' kcd.dump >theirs
# kcd gives each file before the settings of its kind; helm takes files first.
awk '{
  files = ""; rest = ""; at = 0
  for (i = 1; i <= NF; i++) if ($i == "--values") { files = files " --values " $(++i) } else if ($i ~ /^--set/ && !at) { at = 1; rest = rest "@" " " $i } else rest = rest (i > 1 ? " " : "") $i
  sub("@", files, rest); print rest }' theirs | sed -e 's/image.tag=1\.1,/image.tag=1.10,/' -e 's/enabled=True/enabled=true/' >wanted
ok 'the arguments that kcd gives to helm' diff wanted ours
finish
