"""We stop by ourselves before GitHub stops us, and only for as long as needed; alone and with other processes."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from redis import Redis

from tests.fakes.clock import FakeClock
from tests.webapp.product import free_port, redis_server
from worker.github.budget import Budget, OwnBudget
from worker.ports import Unavailable
from worker.redisclient import quick
from worker.sharedbudget import SharedBudget


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    with redis_server(tmp_path_factory.mktemp("redis")) as url, quick(url) as client:
        yield client


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(params=["own", "shared", "without redis"])
def budget(request: pytest.FixtureRequest, clock: FakeClock) -> Iterator[Budget]:
    """Each way of counting, to be judged alike."""
    if request.param == "own":
        yield OwnBudget(clock)
    elif request.param == "shared":
        redis: Redis = request.getfixturevalue("redis")
        redis.flushdb()
        yield SharedBudget(redis, clock)
    else:
        with quick(f"redis://127.0.0.1:{free_port()}") as nobody:
            yield SharedBudget(nobody, clock)


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


def test_the_81st_write_of_a_minute_waits_for_the_first_to_age(budget: Budget, clock: FakeClock) -> None:
    assert wait(budget, write=True) is None
    clock.advance(20)
    assert [wait(budget, write=True) for _ in range(79)] == [None] * 79
    assert wait(budget, write=True) == 40
    assert wait(budget) is None, "reading goes on"
    clock.advance(40)
    assert wait(budget, write=True) is None


def test_an_hour_takes_500_writes_however_they_are_spread(budget: Budget, clock: FakeClock) -> None:
    for _ in range(500):
        assert wait(budget, write=True) is None
        clock.advance(1)
    assert wait(budget, write=True) == 3600 - 500
    clock.advance(3100)
    assert wait(budget, write=True) is None


def test_sweeps_leave_the_last_fifth_to_people(budget: Budget, clock: FakeClock) -> None:
    budget.note(1, told(clock, remaining=1000, seconds=90))
    assert wait(budget, spare=True) == 90
    assert wait(budget) is None
    clock.advance(90)
    assert wait(budget, spare=True) is None, "a new hour"


def test_nothing_is_asked_where_nothing_is_left(budget: Budget, clock: FakeClock) -> None:
    budget.note(1, told(clock, remaining=0, seconds=90))
    assert wait(budget) == 90
    assert wait(budget, installation=2) is None, "another installation has its own"


def test_a_pause_that_github_asked_for_is_kept(budget: Budget, clock: FakeClock) -> None:
    budget.pause(1, 47)
    clock.advance(7)
    assert wait(budget) == 40
    clock.advance(40)
    assert wait(budget) is None


@pytest.mark.parametrize("headers", [{}, {"x-ratelimit-limit": "60"}, {"x-ratelimit-limit": "?"}])
def test_answers_without_whole_limits_change_nothing(budget: Budget, headers: dict[str, str]) -> None:
    budget.note(1, headers)
    assert wait(budget, spare=True) is None


def test_what_can_wait_leaves_the_last_fifth_of_the_writes_to_people(budget: Budget, clock: FakeClock) -> None:
    assert [wait(budget, write=True, spare=True) for _ in range(64)] == [None] * 64
    clock.advance(10)
    assert wait(budget, write=True, spare=True) == 50
    assert [wait(budget, write=True) for _ in range(16)] == [None] * 16
    assert wait(budget, write=True) == 50
    assert wait(budget, spare=True) is None, "there are requests enough to read"


def test_what_can_wait_leaves_the_last_hundred_of_the_hour_too(budget: Budget, clock: FakeClock) -> None:
    for _ in range(400):
        assert wait(budget, write=True) is None
        clock.advance(2)
    assert wait(budget, write=True, spare=True) == 3600 - 800
    assert wait(budget, write=True) is None


def test_the_longest_of_several_waits_is_told(budget: Budget, clock: FakeClock) -> None:
    budget.note(1, told(clock, remaining=0, seconds=90))
    budget.pause(1, 47)
    assert wait(budget) == 90


def test_processes_count_together(redis: Redis, clock: FakeClock) -> None:
    redis.flushdb()
    one, two = SharedBudget(redis, clock), SharedBudget(redis, clock)
    assert [wait(each, write=True) for each in [one, two] * 40] == [None] * 80
    assert [wait(one, write=True), wait(two, write=True)] == [60, 60]
    one.note(2, told(clock, remaining=1000, seconds=90))
    assert wait(two, installation=2, spare=True) == 90
    assert wait(two, installation=2) is None
    two.pause(3, 47)
    assert wait(one, installation=3) == 47
    two.pause(None, 30)
    assert wait(one, installation=None) == 30, "the App's own"


def test_the_last_write_is_let_through_once(redis: Redis, clock: FakeClock) -> None:
    redis.flushdb()
    budgets = [SharedBudget(redis, clock) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        waits = list(pool.map(lambda number: wait(budgets[number % 8], write=True), range(120)))
    assert waits.count(None) == 80


def test_a_redis_that_forgot_everything_gives_nothing_away(redis: Redis, clock: FakeClock) -> None:
    redis.flushdb()
    budget = SharedBudget(redis, clock)
    budget.note(1, told(clock, remaining=1000, seconds=3600))
    assert [wait(budget, write=True) for _ in range(80)] == [None] * 80
    redis.flushdb()
    assert wait(budget, write=True) == 60
    assert wait(budget, spare=True) == 3600


def test_a_redis_that_is_down_is_left_alone_for_a_while_and_then_counted_with_again(
    tmp_path: Path, clock: FakeClock
) -> None:
    port = free_port()
    with quick(f"redis://127.0.0.1:{port}") as client:
        one, two = SharedBudget(client, clock), SharedBudget(client, clock)
        assert wait(one, write=True) is None, "nobody is there, and nobody waits"
        with redis_server(tmp_path, port):
            one.pause(1, 47)
            assert wait(two) is None, "left alone"
            clock.advance(5)
            one.pause(1, 47)
            assert wait(two) == 47


@pytest.mark.parametrize("shared", [False, True])
def test_writes_are_not_counted_where_there_are_no_limits(redis: Redis, clock: FakeClock, shared: bool) -> None:
    redis.flushdb()
    budget: Budget = SharedBudget(redis, clock, ()) if shared else OwnBudget(clock, ())
    assert [wait(budget, write=True, spare=True) for _ in range(600)] == [None] * 600
    budget.pause(1, 47)
    assert wait(budget, write=True) == 47, "what GitHub says is obeyed all the same"
