"""Places a deployment's instances on Docker hosts: gathers what the decision needs, and records what it says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from tidegate import placement, wording
from tidegate.blueprint import Service as Definition
from tidegate.container import disk_of, instance_names
from tidegate.deployment import Deployment, Fault, Step
from tidegate.instance import Instance, InstanceState
from tidegate.naming import named
from tidegate.placement import Admission, Candidate, Placement, Wish
from worker.held import awaited
from worker.parts import Parts
from worker.ports import Engine, Unavailable
from worker.run import Run, StepFailed

_RETIRED = frozenset({InstanceState.STOPPED, InstanceState.REMOVED})
#: A worker that was killed while it placed keeps others from it for so long, in seconds.
_PLACING = 30.0


def place(run: Run) -> None:
    """Each instance to be has a host, which is recorded before anything of it is started: whoever resumes the deploy,
    or takes it back, knows where to look. One stays where it is while that host answers."""
    parts = run.parts
    hosts = run.patiently(lambda: _recorded(run, candidates(parts, run.deployment)))
    run.placed = [parts.hosts.of(host) for host in hosts]


def candidates(parts: Parts, row: Deployment | None = None, *, alone: bool = False) -> list[Candidate]:
    """All hosts as they are now; siblings are the instances of that deployment. Where there is one alone it isn't asked
    whether it answers, since whatever is wanted of it tells; unless it is to be, `alone` as it is."""
    closed, counts = parts.store.hosts.closed(), parts.store.instances.by_host()
    of_it = parts.store.instances.of(row.id) if row else []
    siblings = Counter(each.host for each in of_it if each.state not in _RETIRED)
    regions = {host.name: host.region for host in parts.settings.hosts}
    return [
        Candidate(
            name=engine.name,
            region=regions[engine.name],
            admission=closed[engine.name].admission if engine.name in closed else Admission.OPEN,
            trouble=_trouble(engine) if alone or len(parts.hosts) > 1 else "",
            instances=counts.get(engine.name, 0),
            siblings=siblings[engine.name],
        )
        for engine in parts.hosts
    ]


def another(parts: Parts, row: Deployment, definition: Definition) -> Placement:
    """For one more instance of what is live."""
    hosts = candidates(parts, row)
    return placement.place(hosts, _wish(parts, row, definition, hosts))


def builder(parts: Parts) -> Engine:
    """The host that images are built on. Raises Unavailable where none answers."""
    hosts = candidates(parts)
    name = placement.builder(hosts)
    if name is None:
        raise Unavailable(f"none of the Docker hosts can be reached: {', '.join(each.name for each in hosts)}")
    return parts.hosts.of(name)


def _recorded(run: Run, hosts: Sequence[Candidate]) -> list[str]:
    """Raises Unavailable where there is no place now, StepFailed where there will be none. One deployment after the
    other: of two that begin at once each counts the other's instances."""
    if len(hosts) == 1:
        return _record(run, hosts)
    with awaited(run.parts, "placement", _PLACING, "another deployment is being placed"):
        return _record(run, hosts)


def _record(run: Run, hosts: Sequence[Candidate]) -> list[str]:
    parts, row = run.parts, run.deployment
    there = {each.index: each.host for each in parts.store.instances.of(row.id) if each.state not in _RETIRED}
    found = placement.spread(hosts, _wish(parts, row, run.definition, hosts), run.instances, there)
    for index, placed in enumerate(found):
        if placed.host is None:
            if placed.hopeless:
                raise StepFailed(placed.reason, Fault.USER)
            raise Unavailable(placed.reason)
        if run.definition.stays and there.get(index) != placed.host:
            name = instance_names(row) + str(index)
            port, state = run.definition.port, InstanceState.STARTING
            parts.store.instances.put(Instance(row.id, index, placed.host, name, "", port, state))
        if len(hosts) > 1:
            run.say(Step.START, wording.placed(index, placed.host, placed.reason))
    return [each.host for each in found if each.host is not None]


def _wish(parts: Parts, row: Deployment, definition: Definition, hosts: Sequence[Candidate]) -> Wish:
    """Where names are looked for, all of the environment is where something of it is already. A disk doesn't move:
    Unavailable is raised where a host can't be asked whether it has that."""
    if len(hosts) == 1:
        return Wish(definition.regions)
    mount = disk_of(row, definition, "")
    if mount is not None:
        holder = next((engine.name for engine in parts.hosts if mount.volume in engine.held_volumes()), None)
        if holder is not None:
            return Wish(definition.regions, together=True, home=holder, disk=True)
    services = [(each.name, each.definition) for each in parts.store.services.of_repository(row.repository_id)]
    if not named([*services, (row.service, definition.dump())]):
        return Wish(definition.regions)
    left = {each.name for each in hosts if each.admission is Admission.DRAINED}
    usable = {each.name for each in hosts} - left
    there = [each.host for each in parts.store.instances.of_environment(row.repository_id, row.environment)]
    home = next((host for host in there if host in usable), None)
    return Wish(definition.regions, together=True, home=home)


def _trouble(engine: Engine) -> str:
    try:
        engine.inspect("nobody")
    except Unavailable as trouble:
        return trouble.detail
    return ""
