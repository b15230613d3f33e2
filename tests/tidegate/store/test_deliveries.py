"""No delivery is lost, and none that was handled is handled again."""

from __future__ import annotations

from dataclasses import replace
from threading import Barrier, Thread

from tests.tidegate.store.given import NOON, TTL, after
from tidegate.repository import Delivery
from tidegate.request import DEPLOY_HOOK
from tidegate.store import Store
from tidegate.store.deliveries import MOST_ATTEMPTS


def delivery(number: int, at: float = 0) -> Delivery:
    return Delivery(f"guid-{number}", "push", b'{"\x00 number": %d}' % number, after(at))


def test_what_was_put_is_claimed_as_it_came(store: Store) -> None:
    body = bytes(range(256)) * 80
    put = Delivery("a-guid", "check_run", body, NOON)
    assert store.deliveries.put([put]) == 1
    assert store.deliveries.claim(10, "worker", TTL, NOON) == [put]


def test_nothing_to_put_is_fine(store: Store) -> None:
    assert store.deliveries.put([]) == 0


def test_a_pending_delivery_that_comes_again_is_left_alone(store: Store) -> None:
    store.deliveries.put([delivery(1)])
    assert store.deliveries.put([delivery(1, at=5), delivery(2), delivery(2)]) == 1
    assert store.deliveries.claim(10, "worker", TTL, after(5)) == [delivery(1), delivery(2)]


def test_a_handled_delivery_that_comes_again_is_not_handled_again(store: Store) -> None:
    store.deliveries.put([delivery(1)])
    store.deliveries.claim(10, "worker", TTL, NOON)
    store.deliveries.handled(["guid-1"], NOON)
    assert store.deliveries.put([delivery(1, at=60)]) == 0
    assert store.deliveries.claim(10, "worker", TTL, after(60)) == []
    assert store.deliveries.seen("guid-1") == "handled"


def test_a_delivery_that_was_seen_but_not_handled_is_still_to_be_handled(store: Store) -> None:
    """Dedupe by what was handled: a worker that died with it must not make its redelivery a duplicate."""
    store.deliveries.put([delivery(1)])
    store.deliveries.claim(10, "a worker that dies", TTL, NOON)
    store.deliveries.put([delivery(1, at=10)])
    assert store.deliveries.claim(10, "another", TTL, after(TTL)) == [delivery(1)]


def test_the_oldest_come_first_and_nobody_gets_what_another_holds(store: Store) -> None:
    store.deliveries.put([delivery(1)])
    store.deliveries.put([delivery(2), delivery(3)])
    first = store.deliveries.claim(2, "one", TTL, after(1))
    second = store.deliveries.claim(2, "two", TTL, after(1))
    assert [each.guid for each in first] == ["guid-1", "guid-2"]
    assert [each.guid for each in second] == ["guid-3"]


def test_a_claim_runs_out(store: Store) -> None:
    store.deliveries.put([delivery(1)])
    store.deliveries.claim(1, "one", TTL, NOON)
    assert store.deliveries.claim(1, "two", TTL, after(TTL - 0.001)) == []
    assert store.deliveries.claim(1, "two", TTL, after(TTL)) == [delivery(1)]


def test_a_failed_delivery_waits_longer_each_time_and_is_given_up_in_the_end(store: Store) -> None:
    store.deliveries.put([delivery(1)])
    now, pauses = 0.0, []
    for attempt in range(MOST_ATTEMPTS):
        (held,) = store.deliveries.claim(1, "worker", TTL, after(now))
        assert held.attempts == attempt
        over = store.deliveries.failed("guid-1", "boom", after(now))
        if not over:
            pause = next(s for s in range(1000) if store.deliveries.pending(after(now + s)))
            pauses.append(pause)
            now += pause
    assert pauses == [5, 10, 20, 40]
    assert store.deliveries.seen("guid-1") == "failed"
    assert store.deliveries.claim(1, "worker", TTL, after(now + 100_000)) == []


def test_a_delivery_that_was_given_up_is_tried_anew_when_github_sends_it_again(store: Store) -> None:
    store.deliveries.put([delivery(1)])
    while not store.deliveries.failed("guid-1", "boom", NOON):
        pass
    assert store.deliveries.put([delivery(1, at=3600)]) == 1
    (held,) = store.deliveries.claim(1, "worker", TTL, after(3600))
    assert held.attempts == 0


def test_pending_counts_what_could_be_claimed_now(store: Store) -> None:
    store.deliveries.put([delivery(n) for n in range(5)])
    store.deliveries.claim(2, "worker", TTL, NOON)
    assert store.deliveries.pending(NOON) == 3
    assert store.deliveries.pending(after(TTL)) == 5


def test_what_ever_came_is_known_whatever_became_of_it(store: Store) -> None:
    store.deliveries.put([delivery(n) for n in (1, 2, 3)])
    store.deliveries.handled(["guid-1"], NOON)
    for _ in range(MOST_ATTEMPTS):
        store.deliveries.failed("guid-2", "broken", NOON)
    assert store.deliveries.known([f"guid-{n}" for n in range(5)]) == {"guid-1", "guid-2", "guid-3"}
    assert store.deliveries.known([]) == set()


def test_the_newest_is_the_one_that_was_stored_last(store: Store) -> None:
    assert store.deliveries.newest() is None
    store.deliveries.put([delivery(1, at=10)])
    store.deliveries.put([delivery(2, at=20)])
    store.deliveries.put([delivery(1, at=90)])
    assert store.deliveries.newest() == after(20), "what came again was not stored again"
    store.deliveries.put([replace(delivery(3, at=99), event=DEPLOY_HOOK)])
    assert store.deliveries.newest() == after(20), "a deploy hook's call tells nothing of GitHub"


def test_only_what_is_done_is_pruned(store: Store) -> None:
    store.deliveries.put([delivery(1), delivery(2), delivery(3)])
    store.deliveries.handled(["guid-1"], NOON)
    store.deliveries.handled(["guid-2"], after(100))
    store.deliveries.prune(after(50))
    assert [store.deliveries.seen(f"guid-{n}") for n in (1, 2, 3)] == [None, "handled", "pending"]


def test_many_at_once_put_and_claim_each_delivery_once(store: Store) -> None:
    """Every delivery is put twice, by two threads in two orders, and claimed by as many: each comes out once."""
    numbers, start = range(60), Barrier(8)
    counts: list[int] = []
    claimed: list[str] = []

    def put(step: int) -> None:
        start.wait()
        for first in range(0, 60, 10):
            batch = numbers[::step][first : first + 10]
            counts.append(store.deliveries.put([delivery(n) for n in batch]))

    def claim(owner: str) -> None:
        start.wait()
        while len(claimed) < 60:
            claimed.extend(each.guid for each in store.deliveries.claim(7, owner, TTL, after(1)))

    threads = [Thread(target=put, args=(step,)) for step in (1, -1, 1, -1)]
    threads += [Thread(target=claim, args=(f"worker {n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counts) == 60
    assert sorted(claimed) == sorted(f"guid-{n}" for n in numbers)
