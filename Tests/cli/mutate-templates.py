"""usage: mutate-templates.py CHARTS NUMBER SEED TO

Takes templates of the charts in a directory, spoils each a little, and makes NUMBER charts of them in TO, one template
in each. """
import os
import random
import re
import sys

charts, number, seed, to = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
random.seed(seed)
WORDS = [
    b'(', b')', b'"', b'end ', b'else ', b'else if .x ', b'if ', b'with ', b'range ', b'break', b'continue', b'nil.x ',
    b'.5 ', b'$x ', b'$x, $y := ', b"'a' ",
    b'0x1p-2 ', b'1_000 ', b'08 ', b'`', b'/*', b'x ', b'\xc3\xa9 ', b'\xff', b'= ', b', ', b'| ', b'define "a"',
    b'template "a" ', b'block "q" . ', b'"\\q" ',
    b'1.a ', b'99999999999999999999 ', b'1e400 ', b'a.b ',
]
PIECES = [b'.', b'$', b'-', b'}}', b'{{', b'\n', b' ', b'if ', b'\\']


def places(pattern, text, end=False):
    return [match.end() if end else match.start() for match in re.finditer(pattern, text)]


def without(text, pattern, length=1):
    found = places(pattern, text)
    if not found:
        return text
    at = random.choice(found)
    return text[:at] + text[at + length:]


def inserted(text, found, pieces):
    if not found:
        return text
    at = random.choice(found)
    return text[:at] + random.choice(pieces) + text[at:]


def spoiled(text):
    kind, lines, at = random.randrange(9), text.split(b'\n'), random.randrange(max(1, len(text)))
    if kind == 0:
        return text[:at]
    if kind == 1:
        return without(text, rb'\}\}|\{\{', random.choice([1, 2]))
    if kind == 2:
        return without(text, rb'[()|"$.:=]')
    if kind == 3:
        return inserted(text, places(rb'\{\{-? ?', text, end=True), WORDS)
    if kind == 4:
        return without(text, rb'\s')
    if kind == 5:
        del lines[random.randrange(len(lines))]
        return b'\n'.join(lines)
    if kind == 6:
        lines.insert(random.randrange(len(lines)), random.choice(lines))
        return b'\n'.join(lines)
    if kind == 7:
        return inserted(text, places(rb'[a-z.$]+', text), PIECES)
    return text[:at] + bytes([random.randrange(256)]) + text[at + 1:]


files = sorted(
    os.path.join(directory, name) for directory, _, names in os.walk(charts) if '/templates' in directory
    for name in names
    if os.path.getsize(os.path.join(directory, name)) < 60000)
for count in range(number):
    with open(random.choice(files), 'rb') as file:
        text = file.read()
    for _ in range(random.choice([1, 1, 1, 2])):
        text = spoiled(text)
    directory = f'{to}/{count}'
    os.makedirs(directory + '/templates')
    with open(directory + '/Chart.yaml', 'w', encoding='utf-8') as file:
        file.write('apiVersion: v2\nname: c\nversion: 1.0.0\n')
    with open(directory + '/templates/x.yaml', 'wb') as file:
        file.write(text)
