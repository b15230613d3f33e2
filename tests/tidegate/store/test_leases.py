"""One leader at a time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from tests.tidegate.store.given import NOON, TTL, after
from tidegate.store import Store


def test_a_lease_is_its_takers_until_it_runs_out_or_is_released(store: Store) -> None:
    assert store.leases.take("watch", "one", TTL, NOON)
    assert not store.leases.take("watch", "two", TTL, after(TTL - 1))
    assert store.leases.take("watch", "one", TTL, after(TTL - 1)), "renewed"
    assert not store.leases.take("watch", "two", TTL, after(TTL))
    assert store.leases.take("watch", "two", TTL, after(2 * TTL))
    store.leases.release("watch", "one")
    assert not store.leases.take("watch", "one", TTL, after(2 * TTL)), "another's lease can't be released"
    assert store.leases.holder("watch", after(2 * TTL)) == "two"
    assert store.leases.holder("watch", after(3 * TTL)) is None
    store.leases.release("watch", "two")
    assert store.leases.holder("watch", after(2 * TTL)) is None
    assert store.leases.take("watch", "one", TTL, after(2 * TTL))


def test_leases_of_different_names_are_apart(store: Store) -> None:
    assert store.leases.take("watch", "one", TTL, NOON)
    assert store.leases.take("report", "two", TTL, NOON)


def test_of_many_one_takes_it(store: Store) -> None:
    start = Barrier(8)

    def take(number: int) -> bool:
        start.wait()
        return store.leases.take("watch", f"process {number}", TTL, NOON)

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(take, range(8))) == 1


def test_what_ran_out_long_ago_is_forgotten_and_nothing_that_is_held(store: Store) -> None:
    assert store.leases.take("killed", "one", TTL, NOON)
    assert store.leases.take("held", "one", TTL, after(100))
    store.leases.prune(after(100))
    assert not store.leases.take("held", "two", TTL, after(100))
    assert store.leases.take("killed", "two", TTL, NOON), "judged by that time it would still be held"
