"""The deploy file's reference for people, docs/deploy-file.md: made from its schema, so that the two never differ."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tidegate.blueprint import unsupported
from tidegate.blueprint.schema import Schema, json_schema
from tidegate.repository import DEPLOY_FILE

_HEAD = f"""# The deploy file

`{DEPLOY_FILE}`, at the repository's root. Its field names are those of Render's blueprint where the meaning is the
same. A mistake in it is told on the commit, at its line; `tidegate validate` tells it before.
`tidegate import render.yaml` (or `railway.json`, `railway.toml`) makes one of what you have, and
`tidegate propose` of a tree that has none.

Editors help with it by its JSON Schema (2020-12), which `tidegate schema` prints and each server has at
`/schema/tidegate.json`; in the file's first line:

```yaml
# yaml-language-server: $schema=https://tidegate.example.com/schema/tidegate.json
services:
  - name: web
```

What isn't told here is refused, never ignored. A field without a value is as if not written. YAML's anchors and `<<`
work.

*This page is made of the reader's own tables: `tidegate schema --markdown`.*
"""
_KINDS = {"string": "text", "integer": "whole number", "number": "number", "boolean": "`true` or `false`"}


def markdown() -> str:
    return "\n".join([_HEAD, *_Fields(json_schema()).sections(), *_together(), *_refused()])


@dataclass
class _Fields:
    """`met`: where in the file each mapping of the schema was met first."""

    schema: Schema
    met: dict[str, str] = field(default_factory=dict)

    def sections(self) -> Iterator[str]:
        """A table for each mapping, in the order in which they are met from the top of the file."""
        queue: list[tuple[str, str, Schema]] = [("", "At the top", self.schema)]
        while queue:
            path, title, mapping = queue.pop(0)
            yield f"## {title}\n"
            if path and "description" in mapping:
                yield f"{mapping['description']}\n"
            yield "| Field | Is | |\n| --- | --- | --- |"
            for name, told in mapping["properties"].items():
                inner, many = self._mapping_of(told)
                at = f"{path}{name}{'[]' if many else ''}"
                if inner is not None and inner not in self.met:
                    self.met[inner] = at
                    queue.append((f"{at}.", f"`{at}`", self.schema["$defs"][inner]))
                yield self._row(name, told, required=name in mapping.get("required", ()))
            yield ""

    def _row(self, name: str, told: Schema, *, required: bool) -> str:
        notes = ["required"] if required else []
        default = told.get("default")
        if default not in (None, "", []) and not isinstance(default, dict):
            notes.append(f"default {_code(default)}")
        kind = "; ".join((self._kind(told), *notes))
        return f"| `{name}` | {kind} | {_line(told.get('description', ''))} |"

    def _kind(self, told: Schema) -> str:
        real = self._real(told)
        if "enum" in real:
            return " \\| ".join(_code(each) for each in real["enum"])
        if "$ref" in real:
            at = self.met[_name_of(real)]
            return f"mapping: [`{at}`](#{_anchor(at)})"
        kind = real["type"] if isinstance(real["type"], str) else real["type"][0]
        if kind == "array":
            limit = f", at most {real['maxItems']}" if "maxItems" in real else ""
            return f"list{limit}: {self._kind(real['items'])}"
        return f"{_KINDS[kind]}{_limits(real)}"

    def _mapping_of(self, told: Schema) -> tuple[str | None, bool]:
        """(name of the mapping that the field holds, whether it holds a list of them)."""
        real = self._real(told)
        many = "items" in real
        real = self._real(real["items"]) if many else real
        return (_name_of(real) if "$ref" in real else None), many

    def _real(self, told: Schema) -> Schema:
        """Without null, which means that nothing is written; an enumeration in place of its name."""
        found: Schema = next((each for each in told.get("anyOf", ()) if each.get("type") != "null"), told)
        named: Schema = self.schema["$defs"][_name_of(found)] if "$ref" in found else {}
        return named if "enum" in named else found


def _limits(real: Schema) -> str:
    least, most = real.get("minimum"), real.get("maximum")
    if least is not None and most is not None:
        return f", {least} to {most}"
    if "exclusiveMinimum" in real:
        return f", more than {real['exclusiveMinimum']:g}" + (f", at most {most:g}" if most is not None else "")
    return f", at most {real['maxLength']} characters" if "maxLength" in real else ""


def _together() -> Iterator[str]:
    """What has no meaning beside what."""
    yield "## What goes with what\n"
    yield "| With | there is no | since |\n| --- | --- | --- |"
    for kind, refused in unsupported.OF_OTHER_TYPES.items():
        for name, why in refused.items():
            yield f"| `type: {kind}` | `{name}` | {why} |"
    for name, why in unsupported.OF_NO_SITE.items():
        yield f"| `type: static` | `{name}` | {why} |"
    for name in unsupported.OF_A_BUILD:
        yield f"| `runtime: image` | `{name}` | nothing is built |"
    for name in unsupported.OF_A_DOCKERFILE:
        yield f"| a language as `runtime` | `{name}` | no Dockerfile is used |"
    for name in unsupported.OF_A_PLAN:
        yield f"| `runtime: docker` | `{name}` | the Dockerfile says it |"
    sites = ", ".join(f"`{name}`" for name in unsupported.OF_A_SITE)
    yield f"\n{sites} are for static sites only. `type: cron` needs a `schedule`, and `runtime: image` an `image`.\n"


def _refused() -> Iterator[str]:
    """Of Render's blueprint."""
    yield "## What a `render.yaml` has and this file doesn't\n"
    yield "| Field | | Instead |\n| --- | --- | --- |"
    tables = (("", unsupported.TOP), ("services[].", unsupported.SERVICE), ("envVars[].", unsupported.ENV_VAR))
    for path, table in tables:
        for name, (message, hint) in table.items():
            yield f"| `{path}{name}` | {message} | {hint} |"
    for (name, value), (message, hint) in unsupported.VALUES.items():
        yield f"| `services[].{name}: {value}` | {message} | {hint} |"
    yield ""


def _name_of(real: Schema) -> str:
    return str(real["$ref"]).rpartition("/")[2]


def _anchor(path: str) -> str:
    """As GitHub makes it of a heading."""
    return "".join(each for each in path.lower() if each.isalnum())


def _code(value: Any) -> str:
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _line(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
