"""Which language a tree is in, and so which plan it has."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import Protocol

from tidegate.plans import elixir, go, node, python, ruby, rust, static
from tidegate.plans.plan import NoPlan, Plan, Wishes
from tidegate.plans.tree import Tree


class _Language(Protocol):
    """What each of these modules is."""

    def claims(self, tree: Tree) -> str | None: ...

    def plan(self, tree: Tree, wishes: Wishes) -> Plan: ...


#: By what `runtime` calls them, in the order in which a tree is asked. Node comes late, since many have a
#: `package.json` for their assets alone; files that are served as they are come last.
_RUNTIMES: dict[str, _Language] = {
    "go": go,
    "rust": rust,
    "elixir": elixir,
    "ruby": ruby,
    "python": python,
    "node": node,
    "static": static,
}
#: What may stand in `runtime`, a static site's aside.
LANGUAGES = tuple(name for name in _RUNTIMES if name != "static")

#: To be raised when a tree would get another plan than before, so that it is built anew.
SCHEME = 2

_NOTHING = (
    "nothing here tells how to build it: add a `Dockerfile`, or one of `package.json`, `requirements.txt`, "
    "`pyproject.toml`, `Gemfile`, `go.mod`, `Cargo.toml`, `mix.exs` or `index.html`; or correct `rootDir`"
)


def plan(tree: Tree, wishes: Wishes) -> Plan:
    """Raises NoPlan. The same tree and wishes have the same plan, until SCHEME is raised."""
    if wishes.runtime is not None:
        return _RUNTIMES[wishes.runtime].plan(tree, wishes)
    told = runtime(tree)
    if told is None:
        raise NoPlan(_NOTHING)
    return _RUNTIMES[told].plan(tree, wishes)


def runtime(tree: Tree) -> str | None:
    """What `runtime` calls the language of a tree; None where none claims it. Raises NoPlan where a file is broken."""
    return next((name for name, language in _RUNTIMES.items() if language.claims(tree) is not None), None)


def fingerprint(wishes: Wishes) -> str:
    """What a plan depends on besides the tree."""
    parts: list[object] = [SCHEME, wishes.runtime, wishes.build, wishes.start]
    parts += [] if wishes.site is None else [asdict(wishes.site)]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]
