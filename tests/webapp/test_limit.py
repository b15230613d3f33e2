"""How often is often: in a real Redis, and in memory while there is none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from tests.waiting import wait_until
from tests.webapp.house import NO_REDIS
from tests.webapp.product import redis_server
from webapp.limit import Limit


class Watch:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    with redis_server(tmp_path_factory.mktemp("redis")) as url, Redis.from_url(url) as client:
        yield client


def test_processes_count_together(redis: Redis) -> None:
    one, other = Limit(redis, "together", 2, 60), Limit(redis, "together", 2, 60)
    assert [one.spend("a"), other.spend("a")] == [None, None]
    wait = one.spend("a")
    assert wait is not None
    assert 59 <= wait <= 60
    assert other.spend("b") is None
    assert Limit(redis, "another", 2, 60).spend("a") is None


def test_redis_forgets_by_itself(redis: Redis) -> None:
    limit = Limit(redis, "forgotten", 1, 1)
    assert limit.spend("a") is None
    assert limit.spend("a") == 1
    wait_until(lambda: not redis.exists("tidegate:limit:forgotten:a"))
    assert limit.spend("a") is None


def test_without_redis_it_is_counted_here() -> None:
    watch = Watch()
    limit = Limit(Redis.from_url(NO_REDIS), "here", 2, 60, watch)
    assert [limit.spend("a"), limit.spend("a")] == [None, None]
    watch.now = 30.5
    assert limit.spend("a") == 30
    assert limit.spend("b") is None
    watch.now = 60.0
    assert limit.spend("a") is None


def test_what_comes_too_often_does_not_put_off_the_end() -> None:
    watch = Watch()
    limit = Limit(Redis.from_url(NO_REDIS), "here", 1, 60, watch)
    limit.spend("a")
    for second in range(1, 60):
        watch.now = float(second)
        assert limit.spend("a") == 60 - second
    watch.now = 60.0
    assert limit.spend("a") is None


def test_while_redis_is_away_the_count_begins_anew(tmp_path: Path) -> None:
    with redis_server(tmp_path) as url, Redis.from_url(url) as client:
        limit = Limit(client, "away", 1, 60)
        assert limit.spend("a") is None
        assert limit.spend("a") is not None
    assert limit.spend("a") is None
    assert limit.spend("a") is not None
