"""Elixir with Mix: Phoenix, or any application that runs until it is stopped.

Sources of the rules: hexdocs.pm/mix, hexdocs.pm/phoenix (deployment).
"""

from __future__ import annotations

import re

from tidegate.plans import procfile, versions
from tidegate.plans.plan import NoPlan, Plan, Version, Wishes
from tidegate.plans.tree import Tree

LANGUAGE = "Elixir"
_KNOWN = ("1.18", "1.17", "1.16", "1.15", "1.14")
_DEFAULT = Version(_KNOWN[0], "the default")
_REQUIREMENT = re.compile(r'\belixir:\s*"([^"\n]{1,60})"')
_PHOENIX = re.compile(r"\{\s*:phoenix\s*,")
_ASSETS = '"assets.deploy"'


def claims(tree: Tree) -> str | None:
    """Why this tree is one; None where it isn't."""
    return "`mix.exs`" if "mix.exs" in tree else None


def plan(tree: Tree, wishes: Wishes) -> Plan:
    if "mix.exs" not in tree:
        raise NoPlan("there is no `mix.exs` here")
    mix = tree.text("mix.exs")
    phoenix = _PHOENIX.search(mix) is not None
    start, why = _start(tree, wishes, phoenix=phoenix)
    version = _version(tree, mix)
    return Plan(
        language=LANGUAGE,
        version=version,
        base=f"elixir:{version.number}",
        start=start,
        because=(f"start: {why}",),
        variables=(("MIX_ENV", "prod"), ("LANG", "C.UTF-8")),
        tools=("mix local.hex --force && mix local.rebar --force",),
        install=(wishes.build or "mix deps.get --only prod",),
        build=() if wishes.build else ("mix compile", *(("mix assets.deploy",) if _ASSETS in mix else ())),
    )


def _start(tree: Tree, wishes: Wishes, *, phoenix: bool) -> tuple[str, str]:
    if wishes.start:
        return wishes.start, "`startCommand`"
    told = procfile.web(tree)
    if told:
        return told
    return ("mix phx.server", "Phoenix, in `mix.exs`") if phoenix else ("mix run --no-halt", "`mix.exs`")


def _version(tree: Tree, mix: str) -> Version:
    found = versions.tool(tree, "elixir")
    if found:
        return found
    spec = _REQUIREMENT.search(mix)
    told = f"`elixir` in `mix.exs` ({spec[1]})" if spec else ""
    return (versions.ranged(spec[1], _KNOWN, told) if spec else None) or _DEFAULT
