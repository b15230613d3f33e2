"""How every command is run: what it gives is printed here, for people or by `--json` for programs, and here it ends."""

from __future__ import annotations

import argparse
import json
import os
import select
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cli.trouble import Exit, Trouble

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - it has no other name

Told = argparse.Namespace
#: With the environment; gives the exit code. Raises Trouble.
Run = Callable[[Mapping[str, str], Told], int]


@dataclass(frozen=True)
class Shown:
    """What a command gives: one JSON document for programs, the same in `lines` for people."""

    document: object
    lines: Iterable[str]
    code: int = Exit.DONE


def tell(told: Told, shown: Shown) -> int:
    """The exit code. Lines are printed as they come."""
    try:
        if told.json:
            print(json.dumps(shown.document, indent=2), flush=True)
        else:
            for line in shown.lines:
                print(line, flush=True)
    except BrokenPipeError:
        # It was done all the same; who reads has had enough (`| head`).
        if not _unread():
            raise
    return shown.code


def alone(act: Callable[[Mapping[str, str], Told], Shown]) -> Run:
    """Of a command that asks no server: it needs nothing but its words, or makes what it needs of the workers'."""
    return lambda environment, told: tell(told, act(environment, told))


def carry_out(environment: Mapping[str, str], told: Told) -> int:
    """The exit code of the command that `told` names; why it wasn't done goes to stderr."""
    run: Run = told.run
    try:
        return run(environment, told)
    except Trouble as why:
        print(why, file=sys.stderr)
        return why.code
    except EOFError:
        print("Nothing was typed.", file=sys.stderr)
        return Exit.USAGE
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    except BrokenPipeError:
        # Of progress, or of a prompt: it broke off there.
        if not _unread():
            raise
        return Exit.FAILED


def _unread() -> bool:
    """Whether nobody reads any more what is printed. Python would say so once more as it ends:
    https://docs.python.org/3/library/signal.html#note-on-sigpipe"""
    closed = [each.fileno() for each in (sys.stdout, sys.stderr) if _has_no_reader(each.fileno())]
    for each in closed:
        os.dup2(os.open(os.devnull, os.O_WRONLY), each)
    return bool(closed)


def _has_no_reader(out: int) -> bool:
    """https://man7.org/linux/man-pages/man2/poll.2.html, at POLLERR"""
    poll = select.poll()
    poll.register(out, select.POLLOUT)
    return any(found & (select.POLLERR | select.POLLHUP) for _, found in poll.poll(0))


def add_json(parser: argparse.ArgumentParser, but: Collection[str]) -> None:
    """To every command below it but those, which tell what goes on for as long as they run."""
    for words, each in runnable(parser):
        if words not in but:
            each.add_argument(
                "--json", action="store_true", help="print one JSON document, and nothing else, on stdout"
            )


def runnable(parser: argparse.ArgumentParser, words: str = "") -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Each command as it is typed, such as `deploys list`, with its parser."""
    below = [each for each in parser._actions if isinstance(each, argparse._SubParsersAction)]  # noqa: SLF001 - argparse has no other way to look at a parser
    if not below or parser.get_default("run"):
        yield words, parser
    for action in below:
        for name, each in action.choices.items():
            yield from runnable(each, f"{words} {name}".strip())
