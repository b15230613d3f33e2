"""A service with a disk: what is live stops before the new version starts, and comes back if that one fails."""

from __future__ import annotations

from tidegate import disk, wording
from tidegate.blueprint import Service as Definition
from tidegate.container import disk_of
from tidegate.deployment import Deployment, Step
from tidegate.disk import Mount
from worker.parts import Parts
from worker.ports import Container, Engine
from worker.run import Run
from worker.switch import current_table

#: Between two looks at what was told to stop, in seconds.
_LOOK = 0.1
#: From SIGTERM to SIGKILL for what no row tells of, in seconds.
_GRACE = 30


def before(run: Run) -> list[Deployment]:
    """Whoever has the disk that this deployment wants: they are to stop first."""
    wanted = _disk(run.deployment, run.definition)
    running = run.parts.store.deployments.running(run.lane.service_id, run.lane.environment)
    return [
        each
        for each in running
        if wanted is not None
        and each.id != run.deployment.id
        and _volume(_disk(each, Definition.load(each.definition or {}))) == wanted.volume
    ]


def make_way(run: Run, old: list[Deployment]) -> None:
    """Out of the router, out of the watcher's sight, then stopped: nobody but us has the disk. Done again by whoever
    resumes the deploy."""
    mount = _disk(run.deployment, run.definition)
    if mount is None:
        return
    parts = run.parts
    for each in old:
        if parts.store.stop_first.give_way(run.lane, each.id, parts.clock.now()):
            run.say(Step.START, wording.made_way(run.deployment.sha))
    if old:
        run.patiently(lambda: parts.router.apply(lambda: current_table(parts)))
    delays = [Definition.load(each.definition or {}).max_shutdown_delay_seconds for each in old]
    hosts = {instance.host for each in old for instance in parts.store.instances.of(each.id)}
    for engine in {*run.hosts, *map(parts.hosts.of, hosts)}:
        _stop(run, engine, mount, max(delays, default=_GRACE))


def bring_back(parts: Parts) -> None:
    """What has made way for a deploy that has ended without being live shall run again; the watcher starts it. Doing it
    twice does it once."""
    parts.store.stop_first.recall(parts.clock.now())


def holders(engine: Engine, mount: Mount, deployment_id: str) -> list[Container]:
    """Containers of other deployments that run with the disk."""
    found = engine.owned({disk.LABEL: mount.volume})
    return [each for each in found if each.running and each.labels.get("tidegate.deployment") != deployment_id]


def _stop(run: Run, engine: Engine, mount: Mount, grace: int) -> None:
    """By the disk's label: also what no row tells of any more, such as a failed deploy's on a host that was down."""
    parts, told = run.parts, set[str]()
    began = parts.clock.now()
    while there := run.patiently(lambda: holders(engine, mount, run.deployment.id)):
        late = (parts.clock.now() - began).total_seconds() >= grace
        for each in there:
            if late or each.id not in told:
                engine.stop(each.id, "SIGKILL" if late else "SIGTERM")
                told.add(each.id)
        run.check()
        parts.clock.sleep(_LOOK)


def _disk(deployment: Deployment, definition: Definition) -> Mount | None:
    return disk_of(deployment, definition, "")


def _volume(mount: Mount | None) -> str | None:
    return mount.volume if mount else None
