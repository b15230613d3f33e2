"""What is live has as many instances as are wanted: asked at every look, so that whoever was killed midway is made up
for, and a number that was asked for during a deploy counts as soon as that is live."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from itertools import groupby

from tidegate import scaling
from tidegate.blueprint import Service as Definition
from tidegate.container import instance_names
from tidegate.deployment import Deployment
from tidegate.instance import Instance, InstanceState
from tidegate.placement import Admission
from tidegate.scaling import Change
from tidegate.store.instances import Tended
from worker.parts import Parts
from worker.place import another

#: Saves what becomes of an instance; False where somebody else was quicker.
Save = Callable[[Instance, Change], bool]


def resize(parts: Parts, tended: Sequence[Tended], definition: Callable[[Instance], Definition], save: Save) -> bool:
    """`tended` by deployment. Only writes what shall be; how they start and stop is seen to as for all others. True
    where something was changed."""
    changed = False
    away = _away(parts, tended)
    for deployment_id, group in groupby(tended, lambda each: each.instance.deployment_id):
        members = list(group)
        there = [each.instance for each in members]
        served = definition(there[0])
        count = scaling.wanted(served.num_instances, members[0].scaling, served.most_instances)
        leaving = away if served.disk is None else frozenset[str]()  # a disk stays on its host, and who writes to it
        row = None if scaling.is_sized(count, there, leaving) else parts.store.deployments.get(deployment_id)
        if row is not None:
            changed |= _bring_to(parts, row, served, there, count, leaving, save)
    return changed


def _away(parts: Parts, tended: Sequence[Tended]) -> frozenset[str]:
    """Hosts that are drained, or that the settings name no more."""
    drained = {name for name, each in parts.store.hosts.closed().items() if each.admission is Admission.DRAINED}
    return frozenset(drained | {each.instance.host for each in tended if each.instance.host not in parts.hosts})


def _bring_to(
    parts: Parts,
    row: Deployment,
    served: Definition,
    there: Sequence[Instance],
    count: int,
    away: Collection[str],
    save: Save,
) -> bool:
    new = Instance(row.id, 0, "", instance_names(row), "", served.port, InstanceState.JOINING)
    now, changed = parts.clock.now(), False
    for change in scaling.changes(count, there, new, now, parts.settings.timing.overlap, away):
        if change.before is None:
            changed |= _add(parts, row, served, change)
        elif change.before.host in parts.hosts:
            changed |= save(change.before, change)
        else:
            # Nobody can ask its host to stop it.
            gone = replace(change.after, state=InstanceState.REMOVED, due_at=None)
            changed |= save(change.before, replace(change, after=gone))
    return changed


def _add(parts: Parts, row: Deployment, served: Definition, change: Change) -> bool:
    """Where there is no place for it now, it is asked for again at the next look."""
    placed = another(parts, row, served)
    if placed.host is None:
        return False
    new = replace(change.after, host=placed.host)
    return parts.store.instances.add(new, change.kind, change.text, parts.clock.now())
