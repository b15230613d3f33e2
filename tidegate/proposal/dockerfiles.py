"""A service that has a Dockerfile."""

from __future__ import annotations

import re

from tidegate.blueprint.nodes import Data
from tidegate.dockerfile import instructions
from tidegate.plans import Tree

_EXPOSE = re.compile(r"EXPOSE\s+(\d{1,5})(?:/tcp)?\b", re.IGNORECASE)


def fields(tree: Tree, path: str) -> tuple[dict[str, Data], tuple[str, ...]]:
    """Of the Dockerfile at `path`: (fields, why)."""
    port = exposed(tree, path)
    told: dict[str, Data] = {"runtime": "docker"}
    if port is None:
        return told, (f"`{path}`", "it should listen at `PORT` (3000); if not, set `port`")
    return {**told, "port": port}, (f"`{path}`, which has `EXPOSE {port}`",)


def exposed(tree: Tree, path: str) -> str | None:
    """The first port, where one is told by its number."""
    for each in instructions(tree.text(path)):
        found = _EXPOSE.match(each.text)
        if found and 0 < int(found[1]) <= 65535:
            return str(int(found[1]))
    return None
