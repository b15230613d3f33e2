"""SQLite's file, and how each connection to it begins."""

from __future__ import annotations

from pathlib import Path
from sqlite3 import Connection as SQLiteConnection
from sqlite3 import OperationalError as NoFile

from sqlalchemy import URL, Connection, Engine, create_engine, event

#: Execution options: the transaction writes, and what it has written is on the disk when it returns.
WRITES, SYNCED = "tidegate_writes", "tidegate_synced"

#: Seconds that SQLite waits for another process's write to end.
_BUSY_TIMEOUT = 15.0
#: Bytes of a page, in a file that is new. To keep a webhook of 20 KB takes 11 writes, with pages of 4 KB 19.
_PAGE = 8192
#: Pages that SQLite's log takes before a commit moves them to the main file: fewer, larger moves.
_CHECKPOINT_PAGES = 2000
#: The same where the log is moved beside the commits: then most of it has been by the time that a commit finds it full.
_LAST_RESORT_PAGES = 8000


def engine(url: URL, *, single: bool = False) -> Engine:
    """`single`: without transactions that span statements, and synced. Raises ValueError for what is no file."""
    if not url.database or url.database == ":memory:":
        raise ValueError(
            "the store needs a file that its processes can share, e.g. sqlite:////var/lib/tidegate/store.db"
        )
    made = create_engine(
        url,
        pool_size=5,
        max_overflow=15,
        pool_timeout=10,
        connect_args={"check_same_thread": False, "timeout": _BUSY_TIMEOUT, "isolation_level": None},
    )
    pages = _LAST_RESORT_PAGES if single else _CHECKPOINT_PAGES
    file = Path(url.database)
    event.listen(made, "do_connect", lambda *_: _demand(file))
    event.listen(made, "connect", lambda connection, _: _set_up(connection, pages))
    if not single:
        event.listen(made, "begin", _begin)
    return made


def _demand(file: Path) -> None:
    """SQLite itself would make one of what isn't there."""
    if is_missing(file):
        raise NoFile(f"there is no {file}")


def is_missing(file: Path) -> bool:
    try:
        file.stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:  # a directory that may not be read, or worse: SQLite has the better words for it
        return False
    return False


def _set_up(connection: SQLiteConnection, checkpoint_pages: int) -> None:
    for pragma in (
        f"page_size = {_PAGE}",
        "journal_mode = WAL",
        # A commit is on the disk when it returns; BEGIN asks for less where less is enough.
        "synchronous = FULL",
        "foreign_keys = ON",
        f"wal_autocheckpoint = {checkpoint_pages}",
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get(WRITES):
        connection.exec_driver_sql(f"PRAGMA synchronous = {'FULL' if options.get(SYNCED) else 'NORMAL'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get(WRITES) else "BEGIN")
