"""A deployment's output, line by line: at once to a capped Redis stream for those who watch, in chunks to the store for
good. Masked before either. Nothing here may slow or fail a deploy."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from time import monotonic
from typing import Any

import structlog
from redis import Redis
from redis.exceptions import RedisError

from tidegate.logs import live_key, mask
from tidegate.store import Store, StoreDown
from worker.ports import Clock

#: Lines kept in Redis per deployment, and for how long after the last one, in seconds.
_LIVE_LINES = 5000
_LIVE_SECONDS = 3600
#: A chunk goes to the store when it has this many lines, or is this old in seconds.
_CHUNK_LINES = 500
_CHUNK_SECONDS = 1.0
_FLUSH = 0.05
#: Lines, and characters of each, that are kept at hand to find the reason of a failure in: a few MB at most.
_TAIL, _TAIL_WIDTH = 5000, 1000

log = structlog.get_logger(__name__)

Line = tuple[int, str, datetime, str]


class StoredLog:
    """Implements ports.LogSink. Lines are numbered from 1 through the whole deployment, over workers and restarts."""

    def __init__(self, store: Store, redis: Redis, clock: Clock, deployment_id: str, secrets: Collection[str]) -> None:
        self._store = store
        self._redis = redis
        self._clock = clock
        self._id = deployment_id
        self._secrets = frozenset(secrets)
        self._next = store.logs.next_line(deployment_id)
        self._live: list[Line] = []
        self._chunk: list[Line] = []
        self._chunk_since = monotonic()
        self._tail: deque[tuple[str, str]] = deque(maxlen=_TAIL)
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._wake = threading.Event()
        self._flusher = threading.Thread(target=self._flush_often, name=f"log-{deployment_id}", daemon=True)
        self._flusher.start()

    def line(self, step: str, text: str) -> None:
        masked = mask(text, self._secrets)
        with self._lock:
            entry = (self._next, str(step), self._clock.now(), masked)
            self._next += 1
            self._tail.append((str(step), masked[:_TAIL_WIDTH]))
            self._live.append(entry)
            self._chunk.append(entry)
        self._wake.set()

    def tail(self, step: str) -> Sequence[str]:
        with self._lock:
            return [text for of, text in self._tail if of == step]

    def close(self) -> None:
        if self._closed.is_set():
            return
        self._closed.set()
        self._wake.set()
        self._flusher.join()
        self._show()
        self._keep()

    def _flush_often(self) -> None:
        while not self._closed.is_set():
            self._wake.wait(timeout=_CHUNK_SECONDS if self._chunk else None)
            self._wake.clear()
            self._closed.wait(_FLUSH)  # lines come in bursts: one round trip for all of them
            self._show()
            if len(self._chunk) >= _CHUNK_LINES or monotonic() - self._chunk_since >= _CHUNK_SECONDS:
                self._keep()

    def _show(self) -> None:
        with self._lock:
            lines, self._live = self._live, []
        if not lines:
            return
        key = live_key(self._id)
        try:
            pipe = self._redis.pipeline(transaction=False)
            for number, step, at, text in lines:
                fields: dict[Any, Any] = {"n": number, "step": step, "at": at.isoformat(), "text": text}
                pipe.xadd(key, fields, maxlen=_LIVE_LINES, approximate=True)
            pipe.expire(key, _LIVE_SECONDS)
            pipe.execute()
        except RedisError as trouble:
            log.warning("nobody can watch live; the store keeps it", deployment_id=self._id, trouble=str(trouble))

    def _keep(self) -> None:
        self._chunk_since = monotonic()
        with self._lock:
            lines, self._chunk = self._chunk, []
        try:
            for step, run in groupby(lines, key=itemgetter(1)):
                rows = list(run)
                self._store.logs.append(self._id, step, rows[0][0], [(at, text) for _, _, at, text in rows])
                lines = lines[len(rows) :]
        except StoreDown as trouble:
            log.warning("log lines wait for the store", deployment_id=self._id, trouble=str(trouble))
            with self._lock:
                self._chunk = lines + self._chunk
