"""How far something long is, told while it goes on to whoever waits for it."""

from __future__ import annotations

from collections.abc import Callable

#: What is done next, which of how many.
At = Callable[[str, int, int], None]


def unwatched(_: str, __: int, ___: int) -> None:
    """Nobody waits for it."""
