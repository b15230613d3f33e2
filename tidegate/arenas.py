"""How much memory the C library keeps for itself."""

from __future__ import annotations

import ctypes
from contextlib import suppress

#: mallopt(3): M_ARENA_MAX.
_ARENA_MAX = -8
#: One for the main thread, one for all others: Python's own lock lets hardly two of them ask at a time anyway.
_ARENAS = 2


def few() -> None:
    """glibc gives each new thread an arena of its own, up to eight for each processor, and what an arena once had it
    rarely gives back. To be called before there are threads; does nothing where the C library is another."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_ARENA_MAX, _ARENAS)


def give_back() -> None:
    """To the kernel, what is free by now: importing takes much that is needed only meanwhile (malloc_trim(3))."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
