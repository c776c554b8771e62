#!/bin/sh
# draft publish of an image and its chart: one version for both, from git; both or none.
. "$(dirname "$0")/lib.sh"
servers=
trap 'kill $servers 2>/dev/null; cd /; rm -rf "$scratch"' EXIT
port=$(free_port)
registry images "127.0.0.1:$port"
servers=$daemon
host=127.0.0.1:$port
git() { command git -c user.name=x -c user.email=x@example.com -c init.defaultBranch=main "$@"; }
digest() { echo "sha256:$(sha256sum "$1" | cut -d ' ' -f 1)"; }
blob() { # LAYOUT FILE MEDIATYPE
  mkdir -p "$1/blobs/sha256"
  cp "$2" "$1/blobs/sha256/$(digest "$2" | cut -d : -f 2)"
  jq -nc --arg d "$(digest "$2")" --argjson s "$(wc -c <"$2")" --arg m "$3" '{mediaType: $m, digest: $d, size: $s}'
}
layout() { # DIRECTORY TEXT: an image with a layer of that text
  mkdir -p "$1"
  echo '{"imageLayoutVersion":"1.0.0"}' >"$1/oci-layout"
  echo "$2" >"$1.layer"
  l=$(blob "$1" "$1.layer" application/vnd.oci.image.layer.v1.tar)
  echo "$l" | jq -c '{architecture: "amd64", os: "linux", rootfs: {type: "layers", diff_ids: [.digest]}}' >"$1.config"
  jq -nc --argjson l "$l" --argjson c "$(blob "$1" "$1.config" application/vnd.oci.image.config.v1+json)" \
    '{schemaVersion: 2, mediaType: "application/vnd.oci.image.manifest.v1+json", config: $c, layers: [$l]}' \
    >"$1.manifest"
  blob "$1" "$1.manifest" application/vnd.oci.image.manifest.v1+json |
    jq -c '{schemaVersion: 2, manifests: [. + {annotations: {"org.opencontainers.image.ref.name": "v1"}}]}' \
      >"$1/index.json"
}
layout one one; layout two two
image() { # LAYOUT: adds an image to a line
  jq -c --arg s "oci:$scratch/$1" '.image = {repository: "corpcalendar", tag: "v1", store: $s, how: "builder", why: ""}'
}
tags() { curl -sS "http://$host/v2/$1/corpcalendar/tags/list" | jq -r '.tags // [] | sort | join(" ")'; }
failed() { jq -r '.failure | "\(.code) \(.message)"' "$out"; }

