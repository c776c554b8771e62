#!/bin/sh
# draft render beside helm 4, when that is the helm on PATH: made-up values, made-up charts, and many real ones. Helm 4
# is a library for Python here, the package helm-python-sdk, in the virtual environment that has helm; HELM4_PYTHON is
# another interpreter that has it. The library does not tell hooks, so they are left out.
. "$(dirname "$0")/lib.sh"
python=${HELM4_PYTHON:-$(dirname "$(command -v helm || echo /usr/bin/helm)")/python3}
if ! "$python" -c 'import helm_python' 2>/dev/null; then
  skip 'charts rendered as by helm 4' "'$python' has no helm-python-sdk; HELM4_PYTHON names another Python"
  finish
  exit 0
fi
mkdir bin
# shellcheck disable=SC2016 # the script's own
printf '#!/bin/sh\n[ "$1" = version ] || { echo "Error: this is left to helm" >&2; exit 1; }\necho v4.2.3+g1234567\n' >bin/helm
chmod +x bin/helm
PATH=$scratch/bin:$PATH

cat >compare.py <<'P'
import glob, json, os, subprocess, sys
import helm_python as helm

config = helm.Config(storage_driver="memory", kubeconfig_content="apiVersion: v1\nkind: Config\n")
counts = dict.fromkeys(["equal", "random", "fallback", "refused", "different"], 0)

def theirs(chart, values):
    given = helm.values_from_yaml(open(values).read()) if values else {}
    return config.install(chart, "rel", given, dry_run="client", namespace="default").get("manifest", "").strip() + "\n"

def isRandom(one, again, ours):
    lines = [text.split("\n") for text in (one, again, ours)]
    return len(set(map(len, lines))) == 1 and all(a != b or a == c for a, b, c in zip(*lines))

def compare(chart, values=None):
    words = ["draft-render", "--name", "rel", "--no-hooks", "-o", "yaml", chart] + (["-f", values] if values else [])
    done = subprocess.run(words, capture_output=True, stdin=subprocess.DEVNULL)
    ours, said = done.stdout.decode(errors="surrogateescape"), done.stderr.decode()
    try:
        wanted = theirs(chart, values)
    except helm.HelmError as error:
        if done.returncode:
            return "refused"
        print(chart, values, "helm says", str(error)[:300])
        return "different"
    if "this is left to helm" in said:
        return "fallback"
    if ours == wanted:
        return "equal"
    if done.returncode == 0 and isRandom(wanted, theirs(chart, values), ours):
        return "random"
    mine, other = ours.split("\n"), wanted.split("\n")
    place = next((i for i, pair in enumerate(zip(mine, other)) if pair[0] != pair[1]), min(len(mine), len(other)))
    if counts["different"] < 4:
        print(chart, values, done.returncode, said[:300], place, mine[place:place + 2], other[place:place + 2])
    return "different"

for chart in sorted(glob.glob(sys.argv[1] + "/*/")):
    chart, beside = chart.rstrip("/"), chart.rstrip("/") + ".yaml"
    if os.path.exists(beside):
        counts[compare(chart, beside)] += 1
    else:
        counts[compare(chart)] += 1
        for values in sorted(glob.glob(chart + "/ci/*.yaml")):
            counts[compare(chart, values)] += 1
print(helm.helm_sdk_version(), counts, file=sys.stderr)
P

# beside DIRECTORY NAME
beside() {
  exits 0 "$2 are compared" "$python" compare.py "$1"
  note "$(tail -n 1 "$err")"
  is "$2 are rendered as by helm 4" "$(cat "$out")" ''
}

mkdir -p own/all/templates own/all/charts/in/templates
printf 'apiVersion: v2\nname: all\nversion: 1.0.0\nkeywords: [a]\nmaintainers: [{name: m}]\nkubeVersion: ">=1.35"\n' \
  >own/all/Chart.yaml
printf 'apiVersion: v2\nname: in\nversion: 1.0.0\n' >own/all/charts/in/Chart.yaml
printf 'a: null\nb: {c: null, d: 1}\n' >own/all/charts/in/values.yaml
printf 'a: null\nb: {c: null, d: 1}\nin: {b: {d: null}}\n' >own/all/values.yaml
printf 'v: {{ toJson .Values }}\n' >own/all/charts/in/templates/v.yaml
cat >own/all/templates/a.yaml <<'T'
v: {{ toJson .Values | quote }}
chart: {{ toYaml .Chart | nindent 2 }}
none: "{{ .Chart.Nothing }}{{ .Chart.Maintainers }}{{ .Chart }}"
type: {{ printf "%T %T %T" .Chart .Capabilities .Capabilities.KubeVersion }}
kube: {{ .Capabilities.KubeVersion }} {{ .Capabilities.KubeVersion.Minor }} {{ .Capabilities.APIVersions | len }}
has: {{ .Capabilities.APIVersions.Has "resource.k8s.io/v1" }} {{ .Capabilities.APIVersions.Has "autoscaling/v2beta1" }}
---
kind: ValidatingWebhookConfiguration
---
kind: Zebra
---
kind: MutatingWebhookConfiguration
text: |+
  the end


T
beside own 'charts with what differs from helm 3'
/usr/bin/python3 "$root/Tests/cli/many-values.py" "${MANY:-40}" "${SEED:-4242}" made
beside made 'made-up charts with sub-charts'

# shellcheck source=Tests/cli/charts.sh
. "$root/Tests/cli/charts.sh"
beside "$charts" 'real charts'
finish
