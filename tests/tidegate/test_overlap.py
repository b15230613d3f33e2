"""Overlapping deploys of a lane (SEMANTICS 4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tidegate.make import at, deployment
from tidegate.deployment import ACTIVE, PENDING, Deployment, Status, Trigger
from tidegate.overlap import Ending, Overlap, Plan, in_turn, made_good, next_to_start, on_new

W, Q = Status.WAITING, Status.QUEUED
ACTIVE_ONE = deployment(id="active", status=Status.BUILDING, created_at=at(0))


def pending(*statuses: Status) -> list[Deployment]:
    """`p1`, `p2` … were created in this order; as the store gives them, the newest first."""
    return [
        deployment(id=f"p{number}", status=status, created_at=at(number), sha=str(number) * 40)
        for number, status in reversed(list(enumerate(statuses, start=1)))
    ]


@pytest.mark.parametrize(
    ("statuses", "superseded"),
    [
        ((), ()),
        ((Q,), ()),
        ((W,), ()),
        ((Q, Q), ("p1",)),
        ((W, W), ("p1",)),
        ((W, Q), ("p1",)),
        # One that waits for its checks may never start: it takes no place from one whose checks have passed.
        ((Q, W), ()),
        ((Q, Q, Q), ("p1", "p2")),
        ((Q, Q, W), ("p1",)),
        ((Q, W, W), ("p2",)),
        ((W, Q, W), ("p1",)),
        ((W, W, Q), ("p1", "p2")),
    ],
)
def test_the_newest_supersedes(statuses: tuple[Status, ...], superseded: tuple[str, ...]) -> None:
    plan = on_new(pending(*statuses), ACTIVE_ONE, Overlap.WAIT)
    assert [ending.deployment_id for ending in plan.superseded] == list(reversed(superseded))
    assert plan.cancel is None


def lane(*rows: tuple[Trigger, Status]) -> list[Deployment]:
    """As pending(), by trigger and status."""
    found = pending(*(status for _, status in rows))
    return [replace(row, trigger=rows[int(row.id[1:]) - 1][0]) for row in found]


PUSH, CONFIG, RESTART, ROLLBACK = Trigger.PUSH, Trigger.CONFIG, Trigger.RESTART, Trigger.ROLLBACK


@pytest.mark.parametrize(
    ("rows", "superseded", "starts"),
    [
        # What was pushed before, or since, has the new variables as well.
        (((PUSH, W), (CONFIG, Q)), set(), "p2"),
        (((PUSH, Q), (CONFIG, Q)), {"p2"}, "p1"),
        (((CONFIG, Q), (PUSH, Q)), {"p1"}, "p2"),
        (((CONFIG, Q), (PUSH, W)), set(), "p1"),
        (((PUSH, W), (CONFIG, Q), (PUSH, W)), {"p1"}, "p2"),
        # A restart runs with what was live: it takes no changed value's place, which starts new instances as well.
        (((RESTART, Q), (CONFIG, Q)), {"p1"}, "p2"),
        (((CONFIG, Q), (RESTART, Q)), {"p2"}, "p1"),
        (((CONFIG, Q), (PUSH, Q), (RESTART, Q)), {"p1", "p3"}, "p2"),
        (((CONFIG, Q), (PUSH, W), (RESTART, Q)), {"p3"}, "p1"),
        (((PUSH, Q), (RESTART, Q)), {"p1"}, "p2"),
        # A rollback takes it: it brings the old values back.
        (((CONFIG, Q), (ROLLBACK, Q)), {"p1"}, "p2"),
        (((CONFIG, Q), (CONFIG, Q)), {"p1"}, "p2"),
    ],
)
def test_a_config_deployment_takes_no_commit_s_place(
    rows: tuple[tuple[Trigger, Status], ...], superseded: set[str], starts: str
) -> None:
    found = lane(*rows)
    assert {ending.deployment_id for ending in on_new(found, None, Overlap.WAIT).superseded} == superseded
    first = next_to_start(found, None)
    assert first is not None
    assert first.id == starts


@given(st.lists(st.tuples(st.sampled_from(Trigger), st.sampled_from([W, Q])), max_size=8))
def test_the_order_loses_nobody_and_keeps_the_others_as_they_are(rows: list[tuple[Trigger, Status]]) -> None:
    found = lane(*rows)
    ordered = in_turn(found)
    assert sorted(row.id for row in ordered) == sorted(row.id for row in found)
    others = [row for row in found if row.trigger not in {CONFIG, RESTART}]
    assert [row for row in ordered if row.trigger not in {CONFIG, RESTART}] == others


@given(st.lists(st.tuples(st.sampled_from(Trigger), st.just(Q)), min_size=1, max_size=8))
def test_a_changed_value_is_never_lost(rows: list[tuple[Trigger, Status]]) -> None:
    """Once it was changed, nothing that starts runs without it but a rollback that was asked for later, or what was
    asked for after such a one."""
    found = lane(*rows)
    first = next_to_start(found, None)
    assert first is not None
    changed = [row for row in found if row.trigger is CONFIG and row.created_at > first.created_at]
    taken_back = [row.created_at for row in found if row.trigger is ROLLBACK]
    since = [row for row in found if all(each < row.created_at for each in taken_back)]
    before = [row for row in since if row.trigger is CONFIG and row.created_at < first.created_at]
    assert not changed or first.trigger not in {RESTART, ROLLBACK}
    assert not before or first.trigger is not RESTART


@pytest.mark.parametrize(
    ("trigger", "status", "live_at", "expected"),
    [
        (RESTART, Q, at(9), True),
        (RESTART, Q, at(0), False),
        (RESTART, Q, None, False),
        (RESTART, Status.BUILDING, at(9), False),
        (CONFIG, Q, at(9), False),
    ],
)
def test_a_restart_is_made_good_by_what_came_live_after_it(
    trigger: Trigger, status: Status, live_at: datetime | None, *, expected: bool
) -> None:
    row = deployment(trigger=trigger, status=status, created_at=at(5))
    assert made_good(row, deployment(status=Status.LIVE, live_at=live_at)) is expected
    assert not made_good(row, None)


def test_reasons_name_the_successor() -> None:
    assert on_new(pending(Q, Q, W), ACTIVE_ONE, Overlap.WAIT).superseded == (Ending("p1", "superseded by 2222222"),)
    assert on_new(pending(Q, W, W), ACTIVE_ONE, Overlap.WAIT).superseded == (Ending("p2", "superseded by 3333333"),)


def test_override_cancels_the_running_one_for_one_that_may_start() -> None:
    plan = on_new(pending(Q), ACTIVE_ONE, Overlap.OVERRIDE)
    assert plan == Plan(cancel=Ending("active", "canceled to make room for 1111111"))


def test_override_cancels_nothing_for_one_that_waits_for_its_checks() -> None:
    assert on_new(pending(W), ACTIVE_ONE, Overlap.OVERRIDE) == Plan()


def test_override_cancels_for_a_queued_one_though_a_newer_one_waits() -> None:
    plan = on_new(pending(Q, W), ACTIVE_ONE, Overlap.OVERRIDE)
    assert plan.cancel == Ending("active", "canceled to make room for 1111111")


def test_override_cancels_nothing_where_nothing_runs() -> None:
    assert on_new(pending(Q), None, Overlap.OVERRIDE) == Plan()


def test_nothing_starts_while_one_is_active() -> None:
    assert next_to_start(pending(Q, Q), ACTIVE_ONE) is None


@pytest.mark.parametrize(
    ("statuses", "starts"),
    [((), None), ((W,), None), ((Q,), "p1"), ((Q, Q), "p2"), ((Q, W), "p1"), ((W, Q), "p2")],
)
def test_the_most_recently_triggered_queued_one_starts(statuses: tuple[Status, ...], starts: str | None) -> None:
    chosen = next_to_start(pending(*statuses), None)
    assert (chosen.id if chosen else None) == starts


def test_the_order_of_recording_counts_not_the_clock() -> None:
    rows = [deployment(id="new", created_at=at(0)), deployment(id="old", created_at=at(5))]
    assert next_to_start(rows, None) is rows[0]
    assert [ending.deployment_id for ending in on_new(rows, None, Overlap.WAIT).superseded] == ["old"]


rows = st.lists(st.sampled_from(sorted(Status)), max_size=6).map(lambda statuses: pending(*statuses))


@given(rows, st.none() | st.sampled_from(sorted(ACTIVE)), st.sampled_from(Overlap))
def test_of_any_lane(found: list[Deployment], status: Status | None, policy: Overlap) -> None:
    active = deployment(id="active", status=status) if status else None
    plan = on_new(found, active, policy)
    ended = {ending.deployment_id for ending in plan.superseded}
    left = [each for each in found if each.id not in ended]
    assert all(each.status in PENDING for each in found if each.id in ended)
    # At most one of each kind is left, the newest is never superseded, and doing it again changes nothing.
    assert sum(each.status is Q for each in left) <= 1
    assert sum(each.status is W for each in left) <= 1
    waiting = [each for each in found if each.status in PENDING]
    assert not waiting or waiting[0] in left
    assert on_new(left, active, policy).superseded == ()
