"""The receiver beside a bare one: see receiver.py for how."""

from __future__ import annotations

from tests.bench import receiver
from tests.bench.measurement import Measurement

RUNS = 5


def receiving() -> Measurement:
    seen = receiver.measure(RUNS)
    compared = "webhooks a second, durable and deduplicated ÷ Flask under gunicorn that checks the signature alone"
    ratio = seen["rps_ours"] / seen["rps_bare"]
    return Measurement("receiver", ratio, 0.8, "times", RUNS, compared, at_least=True, details=seen)
