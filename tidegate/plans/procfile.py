"""A Procfile: how people have told platforms for long what to start."""

from __future__ import annotations

import re

from tidegate.plans.tree import Tree

_LINE = re.compile(r"^([A-Za-z0-9_-]+):[ \t]*(\S.*?)[ \t]*$", re.MULTILINE)


def processes(tree: Tree) -> dict[str, str]:
    """Command by name, the first of each."""
    found = _LINE.findall(tree.text("Procfile").replace("\r\n", "\n"))
    return dict(reversed(found))


def web(tree: Tree) -> tuple[str, str] | None:
    """(command, where it was read)."""
    command = processes(tree).get("web")
    return (command, "`web` in `Procfile`") if command else None
