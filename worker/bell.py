"""The doorbell: RQ jobs that only say "there is work". What the work is stands in the store."""

from __future__ import annotations

import structlog
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue

log = structlog.get_logger(__name__)

#: Quick work that everything waits for; whole rollouts; builds that nobody waits for yet; reports and sweeps; what
#: is sent to people's addresses, which may not answer.
EVENTS, DEPLOYS, BUILDS, UPKEEP, NEWS = "events", "deploys", "builds", "upkeep", "news"
#: A ring that was lost with its worker is forgotten after this many seconds, so that the next one is heard.
_FORGET = 5


class RedisBell:
    """Implements ports.Bell."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def drain(self) -> None:
        self._once("drain", EVENTS)

    def consider(self, repository_id: int, sha: str) -> None:
        self._ring(EVENTS, "consider", repository_id, sha)

    def deploy(self, deployment_id: str) -> None:
        self._ring(DEPLOYS, "deploy", deployment_id)

    def build_ahead(self, deployment_id: str) -> None:
        self._ring(BUILDS, "build_ahead", deployment_id)

    def report(self) -> None:
        self._once("report", UPKEEP)

    def send(self) -> None:
        self._once("send", NEWS)

    def catch_up(self) -> None:
        self._once("catch_up", UPKEEP)

    def poll(self) -> None:
        self._once("poll", EVENTS)

    def clean(self) -> None:
        # Where big builds wait as well: it may take minutes, and neither a deploy nor a report may wait for it.
        self._once("clean", BUILDS)

    def heard(self, job: str) -> None:
        """Called by a job as it starts, before it looks: a ring after this is a new one."""
        try:
            self._redis.delete(rung_key(job))
        except RedisError as trouble:
            log.warning("redis can't be reached", trouble=str(trouble))

    def _once(self, job: str, queue: str) -> None:
        try:
            if self._redis.set(rung_key(job), 1, nx=True, ex=_FORGET):
                self._ring(queue, job)
        except RedisError as trouble:
            log.warning("not rung; the sweep will", job=job, trouble=str(trouble))

    def _ring(self, queue: str, job: str, *arguments: object) -> None:
        try:
            # Our own steps have limits of their own, and results are rows: RQ keeps neither.
            Queue(queue, connection=self._redis).enqueue_call(
                f"worker.jobs.{job}", args=arguments, timeout=-1, result_ttl=0, failure_ttl=3600
            )
        except RedisError as trouble:
            log.warning("not rung; the sweep will", job=job, trouble=str(trouble))


def rung_key(job: str) -> str:
    """Set while a ring for `job` is under way; the web process uses the same name for "drain"."""
    return f"tidegate:rung:{job}"
