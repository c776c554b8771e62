"""Writes a chart with random templates: DIRECTORY NUMBER SEED. Each is a file; a.yaml includes and quotes all of them.
Many of them fail, as random programs do."""
import os, random, sys

directory, number, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
random.seed(seed)
chance, one = random.random, random.choice
values = '''s: str
num: 3
f: 1.5
t: true
l: [1, a, true, [x, 2.5], {k: v}]
m: {b: 2, a: 1, é: x, nest: {deep: {er: found}}}
e: {}
el: []
es: ""
'''
helpers = '''{{ define "h1" }}[{{ . }}]{{ end }}{{ define "h2" }}{{ .a }}-{{ .m.a }}{{ end }}
{{- define "h3" }}{{ range $i, $e := . }}{{ $i }}{{ $e }}{{ end }}{{ end }}'''


def constant():
    return one(['1', '0', '2', '-1', '1.5', '"a"', '""', '"m"', 'true', 'false', 'nil', '`b`', "'c'", '0x10', '1e3',
                '"k"'])


def path():
    text = one(['.', '.', '.', '$.Values', '$x', '$y', '$.Release'])
    for _ in range(one([0, 1, 1, 1, 2, 3])):
        name = one('s num f t l m e el es none Name a b nest deep k'.split())
        text = '.' + name if text == '.' else text + '.' + name
    return text


def argument(depth):
    if depth <= 0 or chance() < .5: return constant() if chance() < .35 else path()
    return '(%s)%s' % (pipeline(depth - 1), one(['', '', '', '', '', '.a', '.nest']))


def call(depth):
    name = one('print printf println len index index eq ne lt le gt ge and or not list dict default include tpl html js '
               'urlquery required call hasKey get keys default list and or toString quote'.split())
    count = {'len': 1, 'not': 1, 'ne': 2, 'lt': 2, 'le': 2, 'gt': 2, 'ge': 2, 'index': 2, 'default': 2, 'hasKey': 2,
             'get': 2, 'keys': 1, 'toString': 1, 'quote': 1}.get(name, one([1, 2, 2, 3]))
    if chance() < .05: count += one([-1, 1])
    head = {'printf': '"%s"' % one(['%v', '%s-%d', '%q', '%5.2f|%T', '%+v', '%#v', '%x', '%[2]v%[1]v', '%08.3f']),
            'include': one(['"h1"', '"h1"', '"h2"', '"h3"', '"none"']), 'required': '"need"',
            'tpl': one(['"{{ . }}"', '"{{ .a.b }}"', '"x"', '"{{ include \\"h1\\" . }}"', '"{{ len . }}"'])}.get(name)
    if name in ('include', 'required', 'tpl'): count = 1
    if name == 'dict':
        keys = ['"a"', '"k"', '"m"']
        return ' '.join(['dict'] + [one(keys) + ' ' + argument(depth - 1) for _ in range(one([0, 1, 2]))])
    return ' '.join([name] + ([head] if head else []) + [argument(depth - 1) for _ in range(count)])


def pipeline(depth):
    kind = chance()
    text = call(depth) if kind < .6 else path() if kind < .85 else constant()
    while chance() < .2:
        text += ' | ' + one(['len', 'print', 'printf "%v"', 'default "d"', 'not', 'index $.Values', 'eq 1',
                             'include "h1"', 'and 1', 'or 0', 'list 1', 'html', '.s', 'quote'])
    return text


def statements(depth, in_range=False):
    text = ''
    for _ in range(one([1, 1, 2, 3])):
        kind, variable = chance(), one(['$x', '$y', '$z'])
        def body(inside=in_range): return statements(depth - 1, inside)
        if kind < .2: text += one(['x', ' ', '-\n', ': '])
        elif kind < .5 or depth <= 0: text += '{{%s %s %s}}' % (one(['', '-']), pipeline(2), one(['', '-']))
        elif kind < .58: text += '{{ %s := %s }}' % (variable, pipeline(2))
        elif kind < .62: text += '{{ %s = %s }}' % (variable, pipeline(2))
        elif kind < .74:
            text += '{{ if %s }}%s%s{{ end }}' % (
                pipeline(2), body(), one(['', '{{ else }}' + body(), '{{ else if %s }}' % pipeline(1) + body()]))
        elif kind < .84:
            text += '{{ with %s%s }}%s%s{{ end }}' % (
                one(['', '', '$z := ']), pipeline(2), body(),
                one(['', '{{ else }}' + body(), '{{ else with %s }}' % pipeline(1) + body()]))
        elif kind < .96:
            text += '{{ range %s%s }}%s%s{{ end }}' % (
                one(['', '', '$z := ', '$y, $z := ', '$x, $y = ']),
                one(['$.Values.l', '$.Values.m', '.el', pipeline(1)]),
                body(True), one(['', '{{ else }}' + body()]))
        elif in_range: text += one(['{{ break }}', '{{ continue }}', '{{ if eq 1 1 }}{{ break }}{{ end }}'])
        else: text += '{{ template "%s" %s }}' % (one(['h1', 'h2', 'h3', 'nope']), argument(1))
    return text


os.makedirs(directory + '/templates')
files = {'Chart.yaml': 'apiVersion: v2\nname: c\nversion: 1.0.0\n', 'values.yaml': values, 'templates/_h.tpl': helpers}
for n in range(number):
    start = '{{ $x := %s }}{{ $y := %s }}{{ $z := 1 }}' % (
        one(['.Values.m', '1', '.Values.l', '"s"', 'dict "a" 1']), one(['.Values', '.Values.f', '.Values.m.nest']))
    files['templates/_c%03d.tpl' % n] = start + '{{ with .Values }}' + statements(3) + '{{ end }}'
files['templates/a.yaml'] = ''.join(
    'c%03d: {{ include "c/templates/_c%03d.tpl" . | printf "%%q" }}\n' % (n, n) for n in range(number))
for name, text in files.items(): open(directory + '/' + name, 'w').write(text)
