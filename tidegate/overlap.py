"""One active deployment per lane: what becomes of the others when a new one comes (SEMANTICS 4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from tidegate import wording
from tidegate.deployment import PENDING, Deployment, Status, Trigger


class Overlap(StrEnum):
    """WAIT lets the running deploy finish, then runs the newest. OVERRIDE cancels the running one at once."""

    WAIT = "wait"
    OVERRIDE = "override"


@dataclass(frozen=True)
class Ending:
    """A deployment that must end, and the reason that it shows."""

    deployment_id: str
    reason: str


@dataclass(frozen=True)
class Plan:
    """`superseded` never start; `cancel` is the active one, where it has to make room."""

    superseded: tuple[Ending, ...] = ()
    cancel: Ending | None = None


#: These run with the variables of what they repeat.
_AS_BEFORE = frozenset({Trigger.RESTART, Trigger.ROLLBACK})


def takes_todays(row: Deployment) -> bool:
    """Whether a deployment that has not begun will have the variables of the moment when it does."""
    return row.trigger not in _AS_BEFORE


def in_turn(pending: Sequence[Deployment]) -> list[Deployment]:
    """The newest first, but where a variable was changed. A config deployment comes after all that will have its value
    anyway: it is of what was live, and must not take the place of a commit that was pushed. A restart comes after it,
    since it starts new instances as well, and the changed value must go live. What was asked for before a rollback, or
    after it, stays so."""
    found: list[Deployment] = []
    for is_rollback, between in groupby(pending, lambda row: row.trigger is Trigger.ROLLBACK):
        rows = list(between)
        changed = not is_rollback and any(row.trigger is Trigger.CONFIG for row in rows)
        found += sorted(rows, key=_beside_config) if changed else rows
    return found


def _beside_config(row: Deployment) -> int:
    return {Trigger.CONFIG: 1, Trigger.RESTART: 2}.get(row.trigger, 0)


def made_good(restart: Deployment, live: Deployment | None) -> bool:
    """Whether what a queued restart asks for has happened by itself: what is live was started after that, and may be
    newer than what the restart would start again."""
    asked = restart.trigger is Trigger.RESTART and restart.status is Status.QUEUED
    return asked and live is not None and live.live_at is not None and live.live_at > restart.created_at


def on_new(pending: Sequence[Deployment], active: Deployment | None, policy: Overlap) -> Plan:
    """To be asked whenever a deployment of the lane was added, or its gate has opened; `pending` includes it,
    the newest first: the order in which they were recorded, which two clocks can't confuse.

    The newest supersedes older ones. One that still waits for its checks supersedes only those that wait, too: it may
    never start, and must not take the place of one whose checks have passed.
    """
    superseded = list[Ending]()
    ready: Deployment | None = None
    waiting: Deployment | None = None
    for row in in_turn(pending):
        if row.status not in PENDING:
            continue
        successor = ready or (waiting if row.status is Status.WAITING else None)
        if successor is not None:
            superseded.append(Ending(row.id, wording.superseded_by(successor.sha)))
        elif row.status is Status.QUEUED:
            ready = row
        else:
            waiting = row
    if active is None or ready is None or policy is Overlap.WAIT:
        return Plan(tuple(superseded))
    return Plan(tuple(superseded), Ending(active.id, wording.canceled_for(ready.sha)))


def next_to_start(pending: Sequence[Deployment], active: Deployment | None) -> Deployment | None:
    """The one whose turn it is of those that are queued, once nothing of the lane is active."""
    queued = (each for each in in_turn(pending) if each.status is Status.QUEUED)
    return next(queued, None) if active is None else None