# A chart beside the source of its image.
mkdir -p app/chart/corpcalendar/templates app/src
printf 'apiVersion: v2\nname: corpcalendar\nversion: 0.0.0\n' >app/chart/corpcalendar/Chart.yaml
cd app/chart/corpcalendar || exit 1
printf '# which image\nimage:\n  repository: ""   # set when it is published\n  tag:\nport: 80\n' >values.yaml
cat >templates/pod.yaml <<'END'
apiVersion: v1
kind: Pod
metadata: {name: web}
spec: {containers: [{name: web, image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"}]}
END
cd "$scratch" || exit 1
echo 'FROM scratch' >app/Dockerfile
cat >app/draft.toml <<END
[environments.development]
name = "corpcalendar"
chart = "chart/corpcalendar"

[publish]
release = "oci://$host/charts"
snapshot = "snapshots"
release-registry = "$host/release"
snapshot-registry = "$host/snapshot/"
END
printf 'snapshots\n' >app/.gitignore
(cd app && git init -q && git add . && git commit -qm one)
cd app || exit 1
commit=$(git rev-parse --short=7 HEAD)
version=0.0.1-snapshot.1.g$commit

draft pack . 2>/dev/null | image one >../line
draft publish --snapshot <../line >"$out" 2>"$err"
is 'a commit is a snapshot' "$? $(jq -r '"\(.chart.version) \(.publish.image)"' "$out")" \
  "0 $version $host/snapshot/corpcalendar:$version@$(digest ../one.manifest)"
like 'progress tells both' "$(cat "$err")" \
  "--> The image is '$host/snapshot/*'*--> Uploaded to '*corpcalendar-$version.tgz'"
ok '… as the schema has it' valid_records "$out"
is '… with its image' "$(tags snapshot)" "$version"
ok '… and its chart' test -e "snapshots/corpcalendar-$version.tgz"
is 'the chart names the image' "$(helm template x "snapshots/corpcalendar-$version.tgz" | grep -o 'image:.*')" \
  "image: \"$host/snapshot/corpcalendar:$version\"}]}"
is '… and has its version' \
  "$(helm show chart "snapshots/corpcalendar-$version.tgz" | grep -i version: | sort | tr '\n' ' ')" \
  "apiVersion: v2 appVersion: $version version: $version "
is 'no other byte of its values is changed' "$(helm show values "snapshots/corpcalendar-$version.tgz")" \
  "$(sed "s|\"\"|\"$host/snapshot/corpcalendar\"|; s|tag:|tag: \"$version\"|" chart/corpcalendar/values.yaml)"
cp snapshots/index.yaml ../before
draft publish -q --snapshot <../line >"$out" 2>"$err"
is 'again' "$? $(jq -r .publish.existing "$out")" '0 true'
ok '… changes nothing' cmp ../before snapshots/index.yaml

# Another image of the same version.
image two <../line >../line2
draft publish --snapshot <../line2 >"$out" 2>"$err"
like 'another image of that version' "$? $(failed)" \
  "1 73 cannot push '$host/snapshot/corpcalendar:$version': another image has this version"
echo '# more' >>chart/corpcalendar/values.yaml
git commit -qam two
commit2=$(git rev-parse --short=7 HEAD)
version2=0.0.1-snapshot.2.g$commit2
draft pack . 2>/dev/null >../packed
cp -r snapshots ../keep
draft publish -q --snapshot -u snapshots chart/corpcalendar >/dev/null 2>&1
image one <../packed >../line
draft publish --snapshot <../line >"$out" 2>"$err"
like 'another chart of that version' "$? $(failed)" \
  "1 73 cannot publish 'corpcalendar-$version2.tgz': '*snapshots/index.yaml' has this version with other bytes"
is '… and its image is not there' "$(tags snapshot)" "$version"
rm -r snapshots; mv ../keep snapshots

# A tag.
draft publish --release <../line >"$out" 2>"$err"
like 'a commit without a tag' "$? $(failed)" \
  "1 65 cannot name a release of '*app': its commit has no tag that is a version"
git tag nothing; git tag v1.2; git tag v1.2.3
echo 'x: 1' >>chart/corpcalendar/values.yaml
draft publish --release <../line >"$out" 2>"$err"
like 'changes that are not committed' "$? $(failed)" \
  "1 65 cannot name a release of '*it has changes that are not committed"
git checkout -q .
draft publish --release <../line >"$out" 2>"$err"
is 'a tag is a release' "$? $(jq -r '"\(.publish.url) \(.publish.image)"' "$out")" \
  "0 oci://$host/charts/corpcalendar:1.2.3 $host/release/corpcalendar:1.2.3@$(digest ../one.manifest)"
is 'which helm renders from there' \
  "$(helm template x --plain-http "oci://$host/charts/corpcalendar" --version 1.2.3 | grep -o 'image: "[^"]*"')" \
  "image: \"$host/release/corpcalendar:1.2.3\""
draft publish --release <../line2 >"$out" 2>"$err"
is 'once' "$? $(jq -r .failure.code "$out")" '1 73'

# Wrong ways.
exits 64 'both' draft publish --release --snapshot .
sed -i '/-registry/d' draft.toml
draft publish -u snapshots <../line >"$out" 2>"$err"
like 'an image without a registry' "$? $(failed)" \
  "1 78 cannot publish the image 'corpcalendar' of a chart: there is no registry for it"
git checkout -q .
sed -i '/tag:/d' chart/corpcalendar/values.yaml
draft pack . 2>/dev/null | image one >../line
draft publish -u snapshots <../line >"$out" 2>"$err"
like 'a chart that cannot name it' "$? $(failed)" "1 65 *values.yaml*has no 'image.tag' to name the image by"
git checkout -q .
cd ..
finish
