"""What may still be asked of GitHub, counted for all processes together in Redis.

Redis is no truth here: each process counts for itself besides, and the stricter of the two counts holds. So where Redis
is down or was emptied, the budget is what one process knows, and GitHub's own answer is the last word.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import structlog
from redis import Redis
from redis.client import Pipeline
from redis.exceptions import RedisError

from worker.github.budget import MOST_WRITES, WRITE_LIMITS, Account, Hour, OwnBudget, WriteLimits, hour_of
from worker.ports import Clock

#: Redis is left alone for this long after it failed, in seconds, so that a hanging one doesn't slow every request.
_AWAY = 5.0
#: Nothing of an account matters for longer.
_KEPT = max(span for _, span in WRITE_LIMITS)

log = structlog.get_logger(__name__)


class SharedBudget:
    """Implements `Budget`, on a `quick` client."""

    def __init__(self, redis: Redis, clock: Clock, limits: WriteLimits = WRITE_LIMITS) -> None:
        self._redis = redis
        self._clock = clock
        self._limits = limits
        self._own = OwnBudget(clock, limits)
        self._away_until = clock.now()

    def spend(self, installation: int | None, *, write: bool, spare: bool) -> None:
        self._own.check(installation, write=write, spare=spare)
        self._ask(lambda: self._spend(installation, write=write, spare=spare))
        self._own.spend(installation, write=write, spare=spare)

    def _spend(self, installation: int | None, *, write: bool, spare: bool) -> None:
        if not write:
            self._account(installation).check(self._clock.now(), write=False, spare=spare)
            return
        writes = _writes_key(installation)

        def checked(pipe: Pipeline) -> None:
            now = self._clock.now()
            found: Any = pipe.zrange(writes, -MOST_WRITES, -1, withscores=True)
            self._account(installation, [at for _, at in found]).check(now, write=True, spare=spare)
            pipe.multi()
            pipe.zadd(writes, {uuid4().hex: now.timestamp()})
            pipe.zremrangebyscore(writes, "-inf", (now - _KEPT).timestamp())
            pipe.expire(writes, _KEPT)

        # Watched: where another process writes in between it is checked again, so the last write is let through once.
        self._redis.transaction(checked, writes)

    def _account(self, installation: int | None, writes: Sequence[float] = ()) -> Account:
        found: Any = self._redis.hgetall(_account_key(installation))
        told = {name.decode(): float(value) for name, value in found.items()}
        hour = None
        if "reset" in told:
            hour = Hour(int(told["limit"]), int(told["remaining"]), _time(told["reset"]))
        paused_until = _time(told["paused_until"]) if "paused_until" in told else None
        return Account(self._limits, hour, paused_until, deque(map(_time, writes)))

    def note(self, installation: int | None, headers: Mapping[str, str]) -> None:
        self._own.note(installation, headers)
        hour = hour_of(headers)
        if hour is not None:
            told = {"limit": hour.limit, "remaining": hour.remaining, "reset": hour.reset.timestamp()}
            self._tell(installation, told)

    def pause(self, installation: int | None, seconds: float) -> None:
        self._own.pause(installation, seconds)
        until = self._clock.now() + timedelta(seconds=seconds)
        self._tell(installation, {"paused_until": until.timestamp()})

    def _tell(self, installation: int | None, told: Mapping[Any, float]) -> None:
        key = _account_key(installation)

        def kept(pipe: Pipeline) -> None:
            pipe.hset(key, mapping=told)
            pipe.expire(key, _KEPT)

        self._ask(lambda: self._redis.transaction(kept))

    def _ask(self, asked: Callable[[], object]) -> None:
        now = self._clock.now()
        if now < self._away_until:
            return
        try:
            asked()
        except RedisError as trouble:
            self._away_until = now + timedelta(seconds=_AWAY)
            log.warning("redis can't be reached; this process counts for itself", trouble=str(trouble))


def _account_key(installation: int | None) -> str:
    return f"tidegate:github:{installation or 'app'}:account"


def _writes_key(installation: int | None) -> str:
    return f"tidegate:github:{installation or 'app'}:writes"


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
