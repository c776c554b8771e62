"""Writes a chart whose template passes made-up values through toYaml, toJson and fromYaml, a line for each.

many-texts.py NUMBER SEED DIRECTORY
"""

import json
import os
import random
import sys

number, seed, directory = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
random.seed(seed)
PIECES = [
    "yes", "no", "y", "true", "null", "~", "0x1F", "0o17", "017", "08", "1_000", "1e3", ".5", "5.", "+1", "-1", "-",
    "+", ".inf", ".nan", "12:30", "12:30:45", "1:2.5", "2001-01-01", "2001-1-1 2:3:4", "2001-12-14t21:59:43.1Z", " ",
    "  ", "\n", "\n\n", "\t", "\r", "a", "b", "foo bar", "'", '"', "#", " #", ": ", ":", "- ", "-", "? ", "?", "!",
    "!!str", "&a", "*", "*a", "|", ">", "%", "@", "`", "{", "}", "[", "]", ",", "=", "<<", "é", "日本", "\U0001F600",
    "\x07", "\x00", "\x1b", "\x7f", "\u00a0", "---", "...", "--- a", "\\", "\\n", "0", "123", "1e400", "0b101",
    "99999999999999999999", "0xfffffffffffffffffff", "NaN", "on", "off", "a long piece of text that goes on ",
    "http://x.y/z?a=b&c=d", "$(X)", "{{ a }}", "k: v\nz: w", "- a\n- b\n", "  lead", "trail  ", "\n lead", "tail\n"]
NUMBERS = [0, -0.0, 1, 1e6, 1e21, 1e20, 123456789.5, 0.1, 1e-7, 1.5e300, 5e-324, 2**53 + 1, 2**63, 2**64, 1234567.5]


def text():
    chance = random.random()
    if chance < 0.25:
        return random.choice(PIECES)
    if chance < 0.8:
        return "".join(random.choice(PIECES) for _ in range(random.randint(1, 4)))
    if chance < 0.9:
        words = ["word", "longerword", "a:", "#b", "-", "1"]
        return " ".join(random.choice(words) for _ in range(random.randint(10, 40)))
    return "".join(random.choice("ab01 :-#\n'\"\\\t,[]{}é") for _ in range(random.randint(1, 30)))


def figure():
    chance = random.random()
    if chance < 0.3:
        return random.randint(-10 ** random.randint(1, 22), 10 ** random.randint(1, 22))
    return random.uniform(-1, 1) * 10 ** random.randint(-10, 25) if chance < 0.6 else random.choice(NUMBERS)


def value(depth=0):
    chance = random.random()
    if depth < 3 and chance < 0.2:
        return {text() or "k": value(depth + 1) for _ in range(random.randint(0, 4))}
    if depth < 3 and chance < 0.35:
        return [value(depth + 1) for _ in range(random.randint(0, 3))]
    if chance < 0.7:
        return text()
    return figure() if chance < 0.9 else random.choice([None, True, False])


os.makedirs(f"{directory}/templates", exist_ok=True)
with open(f"{directory}/Chart.yaml", "w") as file:
    file.write("apiVersion: v2\nname: texts\nversion: 1.0.0\n")
with open(f"{directory}/values.json", "w") as file:
    json.dump([value() for _ in range(number)], file)
with open(f"{directory}/templates/lines.yaml", "w") as file:
    file.write(
        '{{ range $i, $e := fromJsonArray (.Files.Get "values.json") }}# {{ $i }} {{ toYaml $e | b64enc }} '
        '{{ toYaml (dict "k" (list $e)) | b64enc }} {{ toJson $e | b64enc }} '
        '{{ fromYaml (toYaml (dict "k" $e)) | toJson | b64enc }}\n{{ end }}\nkind: Texts\n')
