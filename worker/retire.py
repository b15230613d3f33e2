"""Old instances leave in order: out of the router, SIGTERM after the overlap, SIGKILL after the delay, removed.

The deadlines are rows, so they hold no worker and survive every restart; `watch` carries them out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

import structlog

from tidegate import wording
from tidegate.blueprint import Service as Definition
from tidegate.deployment import Deployment, Move, Status
from tidegate.instance import Instance, InstanceState, Retirement
from tidegate.routing import rolling_key
from worker import progress
from worker.parts import Parts
from worker.ports import Container, Unavailable
from worker.switch import current_table

#: Of the containers that a deployment has.
_ROLES = ("instance", "pre-deploy")

log = structlog.get_logger(__name__)


def replaced(parts: Parts, service_id: int, environment: str) -> None:
    """Retires every running deployment of the lane that the router doesn't send to. Doing it twice does it once."""
    place = parts.store.environments.get(service_id, environment)
    successor = parts.store.deployments.get(place.routed) if place and place.routed else None
    if successor is None or successor.status not in {Status.LIVE, Status.CRASHED}:
        return
    for old in parts.store.deployments.running(service_id, environment):
        if old.id == successor.id or old.status is Status.DRAINING:
            continue
        overlap = timedelta(seconds=parts.settings.timing.overlap)
        delay = Definition.load(old.definition or {}).max_shutdown_delay_seconds
        parts.store.retirements.add(Retirement(old.id, parts.clock.now() + overlap, delay))
        progress.move_if_legal(parts, old.id, Move(Status.DRAINING, wording.replaced_by(successor.sha)))


def carry_out(parts: Parts) -> None:
    """Does what is due. Trouble with a host is left for the next call."""
    now = parts.clock.now()
    for retirement in parts.store.retirements.all():
        try:
            if retirement.termed_at is None:
                if retirement.term_at <= now:
                    _terminate(parts, retirement, now)
            elif retirement.termed_at + timedelta(seconds=retirement.grace) <= now or _all_stopped(parts, retirement):
                _remove(parts, retirement)
        except Unavailable as trouble:
            log.warning("a retirement waits", deployment=retirement.deployment_id, trouble=str(trouble))


def discard(parts: Parts, deployment_id: str) -> None:
    """Removes whatever a deployment that won't be live has started; where it was given traffic already, those that had
    it only leave the router (see `leave`). Trouble is left to the sweep, which looks again."""
    instances = parts.store.instances.of(deployment_id)
    entered = rolling_key(deployment_id) in current_table(parts).backends or any(map(_is_leaving, instances))
    try:
        _close_instances(parts, deployment_id, InstanceState.STOPPED if entered else InstanceState.REMOVED)
        _remove_containers(parts, deployment_id, {each.container_id for each in instances} if entered else ())
    except Unavailable as trouble:
        log.warning("left to the sweep", deployment=deployment_id, trouble=str(trouble))


def leave(parts: Parts, deployment_id: str) -> None:
    """Instances of a deployment that ended before it was live, and that were given traffic, go as old ones do: requests
    to them may be under way. Doing it twice does it once."""
    row = parts.store.deployments.get(deployment_id)
    if row is not None and _ended(row) and any(map(_is_leaving, parts.store.instances.of(deployment_id))):
        overlap = timedelta(seconds=parts.settings.timing.overlap)
        delay = Definition.load(row.definition or {}).max_shutdown_delay_seconds
        parts.store.retirements.add(Retirement(deployment_id, parts.clock.now() + overlap, delay))


def leftovers(parts: Parts) -> None:
    """Removes containers of deployments that have ended."""
    for container in left_over(parts):
        parts.engine.remove(container.id)


def left_over(parts: Parts) -> Iterator[Container]:
    """Containers of deployments that have ended, but for those that leave by a retirement, which is there from now on.
    Those of unknown deployments are somebody else's."""
    for role in _ROLES:
        for container in parts.engine.owned({"tidegate.role": role}):
            row = parts.store.deployments.get(container.labels.get("tidegate.deployment", ""))
            if row is None or not _ended(row):
                continue
            leaving = {each.container_id for each in parts.store.instances.of(row.id) if _is_leaving(each)}
            if container.id in leaving:
                leave(parts, row.id)
            else:
                yield container


def _is_leaving(instance: Instance) -> bool:
    """It is out of the router, and its container was not removed yet."""
    return instance.state is InstanceState.STOPPED


def _remove_containers(parts: Parts, deployment_id: str, but: Collection[str] = ()) -> None:
    """By role too: a container that a person runs of our image has the image's labels, the deployment's among them."""
    for role in _ROLES:
        for container in parts.engine.owned({"tidegate.deployment": deployment_id, "tidegate.role": role}):
            if container.id not in but:
                parts.engine.remove(container.id)


def _ended(row: Deployment) -> bool:
    return row.status in {Status.FAILED, Status.CANCELED, Status.REMOVED, Status.SUPERSEDED}


def _terminate(parts: Parts, retirement: Retirement, now: datetime) -> None:
    _close_instances(parts, retirement.deployment_id, InstanceState.STOPPED)
    for instance in parts.store.instances.of(retirement.deployment_id):
        parts.engine.stop(instance.container_id, "SIGTERM")
    parts.store.retirements.termed(retirement.deployment_id, now)


def _close_instances(parts: Parts, deployment_id: str, state: InstanceState) -> None:
    """Out of the router first: nothing that gets traffic is ever stopped."""
    served = [i for i in parts.store.instances.of(deployment_id) if i.state is InstanceState.HEALTHY]
    for instance in parts.store.instances.of(deployment_id):
        parts.store.instances.set_state(deployment_id, instance.index, state)
    if served:
        parts.router.apply(lambda: current_table(parts))


def _all_stopped(parts: Parts, retirement: Retirement) -> bool:
    found = [parts.engine.inspect(i.container_id) for i in parts.store.instances.of(retirement.deployment_id)]
    return not any(container and container.running for container in found)


def _remove(parts: Parts, retirement: Retirement) -> None:
    _remove_containers(parts, retirement.deployment_id)
    for instance in parts.store.instances.of(retirement.deployment_id):
        parts.store.instances.set_state(retirement.deployment_id, instance.index, InstanceState.REMOVED)
    progress.move_if_legal(parts, retirement.deployment_id, Move(Status.REMOVED, wording.REMOVED))
    parts.store.retirements.done(retirement.deployment_id)
