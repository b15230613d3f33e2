"""The `tidegate` command."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING

from cli import (
    backup,
    clean,
    completion,
    deployfile,
    doctor,
    hosts,
    plan,
    registry,
    rotate,
    setup,
    signout,
    tokens,
)
from cli.command import Shown, Told, add_json, alone, carry_out
from cli.overview import Overviewed
from cli.remote import commands as remote
from cli.trouble import Exit

if TYPE_CHECKING:
    from cli.command import Commands

#: Commands that run until they are stopped, and say what goes on.
ENDLESS = {"up", "demo"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit code."""
    told = parser().parse_args(arguments)
    if told.command is None:
        print(f"tidegate {version('tidegate')}" if told.version else parser().format_help().rstrip())
        return Exit.DONE
    # HAProxy lives in sbin, which a user's PATH on Debian leaves out.
    os.environ["PATH"] = f"{os.environ.get('PATH', os.defpath)}:/usr/local/sbin:/usr/sbin:/sbin"
    if told.command not in ENDLESS:
        # What a web process counts through files there; a command that is over would leave one behind.
        os.environ.pop("PROMETHEUS_MULTIPROC_DIR", None)
    return carry_out(os.environ, told)


@cache
def parser() -> argparse.ArgumentParser:
    """Made once: with its hundred options it takes longer than many a command."""
    made = Overviewed("tidegate", description="Deploys repositories once their checks are green.")
    made.add_argument("--version", action="store_true", help="say which version this is")
    commands = made.add_subparsers(dest="command", metavar="COMMAND", parser_class=argparse.ArgumentParser)
    _add_local(commands)
    remote.add_to(commands)
    nouns = (deployfile, plan, hosts, registry, tokens, setup, doctor, clean, rotate, backup, signout)
    for each in nouns:
        each.add_to(commands)
    commands.add_parser("version", help="say which version this is").set_defaults(run=alone(_version))
    completion.add_to(commands, made)
    add_json(made, but=ENDLESS)
    return made


def _add_local(commands: Commands) -> None:
    up = commands.add_parser("up", help="run everything on this machine against GitHub, by the environment's settings")
    up.set_defaults(run=_up)
    demo = commands.add_parser("demo", help="watch a push go live, on this machine alone")
    demo.add_argument("--check", action="store_true", help="prove it, take everything down, and exit 0 if it holds")
    demo.set_defaults(run=_demo)


def _up(environment: Mapping[str, str], _: Told) -> int:
    from cli.up import up

    return up(environment)


def _demo(environment: Mapping[str, str], told: Told) -> int:
    from cli.demo import demo

    return demo(check=told.check, environment=environment)


def _version(_: Mapping[str, str], __: Told) -> Shown:
    here = version("tidegate")
    return Shown({"version": here}, [f"tidegate {here}"])


if __name__ == "__main__":
    sys.exit(main())
