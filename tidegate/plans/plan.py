"""What a plan says: where each part of it came from, and the commands that make and start the image."""

from __future__ import annotations

from dataclasses import dataclass

from tidegate.site import Site


class NoPlan(Exception):
    """The tree doesn't tell how it is built or started. `reason` is a clause that says why, and what to add."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Wishes:
    """What the deploy file asks for. `build` replaces what a plan would install and build, `start` what it would run;
    `runtime` names the language, None leaves that to the tree. `site`: of a static one, what is told of it."""

    runtime: str | None = None
    build: str | None = None
    start: str | None = None
    site: Site | None = None


@dataclass(frozen=True)
class Version:
    """Of a tool, as its base image's tag has it. `reason` says where it was read, as in "`.nvmrc`"."""

    number: str
    reason: str


@dataclass(frozen=True)
class Final:
    """A second stage without the tools: its base image, and (from, to) of what it takes from the first.
    `with_tree`: the repository's files, too, for an app that reads some of them."""

    base: str
    copies: tuple[tuple[str, str], ...]
    with_tree: bool = False


@dataclass(frozen=True)
class Plan:
    """`base` is the image that all is done in. `tools`, `install` and `build` are shell commands, in this order; the
    files `early` are there for `install`, and the whole tree where there are none. `start` is a shell command.

    `variables` hold from the beginning, `running` only for the service. `because` has a clause for each choice.
    """

    language: str
    version: Version
    base: str
    start: str
    because: tuple[str, ...] = ()
    variables: tuple[tuple[str, str], ...] = ()
    tools: tuple[str, ...] = ()
    early: tuple[str, ...] = ()
    install: tuple[str, ...] = ()
    build: tuple[str, ...] = ()
    running: tuple[tuple[str, str], ...] = ()
    final: Final | None = None
