"""A copy of the whole store while it is in use, of SQLite: PostgreSQL has its own tools for that."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import make_url

from tidegate.howfar import At, unwatched

#: Of the database, between two tellings of how far it is: 4 MB of them.
_PAGES = 1024


class NotBackedUp(Exception):
    """The message says why, and what to do."""


def backup(url: str, into: Path, at: At = unwatched) -> int:
    """Makes the file, which must not be there yet, readable by its owner alone; its bytes. All of one moment, on the
    disk when this returns, and looked through. Raises NotBackedUp."""
    source = make_url(url)
    if source.get_backend_name() != "sqlite":
        raise NotBackedUp("the store is PostgreSQL: use pg_dump, as docs/operations.md says")
    if into.exists():
        raise NotBackedUp(f"{into} is there already; name another file")
    partial = into.with_name(f"{into.name}.partial")
    try:
        partial.unlink(missing_ok=True)
        partial.touch(mode=0o600)
        _copy(str(source.database), partial, at)
        _on_disk(partial)
        partial.rename(into)
        _on_disk(into.parent)
    except (OSError, sqlite3.Error) as trouble:
        partial.unlink(missing_ok=True)
        raise NotBackedUp(f"{into} can't be written: {trouble}") from trouble
    return into.stat().st_size


def _copy(database: str, into: Path, at: At) -> None:
    """By SQLite's own backup, which copes with writers: https://www.sqlite.org/backup.html"""

    def copied(_: int, left: int, pages: int) -> None:
        # What is between two steps.
        if left:
            at("copying, page by page", pages - left + 1, pages)

    with (
        closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as source,
        closing(sqlite3.connect(into)) as copy,
    ):
        # One moment's, however many steps it takes: a write between two of them would begin it anew.
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()
        source.backup(copy, pages=_PAGES, progress=copied)
        at("looking through the copy", 1, 1)
        # One file, without a log beside it that could be left behind.
        copy.execute("PRAGMA journal_mode = DELETE")
        (verdict,) = copy.execute("PRAGMA integrity_check").fetchone()
        if verdict != "ok":
            raise sqlite3.DatabaseError(f"the copy is damaged: {verdict}")


def _on_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
