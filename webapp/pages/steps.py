"""A deployment's steps as bars on one scale of time: pure, so that a table of cases can judge it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tidegate.instance import PhaseRecord

#: The scale's length; bars are drawn in these units.
SCALE = 1000.0
#: A bar that took no time can still be seen.
_THINNEST = 6.0


@dataclass(frozen=True)
class Bar:
    """`x` and `width` on SCALE. `outcome` is "ok", "failed", "skipped", "canceled" or "running"."""

    step: str
    outcome: str
    detail: str
    began: datetime
    took: timedelta
    x: float
    width: float


def bars(phases: Sequence[PhaseRecord], now: datetime) -> list[Bar]:
    """In the order of the phases; one that runs lasts until `now`."""
    if not phases:
        return []
    begin = min(phase.started_at for phase in phases)
    end = max(phase.ended_at or now for phase in phases)
    whole = max((end - begin).total_seconds(), 0.001)

    def bar(phase: PhaseRecord) -> Bar:
        took = max((phase.ended_at or now) - phase.started_at, timedelta())
        width = max(took.total_seconds() / whole * SCALE, _THINNEST)
        x = max(min((phase.started_at - begin).total_seconds() / whole * SCALE, SCALE - width), 0.0)
        outcome = phase.outcome or "running"
        return Bar(phase.step, outcome, phase.detail, phase.started_at, took, round(x, 1), round(width, 1))

    return [bar(phase) for phase in phases]
