"""The way into a lane: one active deployment per (service, environment), at most one that waits for it."""

from __future__ import annotations

from tidegate import overlap, wording
from tidegate.deployment import Deployment, Move, Status
from tidegate.store import NewDeployment
from worker import progress
from worker.parts import Parts

#: The actor of what nobody asked for.
OURSELVES = "tidegate"


def enqueue(parts: Parts, new: NewDeployment) -> Deployment:
    """Writes the row, then brings its lane in order."""
    created = parts.store.deployments.create(new, parts.clock.now())
    progress.tell(parts, created)
    arrange(parts, new.service_id, new.environment)
    return created


def arrange(parts: Parts, service_id: int, environment: str) -> None:
    """Whoever was overtaken is superseded, whose turn it is gets rung for. May be called at any time, by anybody: the
    deployment that is rung for must still win the lane in the database."""
    deployments = parts.store.deployments
    pending = deployments.pending(service_id, environment)
    active = deployments.active(service_id, environment)
    plan = overlap.on_new(pending, active, parts.settings.overlap_policy)
    for ending in plan.superseded:
        progress.move_if_legal(parts, ending.deployment_id, Move(Status.SUPERSEDED, ending.reason))
    if plan.cancel is not None:
        deployments.ask_cancel(plan.cancel.deployment_id, OURSELVES, parts.clock.now())
    chosen = overlap.next_to_start(pending, active)
    if chosen is not None:
        parts.bell.deploy(chosen.id)


def cancellation(parts: Parts, running: Deployment, who: str) -> Move:
    """Of a running deployment that `who` asked to cancel: we ourselves do so to make room for the next (OVERRIDE)."""
    successor = overlap.next_to_start(parts.store.deployments.pending(running.service_id, running.environment), None)
    if who == OURSELVES and successor is not None:
        return Move(Status.CANCELED, wording.canceled_for(successor.sha), who)
    return Move(Status.CANCELED, wording.canceled_by(who), who)
