"""What /metrics tells of the whole product: read from the store and from Redis at each scrape, so that it doesn't
matter which process is asked, nor which of them was restarted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from redis import Redis, RedisError

from tidegate.store import Store, StoreDown
from tidegate.store.measures import Measures, Waiting

#: Of RQ's own lists; worker/bell.py has the names.
QUEUES = ("events", "deploys", "builds", "upkeep", "news")
_QUANTILES = (0.5, 0.95, 1.0)

Row = tuple[Sequence[str], float]


class Gauges(Collector):
    """A part that is down is told by its own gauge, and what it would have told is left out."""

    def __init__(self, store: Store, redis: Redis, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._store = store
        self._redis = redis
        self._now = now

    def describe(self) -> Iterable[Metric]:
        """Nothing is asked before the first scrape."""
        return []

    def collect(self) -> Iterator[Metric]:
        installations: list[int] | None = None
        try:
            measures = self._store.measure(self._now())
            installations = sorted(self._store.repositories.installations())
        except StoreDown:
            yield _gauge("tidegate_store_up", "Whether the store answers.", (), [((), 0)])
        else:
            yield _gauge("tidegate_store_up", "Whether the store answers.", (), [((), 1)])
            yield from _of_store(measures)
        try:
            told = list(self._of_redis(installations or []))
        except RedisError:
            yield _gauge("tidegate_redis_up", "Whether Redis answers.", (), [((), 0)])
        else:
            yield _gauge("tidegate_redis_up", "Whether Redis answers.", (), [((), 1)])
            yield from told

    def _of_redis(self, installations: Sequence[int]) -> Iterator[Metric]:
        """One round trip. Raises RedisError."""
        names = ["app", *map(str, installations)]
        with self._redis.pipeline(transaction=False) as pipe:
            for queue in QUEUES:
                pipe.llen(f"rq:queue:{queue}")
            for name in names:
                pipe.hmget(account_key(name), "limit", "remaining")
            found = pipe.execute()
        lengths, accounts = found[: len(QUEUES)], found[len(QUEUES) :]
        rows = [((queue,), float(length)) for queue, length in zip(QUEUES, lengths, strict=True)]
        yield _gauge("tidegate_jobs", "Rings that no worker has taken yet.", ("queue",), rows)
        told = [(name, account) for name, account in zip(names, accounts, strict=True) if None not in account]
        labels, help_ = ("installation",), "Requests to GitHub's API within the hour, as GitHub told last."
        yield _gauge("tidegate_github_limit", help_, labels, [((name,), float(limit)) for name, (limit, _) in told])
        yield _gauge("tidegate_github_remaining", help_, labels, [((name,), float(left)) for name, (_, left) in told])


def account_key(installation: str) -> str:
    """Where worker/sharedbudget.py keeps what GitHub told (a test compares them)."""
    return f"tidegate:github:{installation}:account"


def _of_store(measures: Measures) -> Iterator[Metric]:
    yield _gauge(
        "tidegate_deploys_last_hour",
        "Deploys that came live or ended otherwise within the last hour.",
        ("result", "fault"),
        [(key, count) for key, count in measures.results.items()],
    )
    yield _gauge(
        "tidegate_steps_last_hour",
        "Steps of deploys that ended within the last hour.",
        ("step", "outcome"),
        [(key, len(seconds)) for key, seconds in measures.steps.items()],
    )
    yield _gauge(
        "tidegate_step_seconds",
        "How long steps took that ended well within the last hour.",
        ("step", "quantile"),
        [
            ((step, str(part)), _quantile(seconds, part))
            for (step, outcome), seconds in measures.steps.items()
            if outcome == "ok"
            for part in _QUANTILES
        ],
    )
    yield _gauge(
        "tidegate_deployments",
        "Deployments that have not ended.",
        ("status",),
        [((status,), waiting.count) for status, waiting in measures.unfinished.items()],
    )
    yield _gauge(
        "tidegate_oldest_deployment_seconds",
        "Since when the one that has been longest in its status is in it.",
        ("status",),
        [((status,), waiting.oldest) for status, waiting in measures.unfinished.items()],
    )
    yield _gauge(
        "tidegate_instances",
        "Instances of what is live.",
        ("repository", "service", "environment", "state"),
        [(key, count) for key, count in measures.instances.items()],
    )
    yield from _queue("deliveries", "Webhooks of GitHub that are not handled yet.", measures.deliveries)
    yield from _queue("notifications", "Notifications that did not arrive yet.", measures.notifications)
    yield _gauge(
        "tidegate_notification_attempts_last_hour",
        "Attempts to send one, within the last hour.",
        ("ok",),
        [((str(ok).lower(),), count) for ok, count in measures.attempts.items()],
    )
    yield _gauge(
        "tidegate_notification_addresses",
        "Addresses that are told of what happens.",
        ("state",),
        [((state,), count) for state, count in measures.addresses.items()],
    )


def _queue(name: str, help_: str, waiting: Waiting) -> Iterator[Metric]:
    yield _gauge(f"tidegate_{name}_pending", help_, (), [((), waiting.count)])
    yield _gauge(f"tidegate_oldest_{name}_seconds", f"{help_} How long the oldest waits.", (), [((), waiting.oldest)])


def _gauge(name: str, help_: str, labels: Sequence[str], rows: Iterable[Row]) -> Metric:
    family = GaugeMetricFamily(name, help_, labels=labels)
    for values, value in rows:
        family.add_metric(list(values), value)
    return family


def _quantile(values: list[float], part: float) -> float:
    """The smallest of them that is not below that part of all."""
    ordered = sorted(values)
    return ordered[max(0, -int(-part * len(ordered) // 1) - 1)]
