"""By which rules a service is kept running: its definition's, and the installation's settings."""

from __future__ import annotations

from tidegate.blueprint import Service as Definition
from tidegate.settings import Settings
from tidegate.vitals import Rules


def rules_of(definition: Definition, settings: Settings) -> Rules:
    timing = settings.timing
    return Rules(
        policy=definition.restart_policy,
        interval=timing.probe_interval,
        failures=settings.probe_failures,
        patience=timing.unhealthy,
        start=timing.start,
        grace=definition.max_shutdown_delay_seconds,
        restarts=settings.restart_limit,
        most_written=settings.most_written,
        stay=None if definition.listens else timing.grace,
    )
