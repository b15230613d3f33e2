"""Tells the workers that deliveries wait. A lost ring loses nothing: the row is the queue, and the sweep rings too."""

from __future__ import annotations

import logging
import threading

from redis import Redis, RedisError

#: The job, and the key that stands while it is rung for; the job deletes the key as it starts (worker/bell.py).
DRAIN_JOB = "worker.jobs.drain"
DRAIN_KEY = "tidegate:rung:drain"
QUEUE = "events"
#: Seconds after which a ring is taken for lost, so that the next one is heard.
RING_EXPIRES = 5
#: Seconds between two looks at Redis under load; the first ring after a pause goes out at once.
PACE = 0.05

log = logging.getLogger(__name__)


class Doorbell:
    """Rings from a thread of its own, so that no webhook waits for Redis."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._asked = threading.Event()
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="doorbell", daemon=True)
        self._thread.start()

    def ring(self) -> None:
        """Never blocks and never raises; many rings before the drain starts are one."""
        self._asked.set()

    def close(self) -> None:
        self._closed.set()
        self._asked.set()
        self._thread.join()

    def _run(self) -> None:
        heard = True
        while not self._closed.is_set():
            self._asked.wait()
            self._asked.clear()
            try:
                enqueue_drain(self._redis)
                heard = True
            except RedisError as error:
                # Once an outage: webhooks come by the hundred.
                if heard:
                    log.warning("the workers can't be rung; until they can, the sweep finds what came: %s", error)
                heard = False
            self._closed.wait(PACE)


def enqueue_drain(redis: Redis) -> bool:
    """Enqueues the drain job, unless one is rung for and hasn't started; tells whether it did. Raises RedisError."""
    if not redis.set(DRAIN_KEY, "1", nx=True, ex=RING_EXPIRES):
        return False
    # Here, for memory: a web process that never got a webhook needs no RQ.
    from rq import Queue

    Queue(QUEUE, connection=redis).enqueue_call(DRAIN_JOB, timeout=-1, result_ttl=0, failure_ttl=3600)
    return True
