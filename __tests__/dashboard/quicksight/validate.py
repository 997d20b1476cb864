"""Checks requests against AWS's own service model: reads {"operation", "input"} lines, writes what is wrong with each, a line each.

The model is botocore's, which itself checks neither enumerations nor patterns.
"""

import json
import re
import sys

import botocore.session
from botocore.model import ServiceModel

MODEL = ServiceModel(botocore.session.get_session().get_service_data("quicksight"), "quicksight")


def problems(value, shape, path):
    kind = shape.type_name
    if kind == "structure":
        yield from structure(value, shape, path)
    elif kind == "list":
        if not isinstance(value, list):
            yield f"{path} is no list"
            return
        yield from bounds(len(value), shape, path)
        for n, each in enumerate(value):
            yield from problems(each, shape.member, f"{path}[{n}]")
    elif kind == "map":
        for key, each in value.items():
            yield from problems(key, shape.key, f"{path} key {key}")
            yield from problems(each, shape.value, f"{path}.{key}")
    elif kind == "string":
        yield from text(value, shape, path)
    elif kind in ("integer", "long", "double", "float"):
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            yield f"{path} is no number: {value!r}"
            return
        if kind in ("integer", "long") and value != int(value):
            yield f"{path} is no whole number: {value}"
        yield from bounds(value, shape, path)
    elif kind == "boolean" and not isinstance(value, bool):
        yield f"{path} is no boolean: {value!r}"


def structure(value, shape, path):
    if not isinstance(value, dict):
        yield f"{path} is no object"
        return
    for name in shape.required_members:
        if name not in value:
            yield f"{path}.{name} is required"
    for name, each in value.items():
        if name not in shape.members:
            yield f"{path}.{name} is unknown: there are {', '.join(shape.members)}"
        else:
            yield from problems(each, shape.members[name], f"{path}.{name}")


def text(value, shape, path):
    if not isinstance(value, str):
        yield f"{path} is no text: {value!r}"
        return
    if shape.enum and value not in shape.enum:
        yield f"{path} is {value!r}, none of {', '.join(shape.enum)}"
    yield from bounds(len(value), shape, path)
    pattern = shape.metadata.get("pattern")
    if pattern and not re.fullmatch(pattern, value):
        yield f"{path} is {value!r}, not like {pattern}"


def bounds(size, shape, path):
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least is not None and size < least or most is not None and size > most:
        yield f"{path} is {size}, not from {least} to {most}"


for line in sys.stdin:
    request = json.loads(line)
    shape = MODEL.operation_model(request["operation"]).input_shape
    print(json.dumps(list(problems(request["input"], shape, request["operation"]))))
