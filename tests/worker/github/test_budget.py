"""We stop by ourselves before GitHub stops us, and only for as long as needed."""

from __future__ import annotations

import pytest

from tests.fakes.clock import FakeClock
from worker.github.budget import Budget
from worker.ports import Unavailable


def wait(budget: Budget, *, write: bool = False, spare: bool = False, installation: int | None = 1) -> float | None:
    """Seconds that one more request would have to wait; None where it was let through."""
    try:
        budget.spend(installation, write=write, spare=spare)
    except Unavailable as trouble:
        return trouble.retry_after
    return None


def told(clock: FakeClock, remaining: int, seconds: int, limit: int = 5000) -> dict[str, str]:
    reset = int(clock.now().timestamp()) + seconds
    return {
        "x-ratelimit-limit": str(limit),
        "x-ratelimit-remaining": str(remaining),
        "x-ratelimit-reset": str(reset),
    }


def test_the_81st_write_of_a_minute_waits_for_the_first_to_age() -> None:
    clock = FakeClock()
    budget = Budget(clock)
    assert wait(budget, write=True) is None
    clock.advance(20)
    assert [wait(budget, write=True) for _ in range(79)] == [None] * 79
    assert wait(budget, write=True) == 40
    assert wait(budget) is None, "reading goes on"
    clock.advance(40)
    assert wait(budget, write=True) is None


def test_an_hour_takes_500_writes_however_they_are_spread() -> None:
    clock = FakeClock()
    budget = Budget(clock)
    for _ in range(500):
        assert wait(budget, write=True) is None
        clock.advance(1)
    assert wait(budget, write=True) == 3600 - 500
    clock.advance(3100)
    assert wait(budget, write=True) is None


def test_sweeps_leave_the_last_fifth_to_people() -> None:
    clock = FakeClock()
    budget = Budget(clock)
    budget.note(1, told(clock, remaining=1000, seconds=90))
    assert wait(budget, spare=True) == 90
    assert wait(budget) is None
    clock.advance(90)
    assert wait(budget, spare=True) is None, "a new hour"


def test_nothing_is_asked_where_nothing_is_left() -> None:
    clock = FakeClock()
    budget = Budget(clock)
    budget.note(1, told(clock, remaining=0, seconds=90))
    assert wait(budget) == 90
    assert wait(budget, installation=2) is None, "another installation has its own"


def test_a_pause_that_github_asked_for_is_kept() -> None:
    clock = FakeClock()
    budget = Budget(clock)
    budget.pause(1, 47)
    clock.advance(7)
    assert wait(budget) == 40
    clock.advance(40)
    assert wait(budget) is None


@pytest.mark.parametrize("headers", [{}, {"x-ratelimit-limit": "60"}, {"x-ratelimit-limit": "?"}])
def test_answers_without_whole_limits_change_nothing(headers: dict[str, str]) -> None:
    budget = Budget(FakeClock())
    budget.note(1, headers)
    assert wait(budget, spare=True) is None
