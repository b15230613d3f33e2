"""A lease is kept for as long as the work takes, and no longer than its holder lives."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from tests.waiting import wait_until
from tests.worker.house import House
from worker.held import held


def test_one_at_a_time_and_free_afterwards(house: House) -> None:
    with held(house.parts, "x") as mine:
        assert mine
        assert not taken_by_another(house)
    assert taken_by_another(house)
    with held(house.parts, "x") as mine:
        assert not mine


def test_it_is_renewed_while_the_work_goes_on(tmp_path: Path) -> None:
    house = House(tmp_path, TIDEGATE_LEASE_SECONDS="0.04")
    take, taken = house.store.leases.take, []

    def counted(*arguments: object) -> bool:
        taken.append(arguments)
        return take(*arguments)  # type: ignore[arg-type]  # passed on as they came

    house.store.leases.take = counted  # type: ignore[method-assign, assignment]
    with held(house.parts, "x"):
        house.clock.advance(1)
        count = len(taken)
        wait_until(lambda: len(taken) >= count + 2)
        assert not taken_by_another(house)


def test_a_holder_that_was_killed_is_not_waited_for_longer_than_a_lease(house: House) -> None:
    assert taken_by_another(house)
    house.clock.advance(house.settings.timing.lease)
    with held(house.parts, "x") as mine:
        assert mine


def taken_by_another(house: House) -> bool:
    lease = timedelta(seconds=house.settings.timing.lease)
    return house.store.leases.take("x", "another", lease.total_seconds(), house.clock.now())
