"""Old instances leave in order: out of the router, SIGTERM after the overlap, SIGKILL after the delay, removed.

The deadlines are rows, so they hold no worker and survive every restart; `watch` carries them out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import structlog

from tidegate import wording
from tidegate.blueprint import Service as Definition
from tidegate.container import instance_names
from tidegate.deployment import SERVING, Deployment, Move, Status, Step
from tidegate.instance import GONE, Instance, InstanceState, Retirement
from tidegate.routing import rolling_key
from worker import progress
from worker.parts import Parts
from worker.ports import Container, Engine, Unavailable
from worker.switch import current_table

#: Of the containers that a deployment has.
_ROLES = ("instance", "pre-deploy")
#: Removals at the same time: each waits for its container's end, and who cancels a deploy waits for all of them.
_AT_ONCE = 4

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
            if retirement.term_at <= now:
                _go_on(parts, retirement, now)
        except Unavailable as trouble:
            log.warning("a retirement waits", deployment_id=retirement.deployment_id, trouble=str(trouble))


def discard(parts: Parts, deployment_id: str) -> None:
    """Removes whatever a deployment that won't be live has started; where it was given traffic already, those that had
    it only leave the router (see `leave`). Trouble is left to the sweep, which looks again."""
    instances = parts.store.instances.of(deployment_id)
    entered = rolling_key(deployment_id) in current_table(parts).backends or any(map(_is_leaving, instances))
    try:
        _close_instances(parts, deployment_id, InstanceState.STOPPED if entered else InstanceState.REMOVED)
        _remove_containers(parts, deployment_id, {each.container_id for each in instances} if entered else ())
    except Unavailable as trouble:
        log.warning("left to the sweep", deployment_id=deployment_id, trouble=str(trouble))


def leave(parts: Parts, deployment_id: str) -> None:
    """Instances of a deployment that ended before it was live, and that were given traffic, go as old ones do: requests
    to them may be under way. Doing it twice does it once."""
    row = parts.store.deployments.get(deployment_id)
    if row is not None and _ended(row) and any(map(_is_leaving, parts.store.instances.of(deployment_id))):
        overlap = timedelta(seconds=parts.settings.timing.overlap)
        delay = Definition.load(row.definition or {}).max_shutdown_delay_seconds
        parts.store.retirements.add(Retirement(deployment_id, parts.clock.now() + overlap, delay))


def leftovers(parts: Parts) -> None:
    """Removes containers of deployments that have ended, on every host that can be reached; raises Unavailable then."""

    def remove(engine: Engine) -> None:
        for container in left_over(parts, engine):
            engine.remove(container.id)

    parts.hosts.each(remove)


def left_over(parts: Parts, engine: Engine) -> Iterator[Container]:
    """Containers on that host of deployments that have ended, but for those that leave by a retirement, which is there
    from now on; and such as a live deployment has elsewhere by now, since their host was away. Those of unknown
    deployments are somebody else's."""
    for role in _ROLES:
        for container in engine.owned({"tidegate.role": role}):
            row = parts.store.deployments.get(container.labels.get("tidegate.deployment", ""))
            if row is not None and row.status in SERVING and _is_stray(parts, row, engine, container):
                yield container
            if row is None or not _ended(row):
                continue
            leaving = {each.container_id for each in parts.store.instances.of(row.id) if _is_leaving(each)}
            if container.id in leaving:
                leave(parts, row.id)
            else:
                yield container


def _is_stray(parts: Parts, row: Deployment, engine: Engine, container: Container) -> bool:
    """By name: one that was just started anew is not yet recorded by its id."""
    if container.labels.get("tidegate.role") != "instance":
        return False
    there = [each for each in parts.store.instances.of(row.id) if each.host == engine.name]
    return container.name not in {f"{instance_names(row)}{each.index}" for each in there}


def _is_leaving(instance: Instance) -> bool:
    """It is out of the router, and its container was not removed yet."""
    return instance.state is InstanceState.STOPPED


