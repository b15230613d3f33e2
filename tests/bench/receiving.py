"""The receiver beside a bare one: see receiver.py for how."""

from __future__ import annotations

from tests.bench import receiver
from tests.bench.measurement import Measurement

RUNS = 5


def receiving() -> Measurement:
    seen = receiver.measure(RUNS)
    compared = (
        "the lesser of two ratios, webhooks a second (ours ÷ bare) and p99 (bare ÷ ours): durable and deduplicated "
        "against Flask under gunicorn that checks the signature alone"
    )
    ratios = {"rps_ratio": seen["rps_ours"] / seen["rps_bare"], "p99_ratio": seen["p99_bare_ms"] / seen["p99_ours_ms"]}
    details = {name: round(value, 3) for name, value in (ratios | seen).items()}
    return Measurement("receiver", min(ratios.values()), 0.8, "times", RUNS, compared, at_least=True, details=details)
