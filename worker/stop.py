"""Stops whatever a service runs in an environment: what is pending or active is canceled, what runs is retired.

For places that go as a whole: a preview that is removed, a repository that was taken from us, a service that is removed
by hand. May be called again and again until nothing is left; the sweep does.
"""

from __future__ import annotations

from datetime import timedelta

from tidegate.blueprint import Service as Definition
from tidegate.deployment import Move, Status
from tidegate.instance import Retirement
from worker import progress
from worker.parts import Parts

_AT_ONCE = timedelta(0)


def stop(
    parts: Parts, service_id: int, environment: str, reason: str, actor: str, overlap: timedelta = _AT_ONCE
) -> bool:
    """Out of the router first. True once nothing of the place is pending, active or running any more. `overlap`: from
    there to SIGTERM, for what is being answered."""
    store, now = parts.store, parts.clock.now()
    store.environments.stop(service_id, environment)
    left = store.cron_runs.stop(service_id, environment, reason, now)
    for row in store.deployments.pending(service_id, environment):
        progress.move_if_legal(parts, row.id, Move(Status.CANCELED, reason, actor))
    active = store.deployments.active(service_id, environment)
    if active is not None:
        store.deployments.ask_cancel(active.id, actor, now)
        left = True
    for row in store.deployments.running(service_id, environment):
        left = True
        if row.status is not Status.DRAINING:
            delay = Definition.load(row.definition or {}).max_shutdown_delay_seconds
            store.retirements.add(Retirement(row.id, now + overlap, delay))
            progress.move_if_legal(parts, row.id, Move(Status.DRAINING, reason, actor))
    return not left
