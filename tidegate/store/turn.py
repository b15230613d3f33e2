"""Whose turn it is to write to SQLite, among all threads of all processes.

SQLite lets one write at a time, and who finds it busy naps, up to a tenth of a second each time: beside a worker that
writes many small transactions a webhook's answer would be late by several naps. So writers take turns by a lock on a
file beside the database, and look often. It is a courtesy alone: SQLite's own lock is what keeps the data whole, and
who has waited long enough, since another process hangs or makes a large change, goes on to that one and its time limit.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from pathlib import Path

#: Seconds between two looks: a short transaction's length.
_NAP = 0.0005
#: Seconds until it is left to SQLite.
_PATIENCE = 1.0


class Turn:
    """A context manager; one for all threads of a process. Nothing of it is open between two turns, so it survives a
    fork."""

    def __init__(self, file: Path, patience: float = _PATIENCE) -> None:
        self._file, self._patience = file, patience
        self._threads = threading.Lock()
        self._held: int | None = None

    def __enter__(self) -> None:
        self._threads.acquire()
        self._held = self._take()

    def __exit__(self, *_: object) -> None:
        held, self._held = self._held, None
        if held is not None:
            os.close(held)
        self._threads.release()

    def _take(self) -> int | None:
        try:
            handle = os.open(self._file, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError:  # a full disk, a directory that may only be read: SQLite has the better words for it
            return None
        deadline = time.monotonic() + self._patience
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    os.close(handle)
                    return None
                time.sleep(_NAP)
            else:
                return handle
