"""The line `web:` of a Procfile: how people have told platforms for long what to start."""

from __future__ import annotations

import re

from tidegate.plans.tree import Tree

_WEB = re.compile(r"^web:[ \t]*(\S.*?)[ \t]*$", re.MULTILINE)


def web(tree: Tree) -> tuple[str, str] | None:
    """(command, where it was read)."""
    found = _WEB.search(tree.text("Procfile").replace("\r\n", "\n"))
    return (found[1], "`web` in `Procfile`") if found else None
