"""How far a command is: a bar on a terminal, which is gone once there is something to read; nothing elsewhere."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from tidegate.markdown import clip

#: Characters.
_WIDTH = 20

#: What is done next, which of how many.
At = Callable[[str, int, int], None]


@contextmanager
def bar(out: TextIO) -> Iterator[At]:
    """To stderr, since what a command gives is on stdout."""
    if not out.isatty():
        yield lambda *_: None
        return

    def at(what: str, number: int, of: int) -> None:
        room = shutil.get_terminal_size().columns - 1
        print(f"\r\x1b[K{clip(drawn(what, number, of), room)}", end="", file=out, flush=True)

    try:
        yield at
    finally:
        print("\r\x1b[K", end="", file=out, flush=True)


def drawn(what: str, number: int, of: int) -> str:
    """`number` begins, so those before it are done."""
    full = _WIDTH * (number - 1) // max(of, 1)
    return f"{'█' * full}{'░' * (_WIDTH - full)} {number}/{of} {what}"
