"""How many instances there shall be: what the deploy file says, or what somebody has asked for since. Pure.

Scaling is no deploy: the live deployment gets more instances of itself, or loses those with the highest numbers;
and those on a host that is to be left are replaced by others elsewhere.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Sequence
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


def wanted(in_file: int, scaling: Scaling | None, most: int = MOST) -> int:
    """`most`: what a service of its kind can have, whatever was asked for before it became one."""
    return min(most, scaling.count if scaling is not None and scaling.instead_of == in_file else in_file)


def changes(
    count: int,
    there: Sequence[Instance],
    new: Instance,
    now: datetime,
    overlap: float,
    away: Collection[str] = (),
) -> Iterator[Change]:
    """What brings a live deployment's instances, all but those that are retired, to `count`. `new` is one to be, but
    for its index, its host, and its container's name, which ends with its index. `overlap`: seconds in which one that
    had traffic finishes its requests. `away`: hosts that are to be left; who is there stays until others are well."""
    staying, moving = _split(there, away)
    missing = count - len(staying)
    for before in (each for each in there if each.state is InstanceState.LEAVING and each.host not in away):
        if missing > 0:
            missing -= 1
            after = replace(before, state=InstanceState.JOINING, due_at=None)
            yield Change(before, after, "instance-added", f"instance {before.index + 1} of {count} stays")
    # One that is ending already is made anew, by its number, once it is gone.
    missing -= sum(each.state is InstanceState.ENDING and each.host not in away for each in there)
    free = (index for index in itertools.count() if index not in {each.index for each in there})
    for index in itertools.islice(free, max(0, missing)):
        after = replace(new, index=index, container_id=f"{new.container_id}{index}")
        yield Change(None, after, "instance-added", _added(index, count))
    for before in staying[count:]:
        yield _leaving(before, f"{count} wanted", now, overlap)
    well = sum(each.state is InstanceState.HEALTHY for each in staying[:count])
    for before in moving[max(0, count - well) :]:
        yield _leaving(before, f"its Docker host {before.host} is left", now, overlap)


def is_sized(count: int, there: Sequence[Instance], away: Collection[str] = ()) -> bool:
    """Nothing is to be changed."""
    staying, moving = _split(there, away)
    return len(staying) == count and not moving


def _split(there: Sequence[Instance], away: Collection[str]) -> tuple[list[Instance], list[Instance]]:
    """Those that stay, by index, and those that move, the well ones first."""
    here = sorted((each for each in there if each.state not in _GOING), key=lambda each: each.index)
    moving = [each for each in here if each.host in away]
    moving.sort(key=lambda each: each.state is not InstanceState.HEALTHY)
    return [each for each in here if each.host not in away], moving


def _added(index: int, count: int) -> str:
    return f"instance {index + 1} of {count} is added" if index < count else f"instance {index + 1} is added"


def _leaving(before: Instance, why: str, now: datetime, overlap: float) -> Change:
    wait = overlap if before.state is InstanceState.HEALTHY else 0.0
    after = replace(before, state=InstanceState.LEAVING, due_at=now + timedelta(seconds=wait))
    return Change(before, after, "instance-leaving", f"instance {before.index + 1} leaves: {why}")
