"""Lines come once, in order, from wherever they are first: a real Redis, and a store that is a moment behind."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from tests.tidegate.store.given import a_deployment, a_service, after
from tests.webapp.house import NO_REDIS
from tests.webapp.product import redis_server
from tidegate.logs import live_key
from tidegate.store import Store, open_store
from webapp import livelog
from webapp.livelog import LiveLog


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = open_store(f"sqlite:///{tmp_path}/store.db", ["k" * 32])
    made.migrate()
    yield made
    made.close()


@pytest.fixture
def redis(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Redis]:
    monkeypatch.setattr(livelog, "PAUSE", 0.01)
    with redis_server(tmp_path) as url, Redis.from_url(url) as client:
        yield client


def show(redis: Redis, deployment: str, *numbers: int) -> None:
    """As worker/logsink.py does."""
    for n in numbers:
        fields = {"n": n, "step": "build", "at": after(n).isoformat(), "text": f"líne {n}"}
        redis.xadd(live_key(deployment), fields, maxlen=5000, approximate=True)  # type: ignore[arg-type]


def keep(store: Store, deployment: str, first: int, last: int) -> None:
    lines = [(after(n), f"líne {n}") for n in range(first, last + 1)]
    store.logs.append(deployment, "build", first, lines)


def numbers(log: LiveLog) -> list[int]:
    """Of all that there is by now."""
    told: list[int] = []
    while lines := log.news():
        assert all((line.text, line.step, line.at) == (f"líne {line.n}", "build", after(line.n)) for line in lines)
        told += [line.n for line in lines]
    return told


def test_lines_come_from_redis_at_once(store: Store, redis: Redis) -> None:
    log = LiveLog(store, redis, "d1", 0)
    assert numbers(log) == []
    show(redis, "d1", 1, 2)
    assert numbers(log) == [1, 2]
    show(redis, "d1", 3)
    assert numbers(log) == [3]


def test_what_redis_no_longer_has_comes_from_the_store(store: Store, redis: Redis) -> None:
    made = a_deployment(store, a_service(store))
    keep(store, made.id, 1, 700)
    show(redis, made.id, *range(650, 1300))
    log = LiveLog(store, redis, made.id, 0)
    assert numbers(log) == list(range(1, 1300))
    show(redis, made.id, 1300)
    assert numbers(log) == [1300], "and Redis is read again"


def test_a_gap_waits_for_the_store(store: Store, redis: Redis) -> None:
    """Redis was away for lines 3 and 4: nothing is told out of order, and nothing is left out."""
    made = a_deployment(store, a_service(store))
    log = LiveLog(store, redis, made.id, 0)
    show(redis, made.id, 1, 2)
    assert numbers(log) == [1, 2]
    show(redis, made.id, 5, 6)
    assert numbers(log) == []
    keep(store, made.id, 1, 4)
    assert numbers(log) == [3, 4, 5, 6]


def test_a_reader_goes_on_after_its_last_line(store: Store, redis: Redis) -> None:
    made = a_deployment(store, a_service(store))
    keep(store, made.id, 1, 10)
    show(redis, made.id, *range(5, 15))
    assert numbers(LiveLog(store, redis, made.id, 12)) == [13, 14]
    assert numbers(LiveLog(store, redis, made.id, 3)) == list(range(4, 15))


def test_redis_that_lost_everything_is_filled_in_for(store: Store, redis: Redis) -> None:
    made = a_deployment(store, a_service(store))
    log = LiveLog(store, redis, made.id, 0)
    show(redis, made.id, 1, 2)
    assert numbers(log) == [1, 2]
    redis.flushall()
    keep(store, made.id, 1, 4)
    assert numbers(log) == [3, 4]


def test_without_redis_the_store_tells_it(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(livelog, "PAUSE", 0.01)
    made = a_deployment(store, a_service(store))
    log = LiveLog(store, Redis.from_url(NO_REDIS), made.id, 0)
    keep(store, made.id, 1, 3)
    assert numbers(log) == [1, 2, 3]
    keep(store, made.id, 4, 5)
    assert numbers(log) == [4, 5]
