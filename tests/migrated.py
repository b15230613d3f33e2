"""A SQLite database that is migrated already: migrating takes longer than most tests, and every one needs it."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from tidegate.store import Store, open_store

KEYS = ("the first key, which encrypts",)


def put_migrated(path: Path) -> None:
    """An empty, migrated database is at the path, whose directory is made if need be; one that is there stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        shutil.copyfile(_template(), path)


class Emptied:
    """A store that is emptied and used again: to compile its statements anew takes a fifth of a test's time. For those
    who use one at a time, and none once they have ended."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._path = _place() / "emptied.db"
        self.url = f"sqlite:///{self._path}"
        self._store = open_store(self.url, keys)

    def store(self) -> Store:
        """With nothing in it; whoever had it before has it no longer."""
        self._store.close()
        for file in self._path.parent.glob(f"{self._path.name}*"):
            file.unlink()
        put_migrated(self._path)
        return self._store


def _place() -> Path:
    """A directory of this process, gone with it."""
    place = Path(tempfile.mkdtemp(prefix="tidegate-migrated-"))
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    return place


@cache
def _template() -> Path:
    path = _place() / "migrated.db"
    store = open_store(f"sqlite:///{path}", KEYS)
    store.migrate()
    store.close()
    return path
