"""One RQ worker in a thread: several share a process, and with it connections, caches and memory.

Their work waits for disks, engines and networks, so that one interpreter serves them all.
"""

from __future__ import annotations

import threading
import time

import structlog
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, SimpleWorker
from rq.job import Job
from rq.timeouts import BaseDeathPenalty

#: Seconds until a worker that lost Redis tries again.
_PAUSE = 1.0

log = structlog.get_logger(__name__)


class _NoDeathPenalty(BaseDeathPenalty):
    """RQ ends a job by a signal, which reaches only the main thread; every step of ours has a limit of its own."""

    def setup_death_penalty(self) -> None:
        """Nothing to set up."""

    def cancel_death_penalty(self) -> None:
        """Nothing to cancel."""


class _ThreadWorker(SimpleWorker):
    death_penalty_class = _NoDeathPenalty
    busy = False

    def execute_job(self, job: Job, queue: Queue) -> None:
        self.busy = True
        try:
            super().execute_job(job, queue)
        finally:
            self.busy = False

    def request_stop_after_job(self) -> None:
        self._stop_requested = True

    def _install_signal_handlers(self) -> None:
        """The process has its own: a thread can have none."""


class Hand:
    """Works on its queues, in their order, until it is let go; a Redis that is gone is waited for."""

    def __init__(self, redis_url: str, queues: tuple[str, ...]) -> None:
        self._redis_url = redis_url
        self._queues = queues
        self._worker: _ThreadWorker | None = None
        self._let_go = False
        threading.Thread(target=self._run, name="-".join(queues), daemon=True).start()

    @property
    def busy(self) -> bool:
        return self._worker is not None and self._worker.busy

    def let_go(self) -> None:
        """Takes no further job once the present one is done."""
        self._let_go = True
        if self._worker is not None:
            self._worker.request_stop_after_job()

    def _run(self) -> None:
        while not self._let_go:
            try:
                connection = Redis.from_url(self._redis_url, socket_connect_timeout=2)
                self._worker = _ThreadWorker(list(self._queues), connection=connection)
                self._worker.work(logging_level="WARNING")
            except (RedisError, OSError) as trouble:
                log.warning("redis can't be reached", queues=self._queues, trouble=str(trouble))
            time.sleep(_PAUSE)
