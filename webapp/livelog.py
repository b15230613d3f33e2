"""A deployment's log while it grows: from Redis, where lines are at once, and from the store, where all of them end up.

Redis may be down, emptied, or hold only the last lines; the store may be a second behind. Lines are numbered, so the
two are put together by number, whichever has a line first.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime
from itertools import islice

from redis import Redis, RedisError

from tidegate.logs import live_key
from tidegate.store import LogLine, Store

#: Seconds that a look at Redis waits for news; below the client's socket timeout.
PAUSE = 1.0
_MOST = 500


class LiveLog:
    """Reads on from the line after number `after`. For one reader in one thread."""

    def __init__(self, store: Store, redis: Redis, deployment_id: str, after: int) -> None:
        self._store = store
        self._redis = redis
        self._id = deployment_id
        self._after = after
        self._cursor = "0-0"

    def news(self) -> list[LogLine]:
        """The next lines, at most some hundred; empty after a pause in which none came. Raises StoreDown."""
        came = self._from_redis()
        next_ones = [pair for number, pair in enumerate(came, self._after + 1) if pair[1].n == number]
        if next_ones:
            self._cursor = next_ones[-1][0]
            return self._told([line for _, line in next_ones])
        # Nothing new, or a gap: what Redis no longer has, or never got, is in the store, a second later at most.
        kept = list(islice(self._store.logs.read(self._id, after=self._after), _MOST))
        if came and not kept:
            time.sleep(PAUSE)
        return self._told(kept)

    def _told(self, lines: list[LogLine]) -> list[LogLine]:
        if lines:
            self._after = lines[-1].n
        return lines

    def _from_redis(self) -> list[tuple[str, LogLine]]:
        """The lines behind the cursor that weren't told, with their places; waits a pause for the first."""
        try:
            answer = self._redis.xread({live_key(self._id): self._cursor}, count=_MOST, block=round(PAUSE * 1000))
        except RedisError:
            time.sleep(PAUSE)
            return []
        lines: list[tuple[str, LogLine]] = []
        for place, fields in _entries(answer):
            line = _line(fields)
            if line.n > self._after:
                lines.append((place, line))
            elif not lines:
                self._cursor = place
        return lines


def _entries(answer: object) -> Iterator[tuple[str, dict[bytes, bytes]]]:
    """(id, fields) of each entry of the one stream that was asked for."""
    # redis-py types an answer as anything that any version of the protocol may give; this is version 2's.
    streams = answer if isinstance(answer, list) else []
    for _key, entries in streams:
        for cursor, fields in entries:
            yield cursor.decode(), fields


def _line(fields: dict[bytes, bytes]) -> LogLine:
    at = datetime.fromisoformat(fields[b"at"].decode())
    return LogLine(int(fields[b"n"]), fields[b"step"].decode(), at, fields[b"text"].decode("utf-8", "replace"))
