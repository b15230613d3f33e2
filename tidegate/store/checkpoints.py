"""SQLite's log is moved to the main file beside the commits, so that none of them has to wait for it.

Left to SQLite, the commit that finds the log full moves all of it, and everybody behind waits: some 40 ms at 16 MB,
which made the receiver's p99. A passive checkpoint stops neither readers nor writers, so it may run while they go on:
https://www.sqlite.org/wal.html#ckpt
"""

from __future__ import annotations

import threading
from collections.abc import Callable

#: Commits between two moves: of a busy receiver's, some 8 MB.
_EVERY = 64


class Checkpoints:
    """`move` makes one passive checkpoint. It runs on a thread that ends with it, so a fork has none to lose."""

    def __init__(self, move: Callable[[], None]) -> None:
        self._move = move
        self._commits = 0
        self._thread: threading.Thread | None = None

    def committed(self) -> None:
        """Told after a commit; returns at once."""
        self._commits += 1  # without a lock: to miscount by one does no harm
        if self._commits < _EVERY or (self._thread and self._thread.is_alive()):
            return
        self._commits = 0
        self._thread = threading.Thread(target=self._move, name="checkpoint", daemon=True)
        self._thread.start()

    def finish(self) -> None:
        """Waits for a move that is under way."""
        if self._thread:
            self._thread.join()
