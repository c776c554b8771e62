"""Renders charts with draft and with helm, and compares.

beside-helm.py CHARTS [--mutants NUMBER] [--seed SEED] [--goldens] [--only PATTERN]

CHARTS is a directory of charts: directories with a Chart.yaml, at any depth, or archives. Each is rendered with its
own values and with each file of its ci/. With --mutants each is rendered with NUMBER files of damaged values instead:
one of another type, null, empty, huge, or deep. With --goldens helm's text is read from the directories golden and
golden-ci beside CHARTS.

A line for each rendering that is helm's own or different, with the first difference; the last line has the numbers.
Exits 1 if there is a difference.
"""

import argparse
import concurrent.futures
import copy
import glob
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import threading

import yaml

WORD = re.compile(rb"[A-Za-z0-9+/=_-]+")
PROBLEM = re.compile(r"- ([^\s:]+): ")
PLACE = re.compile(r"([\w./@-]+/templates/[\w./@-]+:\d+|on [\w./@-]+/templates/[\w./@-]+:)")
DEEP = 60

parser = argparse.ArgumentParser()
parser.add_argument("charts")
parser.add_argument("--mutants", type=int, default=0)
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--goldens", action="store_true")
parser.add_argument("--only", default="")
given = parser.parse_args()
scratch = tempfile.TemporaryDirectory()
found = []
counts = dict.fromkeys(["equal", "random", "fallback", "refused", "different"], 0)
lock = threading.Lock()


def charts():
    for directory, inner, files in sorted(os.walk(given.charts)):
        if any(directory.startswith(chart + "/") for chart in found):
            continue
        if "Chart.yaml" in files:
            found.append(directory)
        else:
            found.extend(f"{directory}/{name}" for name in sorted(files) if name.endswith(".tgz"))
    return found


def run(*words):
    result = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return result.returncode, result.stdout, result.stderr.decode(errors="replace")


def helm(chart, options):
    code, text, said = run("helm", "template", "rel", chart, *options)
    said = said[said.find("Error: ") + 7:] if "Error: " in said else said
    return text if code == 0 else None, said.split("\n\nUse --debug flag")[0].rstrip("\n")


def draft(chart, options):
    code, text, said = run("draft-render", "--debug", "--name", "rel", "-o", "yaml", *options, chart)
    why = re.search("rendered by helm: (.*)", said)
    said = "\n".join(line for line in said.split("\n") if "rendered by helm: " not in line).strip("\n")
    for head in ["draft-render: the chart does not render: ", "draft-render: "]:
        if said.startswith(head):
            said = said[len(head):]
            break
    return text if code == 0 else None, said, why and why.group(1)


def is_random(first, second, text):
    """Whether a text is the first but for words that are others in the second."""
    first, second, text = (one.split(b"\n") for one in (first, second, text))
    if len({len(first), len(second), len(text)}) > 1:
        return False
    for one, two, three in zip(first, second, text):
        if one == three:
            continue
        if one == two:
            return False
        if not len({WORD.sub(b"", line) for line in (one, two, three)}) > 1:
            words = zip(*(WORD.findall(line) for line in (one, two, three)))
            if any(a == b != c for a, b, c in words):
                return False
    return True


def difference(wanted, got):
    one, two = wanted.split(b"\n"), got.split(b"\n")
    for number, (a, b) in enumerate(zip(one, two)):
        if a != b:
            break
    else:
        number = min(len(one), len(two))
        a, b = (lines[number] if number < len(lines) else b"(end)" for lines in (one, two))
    source = [line for line in one[:number + 1] if line.startswith(b"# Source: ")]
    where = source[-1][10:].decode() if source else ""
    return f"line {number + 1} ({where}): helm {a[:200]!r}, draft {b[:200]!r}"


def same_refusal(wanted, got):
    """In the same words, or at the same lines of templates."""
    if got.startswith(wanted) or wanted.startswith(got):
        return True
    if "specifications of the schema" in wanted:
        return sorted(PROBLEM.findall(wanted)) == sorted(PROBLEM.findall(got))
    # The middle of a very long message is left out.
    places = PLACE.findall(wanted)
    return bool(places) and PLACE.findall(got)[:1] == places[:1]


