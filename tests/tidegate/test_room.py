"""The guard before a build says which disk is short, and by how much."""

from __future__ import annotations

import pytest

from tidegate.room import judge_room

GB = 10**9


@pytest.mark.parametrize(
    ("free", "least", "short"),
    [
        ({"a": 2 * GB, "b": GB}, GB, ()),
        ({"a": 2 * GB, "b": GB - 1}, GB, ("b has 1.0 GB left",)),
        ({"a": 300_000_000, "b": 0}, GB, ("a has 0.3 GB left", "b has 0.0 GB left")),
        ({"a": None, "b": 2 * GB}, GB, ()),
        ({"a": None, "b": 0}, GB, ("b has 0.0 GB left",)),
        ({"a": 0}, 0, ()),
    ],
)
def test_a_disk_that_is_seen_to_be_short(free: dict[str, int | None], least: int, short: tuple[str, ...]) -> None:
    verdict = judge_room(free, least)
    assert verdict.go is (not short)
    for each in short:
        assert each in verdict.reason
