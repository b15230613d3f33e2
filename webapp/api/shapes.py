"""JSON Schemas of what the API takes and gives (https://json-schema.org/draft/2020-12), in few words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

Schema = dict[str, Any]

#: Those that have a name of their own, as the description's components.
NAMED: dict[str, Schema] = {}

TEXT: Schema = {"type": "string"}
WHOLE: Schema = {"type": "integer"}
NUMBER: Schema = {"type": "number"}
YES_OR_NO: Schema = {"type": "boolean"}
MOMENT: Schema = {"type": "string", "format": "date-time"}


def maybe(schema: Schema) -> Schema:
    """Or null."""
    return {"anyOf": [schema, {"type": "null"}]}


def one_of(words: Iterable[str]) -> Schema:
    return {"type": "string", "enum": [str(each) for each in words]}


def many(of: Schema) -> Schema:
    return {"type": "array", "items": of}


def record(**fields: Schema) -> Schema:
    """All of these fields, and no other."""
    return {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}


def some(**fields: Schema) -> Schema:
    """Any of these fields, and no other."""
    return {"type": "object", "properties": fields, "additionalProperties": False}


def named(name: str, schema: Schema) -> Schema:
    """The same by reference, for what stands in many answers."""
    NAMED[name] = schema
    return {"$ref": f"#/components/schemas/{name}"}


def page(name: str, of: Schema, cursor: Schema) -> Schema:
    """A part of a list; `next` leads on, and is null at the end."""
    return record(**{name: many(of), "next": maybe(cursor)})


MAYBE_TEXT = maybe(TEXT)
MAYBE_MOMENT = maybe(MOMENT)
