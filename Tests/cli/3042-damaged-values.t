#!/bin/sh
# Values of real charts beside helm: damaged ones, which give the same text or are refused for the same; and each
# values.yaml read, and written as YAML, JSON and TOML.
. "$(dirname "$0")/lib.sh"
# shellcheck source=Tests/cli/charts.sh
. "$root/Tests/cli/charts.sh"
command -v helm >/dev/null || { skip 'the values of charts' 'there is no helm'; finish; exit 0; }

code=0
/usr/bin/python3 "$root/Tests/cli/beside-helm.py" --mutants 1 --seed "${SEED:-1}" "$charts" >lines || code=$?
sed 's/^/# /' lines
is "with a damaged value in each chart: $(tail -n 1 lines)" "$code" 0

mkdir -p values/templates values/v
printf 'apiVersion: v2\nname: values\nversion: 1.0.0\n' >values/Chart.yaml
for file in "$charts"/*/values.yaml; do
  name=${file%/values.yaml}
  [ ! -f "$file" ] || cp "$file" "values/v/${name##*/}.yaml"
done
# shellcheck disable=SC2016 # variables of the template
printf '%s\n' '{{ range $name, $_ := .Files.Glob "v/*" }}{{ $value := $.Files.Get $name | fromYaml }}' \
  '# {{ $name }} {{ len $value }} {{ toYaml $value | sha256sum }} {{ toJson $value | sha256sum }}' \
  '{{- toToml $value | sha256sum }}' \
  '{{- toYaml $value | fromYaml | toJson | sha256sum }} {{ toYaml $value | fromYaml | toYaml | sha256sum }}' \
  '{{ end }}# {{ fromYamlArray "# nothing" | toJson }}' 'kind: Values' >values/templates/values.yaml
helm template values >wanted
draft render --debug -o yaml values >got 2>said
ok 'values are read from YAML, and written as YAML, JSON and TOML, as by helm' cmp wanted got ||
  diff wanted got | head -n 4
is 'not by helm itself' "$(grep 'rendered by helm' said)" ''
ok 'of all charts' test "$(grep -c '^# v/' got)" = "$(find values/v -name '*.yaml' | wc -l)"
finish
