"""Asks Redis, and what the workers have left in it and in the store."""

from __future__ import annotations

from collections.abc import Iterator

from redis import RedisError
from rq import Worker

from tidegate.checkup.line import Line, amiss
from tidegate.checkup.machine import redis_line, workers_line
from worker.bell import BUILDS, DEPLOYS, EVENTS, UPKEEP
from worker.parts import Parts
from worker.redisclient import quick


def redis_and_workers(parts: Parts) -> Iterator[Line]:
    redis = quick(parts.settings.redis_url)
    queues = (EVENTS, DEPLOYS, UPKEEP, *((BUILDS,) if parts.settings.deploy_workers > 1 else ()))
    try:
        version = str(redis.info("server")["redis_version"])
        taken = [queue for worker in Worker.all(connection=redis) for queue in worker.queue_names()]
    except (RedisError, OSError) as trouble:
        yield redis_line(None, str(trouble))
        yield amiss("workers", "they are found through Redis", "bring Redis back first")
        return
    finally:
        redis.close()
    yield redis_line(version, "")
    leader = parts.store.leases.holder("watch", parts.clock.now())
    listening = {queue: taken.count(queue) for queue in queues}
    yield workers_line(listening, leader, has_app=parts.settings.github.has_app)
