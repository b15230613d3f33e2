"""On a real Redis, since what matters is what RQ finds there."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import ConnectionError as RedisGone
from rq import Queue

from tests.waiting import wait_until
from tests.webapp.product import redis_server
from webapp.doorbell import DRAIN_JOB, DRAIN_KEY, QUEUE, Doorbell, enqueue_drain
from worker import jobs
from worker.bell import EVENTS, rung_key


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Redis]:
    with redis_server(tmp_path) as url, Redis.from_url(url) as client:
        yield client


def test_names_are_the_workers_own() -> None:
    assert f"{jobs.drain.__module__}.{jobs.drain.__name__}" == DRAIN_JOB
    assert rung_key("drain") == DRAIN_KEY
    assert EVENTS == QUEUE


def test_many_rings_are_one_job_until_it_starts(redis: Redis) -> None:
    doorbell = Doorbell(redis)
    queue = Queue(QUEUE, connection=redis)
    for _ in range(1000):
        doorbell.ring()
    wait_until(lambda: queue.count == 1)
    assert not enqueue_drain(redis), "it is rung for already"
    redis.delete(DRAIN_KEY)  # as the job does when it starts
    doorbell.ring()
    wait_until(lambda: queue.count == 2)
    doorbell.close()
    assert [job.func_name for job in queue.jobs] == [DRAIN_JOB] * 2


def test_a_lost_ring_is_forgotten(redis: Redis) -> None:
    assert enqueue_drain(redis)
    left = redis.ttl(DRAIN_KEY)
    assert isinstance(left, int)
    assert 0 < left <= 5


def test_without_redis_it_says_so_once_and_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    rung = 0

    class Gone(Redis):
        def set(self, *args: object, **options: object) -> None:
            nonlocal rung
            rung += 1
            raise RedisGone("refused")

    doorbell = Doorbell(Gone())

    def rung_again() -> bool:
        doorbell.ring()
        return rung >= 3

    with caplog.at_level(logging.WARNING):
        wait_until(rung_again)
    doorbell.close()
    assert len(caplog.records) == 1
