"""Files as they are: an `index.html` and whatever lies beside it, served by a small file server."""

from __future__ import annotations

from tidegate.plans.plan import NoPlan, Plan, Version, Wishes
from tidegate.plans.tree import Tree
from tidegate.repository import DEPLOY_FILE

LANGUAGE = "static"
_SERVER = Version("2", "Caddy, the file server")
_PLACES = ("public", "site", "dist", "docs", "")


def claims(tree: Tree) -> str | None:
    """Why this tree is one; None where it isn't."""
    found = tree.first(*(f"{place}/index.html".lstrip("/") for place in _PLACES))
    return f"`{found}`" if found else None


def plan(tree: Tree, wishes: Wishes) -> Plan:
    """What begins with a dot is for tools, not for visitors (but for `.well-known`)."""
    if wishes.build or wishes.start:
        raise NoPlan("`buildCommand` and `startCommand` need a language: set `runtime`, or write a Dockerfile")
    place = next(each for each in _PLACES if f"{each}/index.html".lstrip("/") in tree)
    served = f"/app/{place}".rstrip("/")
    hidden = f"find {served} -mindepth 1 -name '.*' ! -name .well-known -prune -exec rm -rf '{{}}' +"
    return Plan(
        language=LANGUAGE,
        version=_SERVER,
        base=f"caddy:{_SERVER.number}-alpine",
        start=f"caddy file-server --root {served} --listen :$PORT",
        because=(f"serves: {f'the directory `{place}`' if place else 'everything here'}",),
        build=(hidden, *(() if place else (f"rm -f {served}/{DEPLOY_FILE}",))),
    )
