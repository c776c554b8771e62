"""usage: mark-branches.py CHART FINDINGS COPY

Copies a chart and puts {{ fail "draft-taken" }} at the start of each branch that draft lint says is never taken; prints
how many. With -v as a fourth argument it is put at the start of all the others."""
import json, os, re, shutil, sys
root, others = sys.argv[1], len(sys.argv) > 4
shutil.copytree(root, sys.argv[3])
places, count = {}, 0
for line in open(sys.argv[2]):
    finding = json.loads(line)['finding']
    if finding['rule'] == 'branch': places.setdefault(finding['file'],
        []).append((finding['line'], finding['column'], "the 'else' of" in finding['message']))
for directory, _, names in os.walk(os.path.join(root, 'templates')):
    for path in [os.path.join(directory, name) for name in names]:
        data = open(path, 'rb').read()
        starts = [0] + [match.end() for match in re.finditer(b'\n', data)]
        found = {starts[line - 1] + column - 1 for line, column, is_else in places.get(path, ()) if not is_else}
        if others: found = {match.end() for match in re.finditer(rb'\{\{-? *(if|with) +', data)} - found
        for at in sorted(found, reverse=True):
            end = data.index(b'}}', at) + 2
            data = data[:end] + b'{{ fail "draft-taken" }}' + data[end:]
            count += 1
        open(os.path.join(sys.argv[3], os.path.relpath(path, root)), 'wb').write(data)
print(count)
