"""The connection to SQLite or PostgreSQL: how transactions begin, what is durable, and what happens on a fork.

Reading and writing are told apart by the caller. On SQLite a write takes the database's lock at its start (BEGIN
IMMEDIATE), since a transaction that reads first and writes later can only fail when another writes in between; and
writers take turns (`Turn`) where SQLite's own waiting is a series of naps.
"""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, exc, make_url
from sqlalchemy.types import TypeEngine

from tidegate.store import sqlite
from tidegate.store.checkpoints import Checkpoints
from tidegate.store.sqlite import SYNCED, WRITES
from tidegate.store.turn import Turn

#: PostgreSQL's word for what is an OperationalError on SQLite.
_NO_SUCH_TABLE = "42P01"


class StoreDown(Exception):
    """The database can't be reached, is locked too long, or isn't migrated. Whether a write got through is unknown."""


class Database:
    """Transactions on one database, for any number of threads. May be created before a fork and used on both sides."""

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        self._file = Path(parsed.database or "") if self.is_sqlite else None
        self._engine = sqlite.engine(parsed) if self.is_sqlite else _postgresql_engine(parsed)
        reading: dict[str, Any] = (
            {}
            if self.is_sqlite
            else {
                # One moment in time for all queries of a reading, as SQLite gives it anyway.
                "isolation_level": "REPEATABLE READ",
                "postgresql_readonly": True,
            }
        )
        self._reader = self._engine.execution_options(**reading)
        self._writer = self._engine.execution_options(**{WRITES: True})
        self._synced_writer = self._engine.execution_options(**{WRITES: True, SYNCED: True})
        # Its connections are left in the mode in which a statement is a transaction, and synced.
        self._single = (
            sqlite.engine(parsed, single=True)
            if self.is_sqlite
            else self._engine.execution_options(isolation_level="AUTOCOMMIT")
        )
        #: The connection of this thread's together(), if it is in one.
        self._own = threading.local()
        self._checkpoints = Checkpoints(self._checkpoint) if self.is_sqlite else None
        self._gate = _Gate()
        self._turn: AbstractContextManager[object] = (
            Turn(Path(f"{parsed.database}-turn")) if self.is_sqlite else nullcontext()
        )
        _open_databases.add(self)

    def missing(self) -> bool:
        """Whether there is no SQLite file yet, or no more."""
        return self._file is not None and sqlite.is_missing(self._file)

    def make(self) -> None:
        """An empty SQLite file, where there is none. Nobody else makes one: who looks for a store must leave none.
        Raises StoreDown."""
        try:
            if self._file is not None:
                self._file.parent.mkdir(parents=True, exist_ok=True)
                self._file.touch(0o644)
        except OSError as trouble:
            raise StoreDown(str(trouble)) from trouble

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that sees one moment in time and changes nothing. Raises StoreDown."""
        joined = self._joined()
        if joined is not None:
            with _telling_trouble():
                yield joined
            return
        with self._gate, _telling_trouble(), self._reader.begin() as connection:
            yield connection

    @contextmanager
    def write(self, *, synced: bool = False) -> Iterator[Connection]:
        """A transaction that is kept once this ends without an exception, and undone otherwise. Raises StoreDown.

        `synced`: on the disk by then, so that it survives a power cut; any other outlives every process.
        On SQLite a power cut takes the latest transactions back, never one from the middle: what followed from a synced
        one is then done again from it. Waiting for the disk costs milliseconds, and a deploy writes dozens of times.
        """
        joined = self._joined()
        if joined is not None:
            with _telling_trouble(), joined.begin_nested():
                yield joined
            return
        writer = self._synced_writer if synced else self._writer
        with self._gate, self._turn, _telling_trouble(), writer.begin() as connection:
            yield connection

    @contextmanager
    def together(self) -> Iterator[None]:
        """All that this thread reads and writes meanwhile is one synced transaction, of which all is kept or nothing.

        For what is short: on SQLite nobody else writes meanwhile. Raises StoreDown.
        """
        if self._joined() is not None:
            yield
            return
        with self.write(synced=True) as connection:
            self._own.connection = connection
            try:
                yield
            finally:
                del self._own.connection

    def _joined(self) -> Connection | None:
        found = getattr(self._own, "connection", None)
        return found if isinstance(found, Connection) else None

    @contextmanager
    def single(self) -> Iterator[Connection]:
        """For one writing statement that is a transaction by itself: on the disk once executed. Raises StoreDown.

        After each call into SQLite a thread has to get hold of Python's own lock again, which on a busy server takes
        longer than the call. So where the pace counts, a BEGIN and a COMMIT are two too many, as on a network.
        """
        joined = self._joined()
        if joined is not None:
            with _telling_trouble(), joined.begin_nested():
                yield joined
            return
        with self._gate, self._turn, _telling_trouble(), self._single.begin() as connection:
            yield connection
        if self._checkpoints:
            self._checkpoints.committed()

    def bind(self, kind: TypeEngine[Any]) -> Callable[[Any], Any]:
        """Makes a value of this type what the driver takes, for a statement that is given to the driver as it is."""
        dialect = self._engine.dialect
        return kind.dialect_impl(dialect).bind_processor(dialect) or (lambda value: value)

    def close(self) -> None:
        if self._checkpoints:
            self._checkpoints.finish()
        self._disconnect()

    def before_fork(self) -> None:
        """Waits for transactions to end and closes all connections.

        A child must neither use nor close a connection of its parent: SQLite would lose its file locks, which corrupts
        (https://www.sqlite.org/howtocorrupt.html#_carrying_an_open_database_file_across_a_fork_), and PostgreSQL's
        socket would be spoken on by two.
        """
        self._gate.shut()
        self._disconnect()

    def after_fork(self) -> None:
        self._gate.open()

    def _disconnect(self) -> None:
        self._engine.dispose()
        self._single.dispose()

    def _checkpoint(self) -> None:
        # What keeps it from being done (a full disk) the next commit meets too, and tells.
        with suppress(StoreDown), self._gate, _telling_trouble(), self._single.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(PASSIVE)").close()


class _Gate:
    """Counts those inside; shut() lets nobody in and waits until all are out."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._inside = 0
        self._shut = False

    def __enter__(self) -> None:
        with self._changed:
            while self._shut:
                self._changed.wait()
            self._inside += 1

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._inside -= 1
            if self._shut:
                self._changed.notify_all()

    def shut(self) -> None:
        self._changed.acquire()
        self._shut = True
        self._changed.wait_for(lambda: not self._inside)

    def open(self) -> None:
        """Lets the waiting in. The thread that forks holds the condition since shut(), in parent and child alike."""
        self._shut = False
        self._changed.notify_all()
        self._changed.release()


_open_databases: weakref.WeakSet[Database] = weakref.WeakSet()
_shut_databases: list[Database] = []


def _before_fork() -> None:
    for database in list(_open_databases):
        database.before_fork()
        _shut_databases.append(database)


def _after_fork() -> None:
    while _shut_databases:
        _shut_databases.pop().after_fork()


os.register_at_fork(before=_before_fork, after_in_parent=_after_fork, after_in_child=_after_fork)


@contextmanager
def _telling_trouble() -> Iterator[None]:
    try:
        yield
    except (exc.OperationalError, exc.InterfaceError, exc.TimeoutError) as error:
        raise StoreDown(str(getattr(error, "orig", None) or error)) from error
    except exc.ProgrammingError as error:
        if getattr(error.orig, "sqlstate", None) != _NO_SUCH_TABLE:
            raise
        raise StoreDown(f"not migrated yet: {error.orig}") from error


def _postgresql_engine(url: URL) -> Engine:
    # Pinged on each checkout, so that a restarted server costs no failed request.
    return create_engine(url, pool_size=5, max_overflow=15, pool_timeout=10, pool_pre_ping=True)
