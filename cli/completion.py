"""`tidegate completion`: the script that completes the command's words in a shell, made of its parser."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from cli.command import Shown, alone

if TYPE_CHECKING:
    from cli.command import Commands

_SHELLS = ("bash", "zsh", "fish")


def add_to(commands: Commands, parser: argparse.ArgumentParser) -> None:
    """`parser` is the whole command's."""
    completion = commands.add_parser("completion", help="print what completes this command's words in a shell")
    completion.add_argument("shell", choices=_SHELLS)
    completion.set_defaults(run=alone(partial(_completion, parser)))


def _completion(parser: argparse.ArgumentParser, _: Mapping[str, str], told: argparse.Namespace) -> Shown:
    import shtab

    for action in _actions(parser):
        if action.type is Path:
            action.complete = shtab.FILE  # type: ignore[attr-defined]  # shtab's documented way
    script = shtab.complete(parser, told.shell)
    return Shown({"shell": told.shell, "script": script}, [script])


def _actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """With those of all commands below it."""
    for action in parser._actions:  # noqa: SLF001 - argparse has no other way to look at a parser
        yield action
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - it has no other name
            for each in action.choices.values():
                yield from _actions(each)
