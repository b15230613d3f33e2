"""The only writer of a deployment's status: legal move → saved with its timeline entry → GitHub is told (later)."""

from __future__ import annotations

import structlog

from tidegate.deployment import ACTIVE, Deployment, IllegalMove, Lane, Move, Status
from worker.parts import Parts

log = structlog.get_logger(__name__)

#: How far a deployment has come; a resumed rollout runs its steps again but never moves a status back.
_ORDER = (
    Status.QUEUED,
    Status.INITIALIZING,
    Status.BUILDING,
    Status.PRE_DEPLOY,
    Status.DEPLOYING,
    Status.LIVE,
)


def move(parts: Parts, deployment_id: str, to: Move, lane: Lane | None = None) -> Deployment:
    """Saves the move and rings for a report. Raises IllegalMove, or LaneLost where `lane` was taken over."""
    moved = parts.store.deployments.move(deployment_id, to, parts.clock.now(), lane)
    log.info("a deployment moved", deployment_id=moved.id, status=str(moved.status), reason=moved.reason)
    tell(parts, moved)
    return moved


def tell(parts: Parts, moved: Deployment) -> None:
    """Rings for a report of what stays. What soon passes is shown only once it has lasted, and the watcher's tick rings
    for that: a ring at each step would take from a deploy the processors that it waits for."""
    if moved.status not in ACTIVE and moved.status is not Status.QUEUED:
        parts.bell.report()


def forward(parts: Parts, lane: Lane, current: Deployment, status: Status, reason: str) -> Deployment:
    """Moves on to `status`, or stays where the deployment already is at or beyond it."""
    if _ORDER.index(current.status) >= _ORDER.index(status):
        return current
    return move(parts, lane.deployment_id, Move(status, reason), lane)


def move_if_legal(parts: Parts, deployment_id: str, to: Move) -> Deployment | None:
    """For whoever comes late: None where somebody else has moved it on meanwhile, and nothing is changed."""
    try:
        return move(parts, deployment_id, to)
    except IllegalMove:
        return None
