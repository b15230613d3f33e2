"""How far a command is: a bar on a terminal, which is gone once there is something to read; nothing elsewhere."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TextIO

from tidegate.howfar import At, unwatched
from tidegate.markdown import clip

#: Characters.
_WIDTH = 20
#: Seconds between two looks at the same kind of thing, of which there may be a hundred thousand.
_PAUSE = 0.1


@contextmanager
def bar(out: TextIO, *, quiet: bool = False) -> Iterator[At]:
    """To stderr, since what a command gives is on stdout. `quiet`: a program has asked."""
    if quiet or not out.isatty():
        yield unwatched
        return
    last, again = "", 0.0

    def at(what: str, number: int, of: int) -> None:
        nonlocal last, again
        if what == last and monotonic() < again:
            return
        last, again = what, monotonic() + _PAUSE
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
