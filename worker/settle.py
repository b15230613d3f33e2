"""What the instances of what is live are makes what their deployments are: their health, LIVE or CRASHED."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from tidegate import vitals, wording
from tidegate.deployment import Health, Move, Status
from tidegate.store.instances import Tended
from worker import progress
from worker.parts import Parts


def settle(parts: Parts, tended: Sequence[Tended]) -> None:
    """`tended` by deployment. Writes only what differs from what is recorded, so it may be called at any time."""
    for deployment_id, members in groupby(tended, lambda each: each.instance.deployment_id):
        _settle(parts, deployment_id, list(members))


def _settle(parts: Parts, deployment_id: str, members: Sequence[Tended]) -> None:
    """A deployment is never shown as live and unhealthy on its way to crashed, or back."""
    instances, known = [each.instance for each in members], members[0]
    health, reason = vitals.condition(instances)
    status = vitals.status(known.status, instances)
    if status is Status.CRASHED and known.status is Status.LIVE:
        progress.move_if_legal(parts, deployment_id, Move(status, reason))
    differs = (known.health or Health.HEALTHY, known.health_reason) != (health, reason)
    if differs and parts.store.deployments.set_health(deployment_id, health, reason, parts.clock.now()):
        parts.bell.report()
    if status is Status.LIVE and known.status is Status.CRASHED:
        progress.move_if_legal(parts, deployment_id, Move(status, wording.LIVE))