def compare(name, chart, options, golden=None):
    text, said, why = draft(chart, options)
    wanted, refusal = (open(golden, "rb").read(), "") if golden else helm(chart, options)
    shown = ""
    if wanted is None:
        if text is not None:
            kind, shown = "different", f"helm refuses it: {refusal[:500]}"
        elif same_refusal(refusal, said):
            kind = "refused"
        else:
            kind, shown = "different", f"helm says: {refusal[:500]} -- draft says: {said[:500]}"
    elif text is None:
        kind, shown = "different", f"draft refuses it: {said[:500]}"
    elif why is not None:
        kind, shown = "fallback", why
        # Only what is another each time may be left to helm.
        if golden and not why.startswith("lookup ") and helm(chart, options)[0] == wanted:
            kind = "different"
    elif text == wanted:
        kind = "equal"
    else:
        # Two runs may agree by chance: on the order of two keys, for one.
        runs = (helm(chart, options)[0] for _ in range(5))
        if any(again is not None and again != wanted and is_random(wanted, again, text) for again in runs):
            kind = "random"
        else:
            kind, shown = "different", difference(wanted, text)
    with lock:
        counts[kind] += 1
        if shown:
            print(f"{kind}: {name}: {shown}".replace("\n", " | "), flush=True)


# MARK: damaged values

def paths(value, before=()):
    if isinstance(value, dict):
        for key, inner in value.items():
            if isinstance(key, str):
                yield before + (key,)
                yield from paths(inner, before + (key,))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield before + (number,)
            yield from paths(inner, before + (number,))


def damaged(chance, old):
    deep = {"deep": 1}
    for _ in range(DEEP):
        deep = {"deep": deep} if chance.random() < 0.5 else [deep]
    kinds = [
        lambda: chance.choice([1, 0, -1, 1.5, 8080, 1000000, 12345678]),
        lambda: chance.choice(["text", "a: b", "- x", "1", "true", "{{ .Release.Name }}", "{{ .Values.none.x }}"]),
        lambda: chance.choice([True, False]),
        lambda: chance.choice([[], ["a"], [1, None], [{"name": "a", "value": "b"}], [["a"]]]),
        lambda: chance.choice([{}, {"a": "b"}, {"a": {"b": 1}}, {"name": None}]),
        lambda: None, lambda: None,
        lambda: chance.choice(["", {}, []]),
        lambda: chance.choice([1e300, 2**63, "x" * 100000, ["y"] * 3000, {f"k{n}": n for n in range(2000)}, -1e-9]),
        lambda: deep,
    ]
    for _ in range(20):
        new = chance.choice(kinds)()
        if type(new) is not type(old) or new != old:
            return new
    return None


def mutant(chance, values):
    """An overlay that changes one to three values."""
    overlay, every = {}, list(paths(values))
    for _ in range(chance.choice([1, 1, 2, 3])):
        if not every or chance.random() < 0.03:
            overlay["unknown"] = damaged(chance, None)
            continue
        path = chance.choice(every)
        place, source = overlay, values
        try:
            for key in path[:-1]:
                source = source[key]
                if isinstance(place, dict) and type(place.get(key)) is not type(source):
                    place[key] = copy.deepcopy(source) if isinstance(source, list) else {}
                place = place[key]
            place[path[-1]] = damaged(chance, source[path[-1]])
        except (IndexError, KeyError, TypeError):
            # Where another damage was.
            pass
    return overlay


def values_of(chart):
    try:
        with open(f"{chart}/values.yaml", encoding="utf-8") as file:
            return yaml.load(file, yaml.CSafeLoader) or {}
    except (OSError, yaml.YAMLError, ValueError):
        return {}


def cases():
    for chart in charts():
        name = os.path.relpath(chart, given.charts)
        if given.only not in name:
            continue
        if given.mutants:
            chance, values = random.Random(f"{given.seed} {name}"), values_of(chart)
            for number in range(given.mutants):
                file = f"{scratch.name}/{name.replace('/', '__')}.{number}.json"
                overlay = mutant(chance, values)
                with open(file, "w", encoding="utf-8") as to:
                    json.dump(overlay, to, default=str)
                shown = json.dumps(overlay, default=str)
                shown = shown if len(shown) < 300 else shown[:300] + " …"
                yield f"{name} -f {shown} ({number})", chart, ["-f", file], None
            continue
        goldens = os.path.join(given.charts, "..")
        yield name, chart, [], f"{goldens}/golden/{name}.yaml" if given.goldens else None
        for file in sorted(glob.glob(f"{glob.escape(chart)}/ci/*.yaml")):
            base = os.path.basename(file)
            golden = f"{goldens}/golden-ci/{name}__{base}"
            if not given.goldens or os.path.exists(golden):
                yield f"{name} -f ci/{base}", chart, ["-f", file], golden if given.goldens else None


with concurrent.futures.ThreadPoolExecutor(2) as pool:
    for future in [pool.submit(compare, *case) for case in cases()]:
        future.result()
print(", ".join(f"{number} {kind}" for kind, number in counts.items()))
sys.exit(1 if counts["different"] else 0)
