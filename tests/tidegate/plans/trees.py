"""Trees as people have them, and what is in the Dockerfile that is made for each."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tidegate.plans import Plan, Tree, Wishes, dockerfile, is_read, plan

Files = Mapping[str, str]


def tree(files: Files) -> Tree:
    return Tree(frozenset(files), {path: text for path, text in files.items() if is_read(path)})


def planned(files: Files, **wishes: Any) -> Plan:
    return plan(tree(files), Wishes(**wishes))


def lines(files: Files, **wishes: Any) -> list[str]:
    """Of the Dockerfile, without its comments."""
    text = dockerfile(planned(files, **wishes))
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def started(files: Files, **wishes: Any) -> str:
    """The script that the image runs."""
    shell, flag, script = json.loads(lines(files, **wishes)[-1].removeprefix("CMD "))
    assert (shell, flag) == ("/bin/sh", "-c")
    return str(script)


def package(**fields: object) -> str:
    """A package.json."""
    return json.dumps({"name": "shop", "scripts": {"start": "node server.js"}, **fields})
