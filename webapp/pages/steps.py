"""A deployment's steps as bars on one scale of time: pure, so that a table of cases can judge it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

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
    """In the order of the phases; one that runs lasts until `now`. Times in which none ran aren't drawn: that of checks
    after a build ahead, and all of a version's life before it is retired."""
    begins, whole = _laid_out(phases, now)

    def bar(phase: PhaseRecord, begin: float) -> Bar:
        took = _took(phase, now)
        width = max(took.total_seconds() / whole * SCALE, _THINNEST)
        x = max(min(begin / whole * SCALE, SCALE - width), 0.0)
        outcome = phase.outcome or "running"
        return Bar(phase.step, outcome, phase.detail, phase.started_at, took, round(x, 1), round(width, 1))

    return [bar(phase, begin) for phase, begin in zip(phases, begins, strict=True)]


def _laid_out(phases: Sequence[PhaseRecord], now: datetime) -> tuple[list[float], float]:
    """When each begins, and how long all of them take together, in seconds in which one of them ran."""
    begins, whole, until = [0.0] * len(phases), 0.0, datetime.min.replace(tzinfo=UTC)
    for index in sorted(range(len(phases)), key=lambda each: phases[each].started_at):
        began = phases[index].started_at
        ended = began + _took(phases[index], now)
        begins[index] = whole - max(until - began, timedelta()).total_seconds()
        whole += max(ended - max(began, until), timedelta()).total_seconds()
        until = max(until, ended)
    return begins, max(whole, 0.001)


def _took(phase: PhaseRecord, now: datetime) -> timedelta:
    return max((phase.ended_at or now) - phase.started_at, timedelta())
