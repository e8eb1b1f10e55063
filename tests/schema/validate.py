#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""validate.py SCHEMA ALL.json...: documents of `report all -f json` against the schema; every report and every
column must be in it. One line for each thing that is wrong."""
import json
import sys

import jsonschema


def check(schema, validator, path):
    with open(path, encoding="utf-8") as file:
        document = json.load(file)
    for error in list(validator.iter_errors(document))[:20]:
        where = "/".join(str(part) for part in error.absolute_path)
        yield f"{path}: {where}: {error.message[:200]}"
    for report in document["rows"]:
        row = schema["$defs"].get("row_" + report["report"].replace("-", "_"))
        if row is None:
            yield f"{path}: report {report['report']} is not in the schema"
            continue
        for column in report["rows"][0] if report["rows"] else []:
            if column not in row["properties"]:
                yield f"{path}: column {column} of {report['report']} is not in the schema"


def main(schema_path, *paths):
    with open(schema_path, encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    wrong = [line for path in paths for line in check(schema, validator, path)]
    print("\n".join(wrong), end="\n" if wrong else "")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
