"""What is done together is kept together, or not at all."""

from __future__ import annotations

import threading

import pytest

from tests.tidegate.store.given import NOON, a_service
from tidegate.audit import About, Asked, Via
from tidegate.store import Store

ENTRY = Asked(NOON, "ada", Via.PAGE, "hook", "made", About(7, "web"))


class Interrupted(Exception):
    pass


def test_all_of_it_is_kept_and_seen_meanwhile(store: Store) -> None:
    service = a_service(store)
    with store.together():
        store.audit.add(ENTRY)
        store.hooks.put(service.id, "a key", "ada", NOON)
        assert store.hooks.key(service.id) == "a key"
    assert store.hooks.key(service.id) == "a key"
    assert [entry for _, entry in store.audit.page(None, 9, None)] == [ENTRY]


def test_or_none(store: Store) -> None:
    service = a_service(store)

    def interrupted() -> None:
        with store.together():
            store.hooks.put(service.id, "a key", "ada", NOON)
            with store.together():
                store.audit.add(ENTRY)
            raise Interrupted

    with pytest.raises(Interrupted):
        interrupted()
    assert store.hooks.key(service.id) is None
    assert store.audit.page(None, 9, None) == []


def test_what_failed_within_and_was_dealt_with_takes_nothing_else_along(store: Store) -> None:
    """As a transaction of its own would: on PostgreSQL an error otherwise ends all of it."""
    service = a_service(store)

    def interrupted() -> None:
        with store._database.write() as connection:
            connection.exec_driver_sql("DELETE FROM audit")
            raise Interrupted

    with store.together():
        store.audit.add(ENTRY)
        with pytest.raises(Interrupted):
            interrupted()
        store.hooks.put(service.id, "a key", "ada", NOON)
    assert len(store.audit.page(None, 9, None)) == 1


def test_others_see_it_when_it_is_whole(store: Store) -> None:
    service = a_service(store)
    seen: list[str | None] = []

    def look() -> None:
        thread = threading.Thread(target=lambda: seen.append(store.hooks.key(service.id)))
        thread.start()
        thread.join()

    with store.together():
        store.hooks.put(service.id, "a key", "ada", NOON)
        look()
    look()
    assert seen == [None, "a key"]
