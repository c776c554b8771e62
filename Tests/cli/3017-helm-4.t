#!/bin/sh
# draft lint and draft package beside helm 4, on many real charts. Helm 4 is a library for Python here, the package
# helm-python-sdk, in the virtual environment that has helm; HELM4_PYTHON is another interpreter that has it.
. "$(dirname "$0")/lib.sh"
# shellcheck source=Tests/cli/charts.sh
. "$root/Tests/cli/charts.sh"
python=${HELM4_PYTHON:-$(dirname "$(command -v helm || echo /usr/bin/helm)")/python3}
if ! "$python" -c 'import helm_python' 2>/dev/null; then
  skip 'charts beside helm 4' "'$python' has no helm-python-sdk; HELM4_PYTHON names another Python"
  finish
  exit 0
fi

exits 0 'the charts are compared' "$python" - "$charts" <<'P'
import glob, json, os, subprocess, sys, tarfile, tempfile
import helm_python as helm

def draft(*words):
    return subprocess.run(words, capture_output=True, text=True, stdin=subprocess.DEVNULL)

def files(path):
    with tarfile.open(path) as tar:
        return {member.name: tar.extractfile(member).read() for member in tar if member.isfile()}

charts, bad = sorted(glob.glob(sys.argv[1] + "/*")), 0
for chart in charts:
    wrong, ours = bool(helm.lint(chart)["errors"]), draft("draft-lint", "-q", chart)
    bad += wrong
    if wrong != (ours.returncode == 1):
        print(f"lint {chart}: {wrong}, {ours.returncode}")
    with tempfile.TemporaryDirectory() as directory:
        try:
            theirs = files(helm.package(chart, destination=directory))
        except helm.HelmError:
            theirs = None
        packed = draft("draft-package", "-q", "-d", directory + "/draft", chart)
        if theirs != (files(json.loads(packed.stdout)["chart"]["path"]) if packed.returncode == 0 else None):
            print(f"package {chart}")
print(f"{helm.helm_sdk_version()}: {len(charts)} charts, {bad} with errors", file=sys.stderr)
P
note "$(cat "$err")"
is 'lint has the same verdict, package the same files' "$(cat "$out")" ''
finish
