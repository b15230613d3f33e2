"""How many instances there shall be: what the deploy file says, or what somebody has asked for since. Pure.

Scaling is no deploy: the live deployment gets more instances of itself, or loses those with the highest numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tidegate.instance import Instance, InstanceState

#: Instances of one service in one environment, at most.
MOST = 20
_GOING = frozenset({InstanceState.LEAVING, InstanceState.ENDING})


@dataclass(frozen=True)
class Scaling:
    """`count` instances in place of the deploy file's number, for as long as that is `instead_of`: whoever changes the
    file means what they write."""

    count: int
    instead_of: int


@dataclass(frozen=True)
class Change:
    """`before` is None where the instance is new."""

    before: Instance | None
    after: Instance
    kind: str
    text: str


def wanted(in_file: int, scaling: Scaling | None) -> int:
    return scaling.count if scaling is not None and scaling.instead_of == in_file else in_file


def changes(count: int, there: Sequence[Instance], new: Instance, now: datetime, overlap: float) -> Iterator[Change]:
    """What brings a live deployment's instances, all but those that are retired, to `count`. `new` is one to be, but
    for its index and its container's name, which ends with it. `overlap`: seconds in which one that had traffic
    finishes its requests."""
    by_index = {each.index: each for each in there}
    for index in range(count):
        before = by_index.get(index)
        if before is None:
            after = replace(new, index=index, container_id=f"{new.container_id}{index}")
            yield Change(None, after, "instance-added", f"instance {index + 1} of {count} is added")
        elif before.state is InstanceState.LEAVING:
            after = replace(before, state=InstanceState.JOINING, due_at=None)
            yield Change(before, after, "instance-added", f"instance {index + 1} of {count} stays")
    for before in there:
        if before.index >= count and before.state not in _GOING:
            wait = overlap if before.state is InstanceState.HEALTHY else 0.0
            after = replace(before, state=InstanceState.LEAVING, due_at=now + timedelta(seconds=wait))
            yield Change(before, after, "instance-leaving", f"instance {before.index + 1} leaves: {count} wanted")


def is_sized(count: int, there: Sequence[Instance]) -> bool:
    """Nothing is to be changed."""
    return {each.index for each in there if each.state not in _GOING} == set(range(count))
