"""What a command does at the server, whose answer people or programs read."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from cli.remote.account import find
from cli.remote.trouble import Exit, Interrupted, Trouble
from tidegate.markdown import clip

if TYPE_CHECKING:
    from cli.remote.api import Api

Told = argparse.Namespace
#: Raises Trouble.
Act = Callable[["Api", Told], "Exit | None"]
Run = Callable[[Mapping[str, str], Told], int]
#: Characters of a column.
_WIDEST = 60


def at_server(act: Act) -> Run:
    """Prints why it wasn't done to stderr, in a line, and gives the exit code."""

    def run(environment: Mapping[str, str], told: Told) -> int:
        try:
            return _signed_in(environment, told, act)
        except Trouble as why:
            print(why, file=sys.stderr)
            return why.code
        except KeyboardInterrupt:
            return Interrupted.code

    return run


def _signed_in(environment: Mapping[str, str], told: Told, act: Act) -> int:
    from cli.remote.api import Api

    api = Api(find(environment))
    try:
        return act(api, told) or Exit.DONE
    finally:
        api.close()


def add_json(*parsers: argparse.ArgumentParser) -> None:
    for each in parsers:
        each.add_argument("--json", action="store_true", help="print one JSON document, and nothing else, on stdout")


def show(told: Told, document: object, lines: Iterable[str]) -> None:
    """`lines` are for people."""
    if told.json:
        print(json.dumps(document, indent=2))
        return
    for line in lines:
        print(line)


def columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """Side by side, the last as wide as it is."""
    cells = [[clip(each, _WIDEST) for each in row[:-1]] + [clip(row[-1], 4 * _WIDEST)] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]
