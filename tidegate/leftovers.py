"""What lies in TIDEGATE_DATA without being needed any more: decided from names, ages, and what the store says."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from tidegate.deployment import ACTIVE, PENDING, Status
from tidegate.retention import Item, Kind
from tidegate.verdict import Verdict

#: What a worker still writes to is younger than this; its own end takes it away.
_SETTLED = timedelta(minutes=10)
#: Until then whoever makes a directory has locked it.
_TAKEN = timedelta(seconds=10)
#: Ends the name of a tree that is exported to be built ahead.
AHEAD = "-ahead"
#: Begins the name of a submodule's mirror, which repositories may share; other mirrors are named by their repository.
SUBMODULE = "submodule-"


@dataclass(frozen=True)
class Entry:
    """A file or a directory by its name in its directory, and how long ago it was last used."""

    name: str
    age: timedelta


def judge_trees(entries: Iterable[Entry], statuses: Mapping[str, Status]) -> list[Item]:
    """`statuses`: of the deployments that the entries are named by, as far as they are known."""
    return [Item(Kind.TREE, entry.name, _tree(entry, statuses.get(deployment_of(entry.name)))) for entry in entries]


def deployment_of(tree: str) -> str:
    return tree.removesuffix(AHEAD)


def _tree(entry: Entry, status: Status | None) -> Verdict:
    if entry.age < _SETTLED:
        return Verdict(go=False, reason="it was written a short time ago")
    if status in PENDING | ACTIVE:
        return Verdict(go=False, reason=f"its deployment is {status}")
    return Verdict(go=True, reason="its deployment needs it no more" if status else "its deployment is unknown")


def judge_mirrors(entries: Iterable[Entry], served: Collection[int], unused: timedelta) -> list[Item]:
    """`served`: ids of the repositories that we still have."""
    return [Item(Kind.MIRROR, entry.name, _mirror(entry, served, unused)) for entry in entries]


def _mirror(entry: Entry, served: Collection[int], unused: timedelta) -> Verdict:
    if not entry.name.startswith(SUBMODULE) and entry.name not in {str(each) for each in served}:
        return Verdict(go=True, reason="its repository is gone")
    if entry.age >= unused:
        return Verdict(go=True, reason=f"it was not used for {entry.age.days} days")
    return Verdict(go=False, reason="it was used lately")


def judge_scratch(entries: Iterable[Entry], held: Collection[str]) -> list[Item]:
    """`held`: names of those whose makers live."""
    return [Item(Kind.SCRATCH, entry.name, _scratch(entry, held)) for entry in entries]


def _scratch(entry: Entry, held: Collection[str]) -> Verdict:
    if entry.name in held:
        return Verdict(go=False, reason="it is in use")
    if entry.age < _TAKEN:
        return Verdict(go=False, reason="it was made a moment ago")
    return Verdict(go=True, reason="whoever made it is gone")
