"""What a deployment runs with, beside the one before: what is new, other, gone; and no secret's value anywhere."""

import pytest

from tidegate.configuration import Change, Item, settings, variables
from tidegate.snapshot import Snapshot

SAME, ADDED, CHANGED, REMOVED = Change.SAME, Change.ADDED, Change.CHANGED, Change.REMOVED


@pytest.mark.parametrize(
    ("now", "before", "items"),
    [
        ({"type": "web"}, None, [Item("type", SAME, "web")]),
        ({"type": "web"}, {"type": "web"}, [Item("type", SAME, "web")]),
        ({"numInstances": 3}, {"numInstances": 2}, [Item("numInstances", CHANGED, "3", "2")]),
        ({"port": 80}, {}, [Item("port", ADDED, "80")]),
        ({}, {"port": 80}, [Item("port", REMOVED, None, "80")]),
        ({"regions": ["eu", "us"]}, None, [Item("regions", SAME, '["eu", "us"]')]),
        ({"envVars": [{"key": "A", "value": "b"}], "domains": [], "branch": None}, None, []),
    ],
)
def test_settings(now: dict[str, object], before: dict[str, object] | None, items: list[Item]) -> None:
    assert settings(now, before) == items


def test_of_a_secret_only_the_change_is_told() -> None:
    hidden = frozenset({"KEY", "SALT"})
    before = Snapshot({"KEY": "first", "SALT": "same", "COLOUR": "red", "OLD": "1"}, hidden)
    now = Snapshot({"KEY": "second", "SALT": "same", "COLOUR": "blue", "NEW": "2"}, hidden)
    assert variables(now, before, hide=False) == [
        Item("COLOUR", CHANGED, "blue", "red"),
        Item("KEY", CHANGED, hidden=True),
        Item("NEW", ADDED, "2"),
        Item("OLD", REMOVED, None, "1"),
        Item("SALT", SAME, hidden=True),
    ]


def test_a_secret_that_was_plain_before_or_is_now_shows_neither_value() -> None:
    secret, plain = Snapshot({"KEY": "a"}, frozenset({"KEY"})), Snapshot({"KEY": "b"})
    assert variables(secret, plain, hide=False) == variables(plain, secret, hide=False)
    assert variables(secret, plain, hide=False) == [Item("KEY", CHANGED, hidden=True)]


def test_who_may_not_see_variables_sees_their_names() -> None:
    assert variables(Snapshot({"A": "b"}), None, hide=True) == [Item("A", SAME, hidden=True)]
    assert variables(None, Snapshot({"A": "b"}), hide=False) == []
