"""Who is told of what: a pure decision, for kinds of entries that the product really writes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tidegate.deployment import Health, Status
from tidegate.notification import HAPPENINGS, Wants, wanted

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("kind", "default", "choice", "told"),
    [
        ("live", Wants.ALL, None, True),
        ("failed", Wants.ALL, None, True),
        ("live", Wants.FAILURES, None, False),
        ("failed", Wants.FAILURES, None, True),
        ("failed", Wants.NONE, None, False),
        ("failed", Wants.ALL, Wants.NONE, False),
        ("live", Wants.NONE, Wants.ALL, True),
        ("live", Wants.ALL, Wants.FAILURES, False),
        ("building", Wants.ALL, None, False),  # passes by itself
        ("notification-test", Wants.ALL, None, False),  # for the one address that it is a test of
    ],
)
def test_an_entry_is_told_to_who_wants_it(kind: str, default: Wants, choice: Wants | None, told: bool) -> None:
    assert wanted(kind, default, choice) is told


def test_every_kind_is_one_that_the_timeline_gets() -> None:
    source = "".join(
        path.read_text()
        for room in ("tidegate", "worker", "webapp", "cli")
        for path in (ROOT / room).rglob("*.py")
        if path.name != "notification.py"
    )
    written = {*re.findall(r'"([a-z]+(?:-[a-z]+)+)"', source), *map(str, Status), *map(str, Health), "scaled"}
    assert set(HAPPENINGS) - {"notifications-off", "notification-test"} <= written


def test_types_are_as_the_specification_asks() -> None:
    types = [each.type for each in HAPPENINGS.values()]
    assert len(set(types)) == len(types)
    assert all(re.fullmatch(r"[a-z_]+\.[a-z_]+", each) for each in types)
