"""How a deploy is told while it goes on: one line that changes on a terminal, a line for each news elsewhere."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Protocol, TextIO

from cli.remote.step import told as told_step
from tidegate.markdown import clip

if TYPE_CHECKING:
    from cli.remote.api import Answer

_SENTENCE = 200


class Progress(Protocol):
    def tell(self, one: Answer) -> None:
        """The deployment as it is now."""

    def end(self) -> None:
        """Nothing more is told."""


def progress(out: TextIO) -> Progress:
    return _Line(out) if out.isatty() else _Lines(out)


class _Lines:
    """What it waits for, and each step's beginning and end, once."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._said: set[str] = set()

    def tell(self, one: Answer) -> None:
        for line in [*_waits(one), *map(told_step, one["steps"])]:
            if line not in self._said:
                self._said.add(line)
                print(line, file=self._out, flush=True)

    def end(self) -> None:
        """Each line has ended already."""


class _Line:
    """The steps that have ended, with a mark, and the one that goes on."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def tell(self, one: Answer) -> None:
        steps = [_mark(each) for each in one["steps"]] or _waits(one)
        width = shutil.get_terminal_size().columns - 1
        print(f"\r\x1b[K{clip('  '.join([one['sha'][:7], *steps]), width)}", end="", file=self._out, flush=True)

    def end(self) -> None:
        print(file=self._out, flush=True)


def _waits(one: Answer) -> list[str]:
    return [f"{one['status']}: {clip(one['reason'], _SENTENCE)}"] if one["status"] in {"waiting", "queued"} else []


def _mark(step: Answer) -> str:
    if step["ended_at"] is None:
        return f"… {step['step']}"
    return f"{'✗' if step['outcome'] in {'failed', 'canceled'} else '✓'} {step['step']}"
