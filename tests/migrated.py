"""A SQLite database that is migrated already: migrating takes longer than most tests, and every one needs it."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from tidegate.store import open_store

KEYS = ("the first key, which encrypts",)


def put_migrated(path: Path) -> None:
    """An empty, migrated database is at the path, whose directory is made if need be; one that is there stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        shutil.copyfile(_template(), path)


@cache
def _template() -> Path:
    """Of this process, and gone with it."""
    place = Path(tempfile.mkdtemp(prefix="tidegate-migrated-"))
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    path = place / "migrated.db"
    store = open_store(f"sqlite:///{path}", KEYS)
    store.migrate()
    store.close()
    return path
