"""A deployment's steps as bars on one scale of time: pure, so that a table of cases can judge it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tidegate.deployment import Step
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
    """In the order of the phases; one that runs lasts until `now`. The time that passed between a build ahead and the
    deploy's own beginning, while only checks ran, isn't drawn."""
    if not phases:
        return []
    drawn = [_moved(phase, _waited(phases)) for phase in phases]
    begin = min(phase.started_at for phase in drawn)
    end = max(phase.ended_at or now for phase in drawn)
    whole = max((end - begin).total_seconds(), 0.001)

    def bar(phase: PhaseRecord, at: datetime) -> Bar:
        took = max((phase.ended_at or now) - phase.started_at, timedelta())
        width = max(took.total_seconds() / whole * SCALE, _THINNEST)
        x = max(min((at - begin).total_seconds() / whole * SCALE, SCALE - width), 0.0)
        outcome = phase.outcome or "running"
        return Bar(phase.step, outcome, phase.detail, phase.started_at, took, round(x, 1), round(width, 1))

    return [bar(phase, moved.started_at) for phase, moved in zip(phases, drawn, strict=True)]


def _waited(phases: Sequence[PhaseRecord]) -> timedelta:
    """From the end of the build ahead to the first other step."""
    ended = next((phase.ended_at for phase in phases if phase.step == Step.AHEAD), None)
    others = [phase.started_at for phase in phases if phase.step != Step.AHEAD]
    return max(min(others) - ended, timedelta()) if ended and others else timedelta()


def _moved(phase: PhaseRecord, by: timedelta) -> PhaseRecord:
    if phase.step != Step.AHEAD or phase.ended_at is None:
        return phase
    return replace(phase, started_at=phase.started_at + by, ended_at=phase.ended_at + by)
