"""Group commit: what waits together is committed together, and everybody hears how it went."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from tests.waiting import wait_until
from tidegate.repository import Delivery
from tidegate.store import StoreDown
from webapp.inbox import Inbox


def delivery(number: int) -> Delivery:
    return Delivery(f"guid-{number}", "push", b"{}", datetime.now(UTC))


class SlowStore:
    """Commits when told so, one batch at a time, and remembers what was in each."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.go = threading.Semaphore(0)
        self.down = False

    def keep(self, deliveries: Sequence[Delivery]) -> None:
        # Copied at its beginning: nobody may join a batch whose commit has begun.
        self.batches.append([each.guid for each in deliveries])
        assert self.go.acquire(timeout=10)
        if self.down:
            raise StoreDown("no disk")


def test_deliveries_that_arrive_during_a_commit_share_the_next_one() -> None:
    store, rung = SlowStore(), threading.Semaphore(0)
    inbox = Inbox(store.keep, rung.release)
    with ThreadPoolExecutor(10) as pool:
        first = pool.submit(inbox.put, delivery(0))
        wait_until(lambda: len(store.batches) == 1)
        others = [pool.submit(inbox.put, delivery(number)) for number in range(1, 10)]
        wait_until(lambda: len(inbox._open.deliveries) == 9)
        assert not any(each.done() for each in (first, *others)), "nobody is answered before the commit"
        store.go.release()
        first.result(10)
        store.go.release()
        for each in others:
            each.result(10)
    assert [len(batch) for batch in store.batches] == [1, 9]
    assert sorted(store.batches[1]) == sorted(f"guid-{number}" for number in range(1, 10))
    assert rung.acquire(blocking=False)
    assert rung.acquire(blocking=False)
    assert not rung.acquire(blocking=False), "one ring for a batch"


def test_a_failed_commit_fails_those_in_it_and_nobody_else() -> None:
    store, rung = SlowStore(), threading.Semaphore(0)
    inbox = Inbox(store.keep, rung.release)
    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(inbox.put, delivery(0))
        wait_until(lambda: len(store.batches) == 1)
        others = [pool.submit(inbox.put, delivery(number)) for number in (1, 2)]
        wait_until(lambda: len(inbox._open.deliveries) == 2)
        store.go.release()
        first.result(10)
        wait_until(lambda: len(store.batches) == 2)
        store.down = True
        store.go.release()
        for each in others:
            with pytest.raises(StoreDown):
                each.result(10)
        store.down = False
        store.go.release()
        pool.submit(inbox.put, delivery(3)).result(10)
    assert rung.acquire(blocking=False)
    assert rung.acquire(blocking=False)
    assert not rung.acquire(blocking=False), "nobody is rung for what isn't there"
