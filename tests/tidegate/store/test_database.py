"""What holds for every transaction: kept or undone, safe over forks and threads; trouble has one name."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import IntegrityError, StatementError

from tests.tidegate.store.given import KEYS, NOON, REPOSITORY, TTL, a_service, after
from tests.waiting import wait_until
from tidegate.repository import Delivery, TimelineEntry
from tidegate.store import Store, StoreDown, open_store
from tidegate.store.database import Database
from tidegate.store.tables import leases


def test_times_go_in_aware_in_any_zone_and_come_out_in_utc(store: Store) -> None:
    store.repositories.see(REPOSITORY, NOON)
    elsewhere = NOON.astimezone(timezone(timedelta(hours=-11, minutes=30)))
    store.timeline.add(TimelineEntry(elsewhere, "k", "t", "ada", REPOSITORY.repository_id))
    (entry,) = store.timeline.of_repository(REPOSITORY.repository_id, 1)
    assert entry.at == NOON
    assert entry.at.tzinfo is UTC


def test_a_time_without_a_zone_is_refused(store: Store) -> None:
    with pytest.raises(StatementError, match="a time without a zone"):
        store.repositories.see(REPOSITORY, datetime(2026, 1, 1))  # noqa: DTZ001 - the mistake that is meant


def test_a_transaction_that_breaks_leaves_nothing(url: str) -> None:
    database = Database(url)
    one = leases.insert().values(name="half", owner="x", until=NOON)
    with pytest.raises(IntegrityError), database.write() as connection:
        connection.execute(one), connection.execute(one)
    with database.read() as connection:
        assert connection.execute(leases.select()).all() == []
    database.close()


def test_sqlite_keeps_what_it_acknowledged_and_checks_what_it_keeps(tmp_path: Path) -> None:
    """FULL (2): the log reaches the disk before a synced commit returns. https://www.sqlite.org/pragma.html#pragma_synchronous"""
    database = Database(f"sqlite:///{tmp_path}/store.db")
    database.make()
    for synced, level in ((True, 2), (False, 1), (True, 2)):
        with database.write(synced=synced) as connection:
            assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == level
            assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
            assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() >= 10_000  # type: ignore[operator]
    database.close()


def test_readers_go_on_while_one_writes(url: str) -> None:
    database = Database(url)
    with database.write() as writing:
        writing.execute(leases.insert().values(name="one", owner="x", until=NOON))
        with database.read() as reading:
            assert reading.execute(leases.select()).all() == []
    database.close()


def test_a_reading_sees_one_moment(url: str, store: Store) -> None:
    database = Database(url)
    with database.read() as reading:
        before = reading.execute(leases.select()).all()
        assert store.leases.take("meanwhile", "x", TTL, NOON)
        assert reading.execute(leases.select()).all() == before
    database.close()


@pytest.mark.parametrize("bad", ["sqlite:////proc/no/such/folder/store.db", "postgresql+psycopg://u@/d?host=/nowhere"])
def test_a_store_that_cannot_be_reached_is_down(bad: str) -> None:
    store = open_store(bad, KEYS)
    assert not store.ready()
    with pytest.raises(StoreDown):
        store.deliveries.put([Delivery("guid", "push", b"{}", NOON)])
    with pytest.raises(StoreDown):
        store.migrate()


def test_who_looks_for_a_store_that_is_not_there_leaves_none(tmp_path: Path) -> None:
    """Nor who finds it gone under it, that had it open."""
    path = tmp_path / "not there" / "store.db"
    with closing(open_store(f"sqlite:///{path}", KEYS)) as store:
        assert not store.ready()
        assert store.own_app.get() is None
        with pytest.raises(StoreDown, match="there is no"):
            store.repositories.all()
        assert not path.parent.exists()
        store.migrate()
        assert store.ready()
    with closing(open_store(f"sqlite:///{path}", KEYS)) as store:
        path.unlink()
        assert not store.ready()
        assert not path.exists()


def test_a_store_that_was_not_migrated_is_down(blank_url: str) -> None:
    with closing(open_store(blank_url, KEYS)) as store:
        assert not store.ready()
        with pytest.raises(StoreDown):
            store.deliveries.put([Delivery("guid", "push", b"{}", NOON)])


def test_a_file_that_is_no_database_is_down(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    path.mkdir()
    with closing(open_store(f"sqlite:///{path}", KEYS)) as store, pytest.raises(StoreDown, match="unable to open"):
        store.repositories.all()


def test_memory_is_no_store() -> None:
    with pytest.raises(ValueError, match="a file that its processes can share"):
        open_store("sqlite://", KEYS)


def test_a_connection_that_was_cut_costs_nothing(url: str, kind: str, store: Store) -> None:
    a_service(store)
    if kind == "postgresql":
        parsed = make_url(url)
        with psycopg.connect(host=str(parsed.query["host"]), user="postgres", autocommit=True) as server:
            cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND application_name = ''"
            server.execute(cut, [parsed.database])
    assert len(store.repositories.all()) == 1


def test_a_fork_shares_no_connection(store: Store, url: str, kind: str) -> None:
    """Threads write while their process forks, and the children write too: all is there, and the file is whole."""
    stop = threading.Event()
    written: list[int] = []

    def write(thread: int) -> None:
        while not stop.is_set():
            store.deliveries.put([_delivery(f"parent-{thread}-{len(written)}")])
            written.append(thread)

    threads = [threading.Thread(target=write, args=(n,)) for n in range(3)]
    for thread in threads:
        thread.start()
    children = [_forked(lambda n=n: _write_as_child(store, n)) for n in range(5)]  # type: ignore[misc]  # n is bound
    codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    stop.set()
    for thread in threads:
        thread.join()
    assert codes == [0] * 5
    assert all(store.deliveries.seen(f"child-{child}-{n}") == "pending" for child in range(5) for n in range(10))
    assert store.deliveries.pending(NOON) == 50 + len(written)
    if kind == "sqlite":
        engine = create_engine(url)
        with engine.connect() as connection:
            assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"
        engine.dispose()


def _write_as_child(store: Store, child: int) -> None:
    for n in range(10):
        store.deliveries.put([_delivery(f"child-{child}-{n}")])


def _delivery(guid: str) -> Delivery:
    return Delivery(guid, "push", b"x" * 5000, NOON)


def _forked(run: Callable[[], object]) -> int:
    """The child's process id. It leaves without pytest's and Python's farewells, which are the parent's."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        run()
        code = 0
    finally:
        os._exit(code)


def test_many_threads_write_at_once_and_nobody_is_turned_away(store: Store) -> None:
    def take(thread: int) -> None:
        taken.extend([store.leases.take(f"lease {thread} {n}", "x", TTL, after(n)) for n in range(20)])

    taken: list[bool] = []
    threads = [threading.Thread(target=take, args=(n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert taken == [True] * 240


def test_the_log_is_moved_to_the_main_file_beside_the_commits(tmp_path: Path) -> None:
    """Left to a commit, it would wait for far more pages than these, and then everybody for it."""
    path = tmp_path / "store.db"
    with closing(open_store(f"sqlite:///{path}", KEYS)) as store:
        store.migrate()
        size = path.stat().st_size
        for number in range(100):
            store.deliveries.put([Delivery(f"{number}", "push", b"x" * 10_000, NOON)])
        wait_until(lambda: path.stat().st_size > size)
        assert store.deliveries.pending(NOON) == 100
