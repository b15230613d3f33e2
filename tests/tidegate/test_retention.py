"""What is kept and what goes: images by who needs them, the rest by whether its place is still there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.deployment import FINAL, Status
from tidegate.retention import (
    GIGABYTE,
    HeldImage,
    Item,
    Rules,
    Use,
    judge_cache,
    judge_images,
    judge_networks,
)

NOW = datetime(2026, 3, 1, tzinfo=UTC)
RULES = Rules(images=2)
PRODUCTION, PREVIEW = (1, "production"), (1, "pr-1")


def name(number: int) -> str:
    return f"tidegate/r7-web:{number:032x}"


def held(number: int, deployment: str = "d", age: timedelta = timedelta(days=1)) -> HeldImage:
    return HeldImage(name(number), deployment, NOW - age, 100)


def use(number: int, order: int | None, lane: tuple[int, str] = PRODUCTION, *, unfinished: bool = False) -> Use:
    return Use(name(number), lane, "web", unfinished, order)


def judged(image: HeldImage, *uses: Use, status: Status | None = Status.REMOVED, rules: Rules = RULES) -> Item:
    (item,) = judge_images([image], uses, {} if status is None else {image.deployment: status}, NOW, rules)
    return item


OLDER = (use(2, 20), use(3, 30))


@pytest.mark.parametrize(
    ("uses", "status", "age", "goes", "why"),
    [
        ((*OLDER, use(1, 10)), Status.REMOVED, 1, True, "among the last 2"),
        ((use(2, 20), use(1, 10)), Status.REMOVED, 1, False, "web (production) can be rolled back to it"),
        ((*OLDER, use(1, 10), use(1, 5, PREVIEW)), Status.REMOVED, 1, False, "web (pr-1) can be rolled back to it"),
        ((*OLDER, use(1, 10, unfinished=True)), Status.REMOVED, 1, False, "web (production) needs it now"),
        ((use(1, None, unfinished=True),), Status.FAILED, 1, False, "web (production) needs it now"),
        ((), Status.WAITING, 1, False, "a deployment that is under way"),
        ((), Status.LIVE, 1, False, "a deployment that is under way"),
        ((), Status.FAILED, 0, False, "a short time ago"),
        ((*OLDER, use(1, 10)), Status.REMOVED, 0, True, "among the last 2"),
        ((), Status.FAILED, 1, True, "no deployment needs it"),
        ((), Status.SUPERSEDED, 1, True, "no deployment needs it"),
        ((), None, 1, False, "not built for any deployment that is known here"),
    ],
)
def test_an_image_goes_only_where_nobody_needs_it(
    uses: tuple[Use, ...], status: Status | None, age: int, goes: bool, why: str
) -> None:
    item = judged(held(1, age=timedelta(days=age)), *uses, status=status)
    assert item.verdict.go is goes
    assert why in item.verdict.reason
    assert item.size == 100


def test_where_room_is_short_what_was_built_lately_goes_and_what_can_be_rolled_back_to_stays() -> None:
    lately = timedelta(minutes=1)
    assert not judged(held(1, age=lately), status=Status.FAILED).verdict.go
    assert judged(held(1, age=lately), status=Status.FAILED, rules=RULES.urgent()).verdict.go
    assert not judged(held(1, age=lately), use(1, 1), rules=RULES.urgent()).verdict.go


@pytest.mark.parametrize("foreign", ["shop/web:1", "tidegate/r7-web:latest", f"registry/{name(1)}", "tidegate/base:1"])
def test_what_is_not_named_as_ours_is_not_even_looked_at(foreign: str) -> None:
    """Somebody's image that is made from one of ours has our labels, too."""
    assert judge_images([HeldImage(foreign, "d", NOW, 1)], (), {"d": Status.REMOVED}, NOW, RULES) == []


numbers = st.integers(0, 9)
uses_ = st.lists(
    st.builds(
        use, numbers, st.none() | st.integers(0, 99), st.sampled_from([PRODUCTION, PREVIEW]), unfinished=st.booleans()
    ),
    unique_by=lambda each: (each.image, each.lane),
)


@given(uses_, st.integers(1, 4), st.sampled_from(sorted(FINAL)), st.booleans())
def test_no_image_goes_that_is_needed_or_among_the_last(
    uses: list[Use], images: int, status: Status, urgent: bool
) -> None:
    rules = Rules(images=images).urgent() if urgent else Rules(images=images)
    gone = {
        item.name
        for item in judge_images([held(number) for number in range(10)], uses, {"d": status}, NOW, rules)
        if item.verdict.go
    }
    assert not gone & {each.image for each in uses if each.unfinished}
    for lane in (PRODUCTION, PREVIEW):
        live = [each for each in uses if each.lane == lane and each.order is not None]
        by_age = sorted(live, key=lambda each: each.order or 0, reverse=True)
        # Of deployments that are as old as each other either may count as the older one.
        sure = {each.image for each in by_age[:images] if (each.order or 0) > _order_after(by_age, images)}
        assert not gone & sure
    kept_at_most = len({each.image for each in uses if each.unfinished}) + 2 * images
    assert 10 - len(gone) <= kept_at_most


def _order_after(by_age: list[Use], images: int) -> int:
    return (by_age[images].order or 0) if len(by_age) > images else -1


@pytest.mark.parametrize(
    ("place", "goes", "why"),
    [
        ((7, "pr-1"), True, "pr-1 is gone"),
        ((7, "production"), False, "exists"),
        ((8, "pr-1"), False, "no repository"),
        (None, False, "no repository"),
    ],
)
def test_a_network_goes_with_its_environment(place: tuple[int, str] | None, goes: bool, why: str) -> None:
    (item,) = judge_networks([("n", place)], {7}, {(7, "production")})
    assert item.verdict.go is goes
    assert why in item.verdict.reason


@pytest.mark.parametrize(
    ("size", "goes", "gained"), [(30 * GIGABYTE, True, 10 * GIGABYTE), (GIGABYTE, False, 0), (None, True, None)]
)
def test_the_build_cache_is_made_as_small_as_it_may_be(size: int | None, goes: bool, gained: int | None) -> None:
    item = judge_cache("local", size, 20 * GIGABYTE)
    assert (item.verdict.go, item.size) == (goes, gained)
    assert "20 GB" in item.verdict.reason


def test_a_cache_that_is_not_to_be_touched_is_not_touched_in_need_either() -> None:
    assert Rules(cache=None).urgent().cache is None
    assert Rules().urgent().cache == 0
