"""With what a deployment runs, beside what the one before it ran with: its settings and its variables. Pure."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from tidegate.snapshot import Snapshot

#: Told as variables, with their values.
_VARIABLES = "envVars"


class Change(StrEnum):
    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"
    SAME = "same"


@dataclass(frozen=True)
class Item:
    """`value` and `before` are None where there is none, or where it is `hidden`: then only the change is told."""

    name: str
    change: Change
    value: str | None = None
    before: str | None = None
    hidden: bool = False


def settings(definition: Mapping[str, object], before: Mapping[str, object] | None) -> list[Item]:
    """Of the deploy file, by name; all the same where there is nothing to compare with."""
    return _items(_told(definition), None if before is None else _told(before), ())


def variables(snapshot: Snapshot | None, before: Snapshot | None, *, hide: bool) -> list[Item]:
    """By name; of what `hide` or a secret hides, whether it is another one."""
    if snapshot is None:
        return []
    values = dict(snapshot.values)
    known = None if before is None else dict(before.values)
    secret = snapshot.hidden | (before.hidden if before else frozenset())
    return _items(values, known, {*values, *(known or ())} if hide else secret)


def _items(now: Mapping[str, str], before: Mapping[str, str] | None, hidden: Collection[str]) -> list[Item]:
    names = sorted({*now, *(before or ())})
    return [_item(name, now.get(name), before, hidden=name in hidden) for name in names]


def _item(name: str, value: str | None, before: Mapping[str, str] | None, *, hidden: bool) -> Item:
    old = value if before is None else before.get(name)
    if old == value:
        change = Change.SAME
    elif old is None:
        change = Change.ADDED
    else:
        change = Change.REMOVED if value is None else Change.CHANGED
    if hidden:
        return Item(name, change, hidden=True)
    return Item(name, change, value, old if change is not Change.SAME else None)


def _told(definition: Mapping[str, object]) -> dict[str, str]:
    return {
        name: _text(value) for name, value in definition.items() if name != _VARIABLES and value not in (None, [], {})
    }


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
