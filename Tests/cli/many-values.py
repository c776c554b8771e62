"""Writes charts with sub-charts, aliases, conditions, tags, import-values and globals, made up at random.

many-values.py NUMBER SEED DIRECTORY: the charts 0, 1, … in the directory, and the values of a user in 0.yaml, 1.yaml, …
"""

import json
import os
import random
import sys

number, seed, directory = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
random.seed(seed)
KEYS = ["a", "b", "c", "d"]


def value(depth=0):
    chance = random.random()
    if chance < 0.18:
        return None
    if chance < 0.5 and depth < 3:
        return table(depth, random.randint(0, 3))
    return random.choice([1, 2.5, True, False, "x", "y", "", [], [1, None], 1000000, {"e": 1}])


def table(depth, count):
    return {key: value(depth + 1) for key in random.sample(KEYS, count)}


def values(names):
    result = table(-1, random.randint(1, 4))
    if random.random() < 0.6:
        result["global"] = random.choice([table(0, 2), table(0, 2), table(0, 1), None, "g", value()])
    for name in names:
        if random.random() < 0.6:
            inner = table(0, random.randint(0, 3))
            if random.random() < 0.4:
                inner["global"] = table(0, 2)
            if random.random() < 0.4:
                inner["enabled"] = random.choice([True, False])
            result[name] = random.choice([None, {}, "s"]) if random.random() < 0.1 else inner
    if random.random() < 0.4:
        result["tags"] = {tag: random.choice([True, False, False, "no"]) for tag in ["t1", "t2"]}
    if random.random() < 0.5:
        result["exports"] = {"e1": table(0, 2)}
    return result


def dependency(name, second):
    result = {"name": name, "version": "1.0.0", "repository": ""}
    if random.random() < 0.2:
        result["version"] = random.choice(["*", "^1", "1.x", "2.x"])
    if second or random.random() < 0.25:
        result["alias"] = f"al{name}{second}"
    own = result.get("alias", name)
    if random.random() < 0.5:
        result["condition"] = random.choice([f"{own}.enabled", f"a.b,{name}.enabled", "c", "zz.y", f" {name}.enabled"])
    if random.random() < 0.4:
        result["tags"] = random.sample(["t1", "t2"], random.randint(1, 2))
    if random.random() < 0.5:
        result["import-values"] = random.choice([
            ["e1"], [{"child": "a", "parent": "imp"}], [{"child": "a", "parent": "a"}],
            [{"child": "global", "parent": "g.h"}], ["e1", {"child": "b", "parent": "."}], ["nope"]])
    return result


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)


def chart(place, name, depth):
    names, dependencies = [], []
    inner = random.sample(["s1", "s2", "s3"], random.randint(0, 2 if depth else 3)) if depth < 2 else []
    for sub in inner:
        chart(f"{place}/charts/{sub}", sub, depth + 1)
        names.append(sub)
        for second in range(random.choice([0, 1, 1, 1, 2])):
            dependencies.append(dependency(sub, second))
            names.append(dependencies[-1].get("alias", sub))
    metadata = {"apiVersion": "v2", "name": name, "version": "1.0.0"}
    if dependencies:
        metadata["dependencies"] = dependencies
    write(f"{place}/Chart.yaml", json.dumps(metadata))
    write(f"{place}/values.yaml", json.dumps(values(names)))
    write(f"{place}/templates/v.yaml", "v: {{ .Values | toJson | quote }}\nw: {{ .Values | toYaml | quote }}\n")
    return names


for one in range(number):
    names = chart(f"{directory}/{one}", "root", 0)
    write(f"{directory}/{one}.yaml", json.dumps(values(names) if random.random() < 0.7 else {}))
