"""The deploy file's JSON Schema, for editors: made from the model, and from the reader's tables of what goes together.

Whatever the reader takes is valid by it. The reader finds more: it looks into names, commands and references.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tidegate.blueprint import unsupported
from tidegate.blueprint.fields import SWITCH
from tidegate.blueprint.model import Blueprint
from tidegate.plans import LANGUAGES
from tidegate.repository import DEPLOY_FILE

Schema = dict[str, Any]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
#: What the reader takes in quotes, too, by the type that it stands for.
_QUOTED = {
    "boolean": "^(" + "|".join(form for word in SWITCH for form in (word, word.capitalize(), word.upper())) + ")$",
    "integer": r"^\s*[+-]?\d[\d_]*(\.0*)?\s*$",
    "number": r"^\s*[+-]?[\d._]+([eE][+-]?\d+)?\s*$",
}


def json_schema() -> Schema:
    """JSON Schema (2020-12); published at /schema/tidegate.json."""
    schema = Blueprint.model_json_schema(by_alias=True)
    service, group = schema["$defs"]["Service"], schema["$defs"]["EnvVarGroup"]
    for name, (kind, told) in unsupported.OLDER.items():
        service["properties"][name] = {"type": kind, "deprecated": True, "description": told}
    service["properties"]["type"]["enum"] += ["static", *unsupported.TYPES]
    service["allOf"] = [*_by_type(), *_by_runtime(), *_of_a_site()]
    group["allOf"] = [{"properties": {"envVars": {"items": _without(unsupported.OF_A_GROUP)}}}]
    for each in (schema, *schema["$defs"].values()):
        _as_written(each)
    return {"$schema": _DIALECT, **schema, "title": DEPLOY_FILE}


def _by_type() -> Iterable[Schema]:
    for kind, refused in unsupported.OF_OTHER_TYPES.items():
        words: list[str | None] = [kind, *(other for other, same in unsupported.TYPES.items() if same == kind)]
        if kind == "web":
            words += ["static", None]
        yield _where("type", words, _without(refused))
    yield _where("type", ["cron"], {"required": ["schedule"]})


def _by_runtime() -> Iterable[Schema]:
    image = {"required": ["image"], **_without(unsupported.OF_A_BUILD)}
    yield {**_where("runtime", ["image"], image), "else": _without(["image"])}
    yield _where("runtime", ["docker"], _without(unsupported.OF_A_PLAN))
    yield _where("runtime", list(LANGUAGES), _without(unsupported.OF_A_DOCKERFILE))


def _of_a_site() -> Iterable[Schema]:
    told = [{"properties": {name: {"const": "static"}}, "required": [name]} for name in ("type", "runtime")]
    yield {
        "if": {"anyOf": told},
        "then": _without(unsupported.OF_NO_SITE),
        "else": _without(unsupported.OF_A_SITE),
    }


def _where(name: str, values: list[str | None], then: Schema) -> Schema:
    """Absent counts as None, as it does for the reader."""
    needed = {} if None in values else {"required": [name]}
    return {"if": {"properties": {name: {"enum": values}}, **needed}, "then": then}


def _without(names: Iterable[str]) -> Schema:
    return {"properties": {name: {"type": "null"} for name in names}}


def _as_written(mapping: Schema) -> None:
    """In place: a field without a value is as if not written, and scalars may be quoted or not. Titles that pydantic
    makes up of names say nothing."""
    mapping.pop("title", None)
    for name, field in mapping.get("properties", {}).items():
        field.pop("title", None)
        if field.get("default", ...) is None:
            del field["default"]
        _unquoted(field)
        if name not in mapping.get("required", ()):
            _nullable(field)


def _unquoted(node: Schema) -> None:
    kind = node.get("type")
    if kind == "string" and "enum" not in node:
        node["type"] = ["string", "number", "boolean"]
    elif kind in _QUOTED:
        node |= {"type": [kind, "string"], "pattern": _QUOTED[kind]}
    for inner in (*node.get("anyOf", ()), *([node["items"]] if "items" in node else [])):
        _unquoted(inner)


def _nullable(field: Schema) -> None:
    if "anyOf" in field:
        return  # by the model: it has null among its types
    if "$ref" in field or "enum" in field:
        told = {name: field.pop(name) for name in ("$ref", "enum", "type") if name in field}
        field["anyOf"] = [told, {"type": "null"}]
        return
    kinds = field["type"]
    field["type"] = [*(kinds if isinstance(kinds, list) else [kinds]), "null"]
