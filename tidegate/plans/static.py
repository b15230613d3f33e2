"""A static site: files as they are, or as a build leaves them, and a small file server that is told how to serve."""

from __future__ import annotations

import json
import shlex
from dataclasses import replace

from tidegate import site
from tidegate.plans import go, node, python, ruby, rust
from tidegate.plans.plan import Final, NoPlan, Plan, Version, Wishes
from tidegate.plans.tree import Tree, string, table
from tidegate.repository import DEPLOY_FILE
from tidegate.site import Site

LANGUAGE = "static"
_SERVER = Version("2", "Caddy, the file server")
_BASE = f"caddy:{_SERVER.number}-alpine"
_PLACES = ("public", "site", "dist", "docs", "")
#: Of those that static sites are built with, in the order in which a tree is asked.
_BUILDERS = (node, ruby, python, go, rust)
_FILES, _TOLD, _CONFIGURATION = "/site", "/site.json", "/etc/caddy/site.json"
#: Characters of the configuration that one line of a Dockerfile holds: Docker takes 64 KB.
_LINE = 16_000


def claims(tree: Tree) -> str | None:
    """Why this tree is one; None where it isn't."""
    found = tree.first(*(f"{place}/index.html".lstrip("/") for place in _PLACES))
    return f"`{found}`" if found else None


def plan(tree: Tree, wishes: Wishes) -> Plan:
    """In two stages: what builds the site stays behind."""
    if wishes.runtime is None and (wishes.build or wishes.start):
        raise NoPlan("`buildCommand` and `startCommand` need a language: set `runtime`, or write a Dockerfile")
    told = wishes.site or Site()
    builder = _builder(tree, wishes)
    publish = told.publish if told.publish is not None else _found(tree, built=builder is not None)
    base = builder or Plan(LANGUAGE, _SERVER, _BASE, "")
    return replace(
        base,
        language=LANGUAGE if builder is None else f"{LANGUAGE}, built with {builder.language}",
        start=f"caddy run --config {_CONFIGURATION}",
        because=(*base.because[:1], f"serves: {f'the directory `{publish}`' if publish else 'everything here'}"),
        build=(*base.build, *_collected(publish), *_configured(told)),
        running=(),
        final=Final(_BASE, ((_FILES, site.ROOT), (_TOLD, _CONFIGURATION))),
    )


def _builder(tree: Tree, wishes: Wishes) -> Plan | None:
    """How the site is built; None where its files are served as they are."""
    if wishes.build is None:
        scripts = table(tree.json("package.json"), "scripts") if wishes.runtime else {}
        return node.plan(tree, Wishes(start="true")) if string(scripts, "build") else None
    wanted = Wishes(build=wishes.build, start="true")
    language = next((each for each in _BUILDERS if each.claims(tree)), None)
    if language is None:
        return Plan("Node", Version("24", "the default"), "node:24", "", install=(wishes.build,))
    found: Plan = language.plan(tree, wanted)
    return replace(found, final=None)


def _found(tree: Tree, *, built: bool) -> str:
    """The directory that nobody named."""
    if built:
        raise NoPlan("nothing tells where the build leaves the site: set `staticPublishPath`, such as `dist`")
    place = next((each for each in _PLACES if f"{each}/index.html".lstrip("/") in tree), None)
    if place is None:
        raise NoPlan("there is no `index.html` here: add one, or set `staticPublishPath`, or a `buildCommand`")
    return place


def _collected(publish: str) -> tuple[str, ...]:
    """What begins with a dot is for tools, not for visitors (but for `.well-known`)."""
    missing = shlex.quote(f"There is no directory `{publish}` here: correct `staticPublishPath`.")
    directory = shlex.quote(f"./{publish}")
    copied = f"test -d {directory} || {{ echo {missing}; exit 1; }}; cp -R {directory} {_FILES}"
    hidden = f"find {_FILES} -mindepth 1 -name '.*' ! -name .well-known -prune -exec rm -rf '{{}}' +"
    return (copied, hidden, *(() if publish else (f"rm -f {_FILES}/{DEPLOY_FILE}",)))


def _configured(told: Site) -> tuple[str, ...]:
    """In ASCII, so that any shell writes it as it is."""
    text = json.dumps(site.configuration(told))
    pieces = [text[begin : begin + _LINE] for begin in range(0, len(text), _LINE)]
    return tuple(f"printf %s {shlex.quote(each)} >> {_TOLD}" for each in pieces)
