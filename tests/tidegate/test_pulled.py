"""Which prebuilt images go: of those that we fetched, what no deployment needs or can go back to."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.tidegate.test_retention import NOW, PREVIEW, PRODUCTION, RULES
from tidegate.pulled import DigestImage, judge_pulled
from tidegate.retention import Use

DAY = timedelta(days=1)


def name(number: int) -> str:
    return f"registry.example.com/team/app@sha256:{number:064x}"


def use(number: int, order: int | None, lane: tuple[int, str] = PRODUCTION, *, unfinished: bool = False) -> Use:
    return Use(name(number), lane, "web", unfinished, order)


@pytest.mark.parametrize(
    ("uses", "tagged", "age", "goes", "why"),
    [
        ((use(2, 20), use(3, 30), use(1, 10)), False, DAY, True, "among the last 2"),
        ((), False, DAY, True, "no deployment needs it"),
        ((use(2, 20), use(1, 10)), False, DAY, False, "web (production) can be rolled back to it"),
        ((use(2, 20), use(3, 30), use(1, 5, PREVIEW)), False, DAY, False, "web (pr-1) can be rolled back to it"),
        ((use(1, None, unfinished=True),), False, DAY, False, "web (production) needs it now"),
        ((), True, DAY, False, "somebody has given it a tag"),
        ((), False, timedelta(minutes=59), False, "a short time ago"),
    ],
)
def test_one_that_we_fetched(uses: tuple[Use, ...], tagged: bool, age: timedelta, goes: bool, why: str) -> None:
    there = [DigestImage(name(1), 100, tagged)]
    (item,) = judge_pulled(there, {name(1): NOW - age}, uses, NOW, RULES)
    assert (item.verdict.go, why in item.verdict.reason) == (goes, True), item.verdict.reason


def test_others_do_not_come_up() -> None:
    assert judge_pulled([DigestImage(name(1), 100, tagged=False)], {}, (), NOW, RULES) == []
    assert judge_pulled([], {name(1): NOW}, (), NOW, RULES) == [], "nor what is gone"


def test_however_short_the_room_is_what_is_being_fetched_stays() -> None:
    there, urgent = [DigestImage(name(1), 100, tagged=False)], RULES.urgent()
    for minutes, goes in ((9, False), (11, True)):
        (item,) = judge_pulled(there, {name(1): NOW - timedelta(minutes=minutes)}, (), NOW, urgent)
        assert item.verdict.go is goes
