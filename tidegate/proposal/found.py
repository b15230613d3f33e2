"""A service that a tree seems to have."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from tidegate.blueprint.nodes import Data
from tidegate.blueprint.rules import LONGEST_NAME

#: What a name must not end in: hosts of previews do.
_PREVIEW = re.compile(r"-pr-\d+$")
#: Room for a number where two have one name.
_ROOM = 4


@dataclass(frozen=True)
class Found:
    """`fields` of the deploy file, but for the name; `because` are clauses for the reader, one a line."""

    name: str
    fields: dict[str, Data]
    because: tuple[str, ...]

    @property
    def whole(self) -> dict[str, Data]:
        return {"name": self.name, **self.fields}


def named(services: Iterable[Found]) -> list[Found]:
    """With names that the deploy file can have, each once."""
    done: list[Found] = []
    taken: set[str] = set()
    for each in services:
        name = first = valid_name(each.name)
        number = 2
        while name in taken:
            name, number = f"{first}-{number}", number + 1
        taken.add(name)
        done.append(replace(each, name=name))
    return done


def valid_name(text: str) -> str:
    """The nearest that a service may have."""
    plain = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[: LONGEST_NAME - _ROOM].strip("-")
    return _PREVIEW.sub("", plain) or "web"
