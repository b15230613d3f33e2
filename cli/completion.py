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
#: What the server has names of, by what the parser calls the word.
_NAMED = {
    "service": "services",
    "environment": "environments",
    "deployment": "deployments",
    "repository": "repositories",
    "target": "services repositories",
}


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
        elif action.dest in _NAMED and action.nargs != 0:
            action.complete = _by_names(_NAMED[action.dest])  # type: ignore[attr-defined]  # as above
    script = shtab.complete(parser, told.shell)
    return Shown({"shell": told.shell, "script": script}, [script])


def _by_names(kinds: str) -> dict[str, object]:
    """As shtab has it of a word: what each shell calls, and what must be defined before. Where the server can't be
    asked nothing is offered, and nothing said. https://docs.iterative.ai/shtab/use/#custom-completions"""
    command, function = f"tidegate names {kinds} 2>/dev/null", f"_tidegate_names_{kinds.replace(' ', '_')}"
    bash = f'{function}() {{\n  compgen -W "$({command})" -- "$1"\n}}'
    zsh = f'{function}() {{\n  local -a found; found=(${{(f)"$({command})"}})\n  compadd "$@" -a found\n}}'
    return {"bash": function, "zsh": function, "fish": f"({command})", "preamble": {"bash": bash, "zsh": zsh}}


def _actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """With those of all commands below it."""
    for action in parser._actions:  # noqa: SLF001 - argparse has no other way to look at a parser
        yield action
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - it has no other name
            for each in action.choices.values():
                yield from _actions(each)
