"""What lies in the data directory goes once whoever needed it is gone for sure."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tidegate.deployment import Status
from tidegate.leftovers import Entry, judge_mirrors, judge_scratch, judge_trees

OLD, FRESH = timedelta(hours=3), timedelta(minutes=1)


@pytest.mark.parametrize(
    ("name", "age", "status", "goes"),
    [
        ("d", OLD, Status.FAILED, True),
        ("d", FRESH, Status.FAILED, False),
        ("d", OLD, Status.BUILDING, False),
        ("d", OLD, Status.LIVE, True),
        ("d-ahead", OLD, Status.WAITING, False),
        ("d-ahead", OLD, Status.SUPERSEDED, True),
        ("d", OLD, None, True),
    ],
)
def test_an_exported_tree(name: str, age: timedelta, status: Status | None, goes: bool) -> None:
    (item,) = judge_trees([Entry(name, age)], {} if status is None else {"d": status})
    assert (item.name, item.verdict.go) == (name, goes)


@pytest.mark.parametrize(
    ("name", "age", "goes"),
    [
        ("7", timedelta(days=29), False),
        ("7", timedelta(days=30), True),
        ("8", timedelta(0), True),
        ("submodule-abc", timedelta(days=29), False),
        ("submodule-abc", timedelta(days=31), True),
    ],
)
def test_a_mirror(name: str, age: timedelta, goes: bool) -> None:
    (item,) = judge_mirrors([Entry(name, age)], {7}, timedelta(days=30))
    assert item.verdict.go is goes


@pytest.mark.parametrize(
    ("age", "held", "goes"),
    [
        (timedelta(seconds=11), False, True),
        (timedelta(seconds=9), False, False),
        (timedelta(days=1), True, False),
    ],
)
def test_a_scratch_directory(age: timedelta, held: bool, goes: bool) -> None:
    name = "tidegate-build-x"
    (item,) = judge_scratch([Entry(name, age)], {name} if held else set())
    assert item.verdict.go is goes
