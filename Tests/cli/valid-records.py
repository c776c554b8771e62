"""usage: valid-records.py SCHEMA FILE...

Holds the lines of the files against the schema of draft-records, read more narrowly than it is meant: our members have
no field that it does not name, and no word that it does not give as an example. Says what is wrong, and how many lines
there were.
"""
import json
import sys

import jsonschema


def narrow(schema, is_line=False):
    if isinstance(schema, list):
        return [narrow(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    narrowed = {
        key: {name: narrow(field) for name, field in value.items()} if key == "properties" else narrow(value)
        for key, value in schema.items() if key != "default"
    }
    if "properties" in narrowed and not is_line:
        narrowed["additionalProperties"] = False
    if "examples" in narrowed:
        narrowed["enum"] = narrowed.pop("examples")
    return narrowed


with open(sys.argv[1]) as file:
    schema = json.load(file)
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(narrow(schema, is_line=True))
lines = mistakes = 0
for path in sys.argv[2:]:
    with open(path) as file:
        for line in file:
            lines += 1
            for error in validator.iter_errors(json.loads(line)):
                mistakes += 1
                print(f"{path}: {'.'.join(map(str, error.absolute_path))}: {error.message}")
print(f"{lines} lines")
sys.exit(0 if lines and not mistakes else 1)
