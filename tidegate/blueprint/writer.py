"""A deploy file's text, from plain data: as a person would write it, so without quotes where the reader needs none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import yaml

from tidegate.blueprint.nodes import Data

#: Columns after which a long text would be folded: never.
_WIDTH = 100_000


class _Plain(yaml.SafeDumper):
    """Scalars stay as they are written for our reader, but for what it takes for nothing."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT001 - PyYAML's
        return super().increase_indent(flow, False)


_NOTHING = "tag:yaml.org,2002:null"
_Plain.yaml_implicit_resolvers = {
    first: [each for each in found if each[0] in {_NOTHING, "tag:yaml.org,2002:merge"}]
    for first, found in yaml.SafeDumper.yaml_implicit_resolvers.items()
}


def write(data: Mapping[str, Any], head: Iterable[str] = (), told: Sequence[Sequence[str]] = ()) -> str:
    """`head`: lines of a comment in front; `told`: of one in front of each service."""
    lines = [*map(_comment, head)]
    for name, value in data.items():
        if name == "services" and told:
            lines.append("services:")
            for service, notes in zip(value, told, strict=True):
                lines += [f"  {_comment(note)}" for note in notes]
                lines += [f"  {line}" if line else line for line in _dump([service]).splitlines()]
        else:
            lines += _dump({name: value}).splitlines()
    return "\n".join(lines) + "\n"


def _dump(value: Data | Mapping[str, Any]) -> str:
    return yaml.dump(value, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=_WIDTH, default_flow_style=False)


def _comment(text: str) -> str:
    """On one line, whatever files have said."""
    return f"# {''.join(each if each.isprintable() else ' ' for each in text)}".rstrip()
