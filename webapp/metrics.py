"""What /metrics tells: of this web, what it has counted itself; of the whole product, what gauges.py reads.

A web is one process (server.py). Where it is run with several, PROMETHEUS_MULTIPROC_DIR names a directory through which
they count together: https://prometheus.github.io/client_python/multiprocess/
"""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from webapp.webhooks import OUTCOMES

#: In seconds; GitHub gives up after ten.
_LATENCIES = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class Metrics:
    content_type = CONTENT_TYPE_PLAIN_0_0_4

    def __init__(self, gauges: Collector, directory: str | None = None) -> None:
        """`directory`: as PROMETHEUS_MULTIPROC_DIR was when prometheus_client was first imported."""
        self._gauges = CollectorRegistry()
        self._gauges.register(gauges)
        self._directory = directory
        self._registry = CollectorRegistry()
        deliveries = Counter(
            "tidegate_webhook_deliveries", "Webhooks by how they were answered.", ["outcome"], registry=self._registry
        )
        self._latency = Histogram(
            "tidegate_webhook_seconds",
            "From a webhook's headers to its answer.",
            buckets=_LATENCIES,
            registry=self._registry,
        )
        self.streams = Gauge(
            "tidegate_log_streams",
            "Live logs that are being watched.",
            registry=self._registry,
            multiprocess_mode="livesum",
        )
        # Looked up once: labels() takes a lock, and each webhook would.
        self._deliveries = {outcome: deliveries.labels(outcome) for outcome in OUTCOMES}

    def webhook(self, outcome: str, seconds: float) -> None:
        """`outcome` is one of webhooks.OUTCOMES."""
        self._deliveries[outcome].inc()
        self._latency.observe(seconds)

    def text(self) -> bytes:
        own = self._registry
        if self._directory:
            own = CollectorRegistry()
            MultiProcessCollector(own, self._directory)  # type: ignore[no-untyped-call]  # the library has no type there
        return generate_latest(own) + generate_latest(self._gauges)
