"""Directories for a moment. Each is locked by whoever made it, and the kernel frees the lock when that one dies,
however it dies: so what a killed worker left is told from what another is using."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory


@contextmanager
def momentary(within: Path | None, prefix: str) -> Iterator[Path]:
    """A new directory in `within` (None: where the system has such), gone after the block."""
    if within is not None:
        within.mkdir(parents=True, exist_ok=True)
    # Once the lock is free, somebody else may be quicker to remove it.
    with TemporaryDirectory(prefix=prefix, dir=within, ignore_cleanup_errors=True) as place:
        handle = os.open(place, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_SH)
            yield Path(place)
        finally:
            os.close(handle)


def is_held(path: Path) -> bool:
    """Whether whoever made it lives."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False
