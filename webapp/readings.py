"""Readings of instances from Redis, for the charts. Where Redis is down there are none, and the page is there still."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from redis import Redis, RedisError

from tidegate import gauge
from tidegate.gauge import HostSeen, Reading
from tidegate.instance import Instance


def readings(redis: Redis, instances: Sequence[Instance]) -> list[list[Reading]]:
    """Of each instance, in their order, the oldest first; in one round trip."""
    if not instances:
        return []
    pipe = redis.pipeline(transaction=False)
    for each in instances:
        pipe.xrevrange(gauge.key(each.deployment_id, each.index), count=gauge.KEPT)
    try:
        found = pipe.execute()
    except RedisError:
        return [[] for _ in instances]
    return [[gauge.load(fields) for _, fields in reversed(entries)] for entries in found]


def hosts_seen(redis: Redis, names: Sequence[str], now: datetime) -> Mapping[str, HostSeen]:
    """By name, of those that were asked lately: nothing expires there, and who asks may be gone for days."""
    if not names:
        return {}
    try:
        found: Any = redis.hmget(gauge.HOSTS, list(names))
    except RedisError:
        return {}
    seen = {name: gauge.load_host(told) for name, told in zip(names, found, strict=True) if told}
    return {name: each for name, each in seen.items() if (now - each.at).total_seconds() <= gauge.TELLS}
