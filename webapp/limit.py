"""How often something may be asked for: counted in Redis, for all web processes; while that is down, in this one."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from redis import Redis, RedisError


class Limit:
    """`most` within `seconds` of the first; whoever comes too often is let in again when these have passed."""

    def __init__(
        self, redis: Redis, name: str, most: int, seconds: int, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._redis = redis
        self._name = name
        self._most = most
        self._seconds = seconds
        self._here = _Here(seconds, now)

    def spend(self, subject: str) -> int | None:
        """None: go on; else how many seconds to wait."""
        try:
            count, left = self._in_redis(f"tidegate:limit:{self._name}:{subject}")
        except RedisError:
            count, left = self._here.count(subject)
        return None if count <= self._most else max(math.ceil(left), 1)

    def _in_redis(self, key: str) -> tuple[int, float]:
        """How often it was counted in this time, and how much of that is left."""
        with self._redis.pipeline(transaction=True) as counting:
            counting.set(key, 0, ex=self._seconds, nx=True)
            counting.incr(key)
            counting.pttl(key)
            _, count, left = counting.execute()
        return int(count), int(left) / 1000


@dataclass
class _Here:
    """The same in this process's memory, for a few subjects at a time."""

    seconds: int
    now: Callable[[], float]
    _counts: dict[str, tuple[float, int]] = field(default_factory=dict)
    _counting: threading.Lock = field(default_factory=threading.Lock)

    def count(self, subject: str) -> tuple[int, float]:
        now = self.now()
        with self._counting:
            self._counts = {key: kept for key, kept in self._counts.items() if now < kept[0]}
            until, count = self._counts.get(subject, (now + self.seconds, 0))
            self._counts[subject] = (until, count + 1)
        return count + 1, until - now