def _remove_containers(parts: Parts, deployment_id: str, but: Collection[str] = ()) -> None:
    """By role too: a container that a person runs of our image has the image's labels, the deployment's among them."""

    def remove(engine: Engine) -> None:
        of_it = ({"tidegate.deployment": deployment_id, "tidegate.role": role} for role in _ROLES)
        found = [each.id for labels in of_it for each in engine.owned(labels) if each.id not in but]
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            list(pool.map(engine.remove, found))

    # Without an instance it may have run a command, and where is not known.
    parts.hosts.each(remove, {each.host for each in parts.store.instances.of(deployment_id)} or None)


def _ended(row: Deployment) -> bool:
    return row.status in {Status.FAILED, Status.CANCELED, Status.REMOVED, Status.SUPERSEDED}


def _go_on(parts: Parts, retirement: Retirement, now: datetime) -> None:
    """As far as its hosts can be reached: none of them waits for another's instances. Raises Unavailable then."""
    if retirement.termed_at is None:
        _close_instances(parts, retirement.deployment_id, InstanceState.STOPPED)
    hosts = {each.host for each in _leaving(parts, retirement)}
    parts.hosts.each(lambda engine: _end(parts, retirement, engine, now), hosts)
    if retirement.termed_at is None:
        parts.store.retirements.termed(retirement.deployment_id, parts.clock.now())
    # Of a host that the settings name no more nobody can be told, nor waited for.
    if not any(each.host in parts.hosts for each in _leaving(parts, retirement)):
        _finish(parts, retirement)


def _leaving(parts: Parts, retirement: Retirement) -> list[Instance]:
    return [each for each in parts.store.instances.of(retirement.deployment_id) if _is_leaving(each)]


def _end(parts: Parts, retirement: Retirement, engine: Engine, now: datetime) -> None:
    """Those on that host: each has its SIGTERM as soon as the host can be reached, and its whole delay from then on."""
    there = [each for each in _leaving(parts, retirement) if each.host == engine.name]
    for each in there:
        if each.due_at is None:
            engine.stop(each.container_id, "SIGTERM")
            due = parts.clock.now() + timedelta(seconds=retirement.grace)
            parts.store.instances.told_to_end(each.deployment_id, each.index, due)
    over = [each for each in there if each.due_at is not None and (each.due_at <= now or not _runs(engine, each))]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        list(pool.map(engine.remove, [each.container_id for each in over]))
    for each in over:
        parts.store.instances.set_state(each.deployment_id, each.index, InstanceState.REMOVED)


def _runs(engine: Engine, instance: Instance) -> bool:
    container = engine.inspect(instance.container_id)
    return container is not None and container.running


def _close_instances(parts: Parts, deployment_id: str, state: InstanceState) -> None:
    """Out of the router first: nothing that gets traffic is ever stopped. Those that are STOPPED may still have some,
    where the router was down when it was to be told."""
    served = [i for i in parts.store.instances.of(deployment_id) if i.state is InstanceState.HEALTHY]
    for instance in parts.store.instances.of(deployment_id):
        if instance.state not in GONE:
            parts.store.instances.set_state(deployment_id, instance.index, state)
    if served or state is InstanceState.STOPPED:
        parts.router.apply(lambda: current_table(parts))


def _finish(parts: Parts, retirement: Retirement) -> None:
    """Whatever else it has left on its hosts goes, too."""
    _remove_containers(parts, retirement.deployment_id)
    for instance in parts.store.instances.of(retirement.deployment_id):
        parts.store.instances.set_state(retirement.deployment_id, instance.index, InstanceState.REMOVED)
    _note(parts, retirement.deployment_id)
    progress.move_if_legal(parts, retirement.deployment_id, Move(Status.REMOVED, wording.REMOVED))
    parts.store.retirements.done(retirement.deployment_id)


def _note(parts: Parts, deployment_id: str) -> None:
    """How long it took, from when it left the router."""
    row, now = parts.store.deployments.get(deployment_id), parts.clock.now()
    if row is not None and row.status is not Status.REMOVED:
        parts.store.phases.note(row.id, Step.RETIRE, row.moved_at or now, "ok", now)
