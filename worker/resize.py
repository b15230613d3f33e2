"""What is live has as many instances as are wanted: asked at every look, so that whoever was killed midway is made up
for, and a number that was asked for during a deploy counts as soon as that is live."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby

from tidegate import scaling
from tidegate.blueprint import Service as Definition
from tidegate.container import instance_names
from tidegate.deployment import Deployment
from tidegate.instance import Instance, InstanceState
from tidegate.scaling import Change
from tidegate.store.instances import Tended
from worker.parts import Parts

#: Saves what becomes of an instance; False where somebody else was quicker.
Save = Callable[[Instance, Change], bool]


def resize(parts: Parts, tended: Sequence[Tended], definition: Callable[[Instance], Definition], save: Save) -> bool:
    """`tended` by deployment. Only writes what shall be; how they start and stop is seen to as for all others. True
    where something was changed."""
    changed = False
    for deployment_id, group in groupby(tended, lambda each: each.instance.deployment_id):
        members = list(group)
        there = [each.instance for each in members]
        count = scaling.wanted(definition(there[0]).num_instances, members[0].scaling)
        row = None if scaling.is_sized(count, there) else parts.store.deployments.get(deployment_id)
        if row is not None:
            changed |= _bring_to(parts, row, there, count, save)
    return changed


def _bring_to(parts: Parts, row: Deployment, there: Sequence[Instance], count: int, save: Save) -> bool:
    new = Instance(row.id, 0, parts.hosts.first.name, instance_names(row), "", there[0].port, InstanceState.JOINING)
    now, changed = parts.clock.now(), False
    for change in scaling.changes(count, there, new, now, parts.settings.timing.overlap):
        if change.before is None:
            changed |= parts.store.instances.add(change.after, change.kind, change.text, now)
        else:
            changed |= save(change.before, change)
    return changed
