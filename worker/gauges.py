"""Where readings are kept: capped in Redis, for an hour. Without Redis there are none, and nothing else is missed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import structlog
from redis import Redis
from redis.exceptions import RedisError

from tidegate import gauge
from tidegate.gauge import HostSeen, Reading
from tidegate.instance import Instance

log = structlog.get_logger(__name__)


class Gauges(Protocol):
    """Never raises: these are for looking at."""

    def keep(self, readings: Sequence[tuple[Instance, Reading]]) -> None: ...

    def seen(self, host: str, seen: HostSeen) -> None: ...


class RedisGauges:
    """Read by webapp/readings.py."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def keep(self, readings: Sequence[tuple[Instance, Reading]]) -> None:
        pipe = self._redis.pipeline(transaction=False)
        for instance, reading in readings:
            key = gauge.key(instance.deployment_id, instance.index)
            fields: dict[Any, Any] = dict(gauge.dump(reading))
            pipe.xadd(key, fields, maxlen=gauge.KEPT, approximate=True)
            pipe.expire(key, gauge.KEPT_SECONDS)
        try:
            pipe.execute()
        except RedisError as trouble:
            log.warning("readings of instances are lost", trouble=str(trouble))

    def seen(self, host: str, seen: HostSeen) -> None:
        try:
            self._redis.hset(gauge.HOSTS, host, gauge.dump_host(seen))
        except RedisError as trouble:
            log.warning("nobody can see whether the host answers", host=host, trouble=str(trouble))
