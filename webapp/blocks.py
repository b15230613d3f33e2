"""Lines sent many at a time: each piece of an answer is a call into the socket of its own."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice

_LINES = 200


def blocks(lines: Iterator[str]) -> Iterator[str]:
    """All of them, in order. The first block is there, or fails, before this returns: while the status can say so."""
    first = _block(lines)
    rest = iter(lambda: _block(lines), "")
    return chain([first], rest) if first else iter(())


def _block(lines: Iterator[str]) -> str:
    return "".join(islice(lines, _LINES))
