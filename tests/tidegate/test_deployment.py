"""A deployment's statuses and the moves between them (SEMANTICS 9)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tidegate.make import at, deployment
from tidegate.deployment import (
    ACTIVE,
    FINAL,
    LEGAL,
    PENDING,
    RUNNING,
    Fault,
    Finding,
    IllegalMove,
    Move,
    Status,
    advance,
    check_move,
)

BEFORE_LIVE = PENDING | ACTIVE


def test_every_status_has_its_moves() -> None:
    assert set(LEGAL) == set(Status)


def test_every_status_is_of_one_kind() -> None:
    kinds = [PENDING, ACTIVE, RUNNING, FINAL]
    assert all(sum(status in kind for kind in kinds) == 1 for status in Status)


@pytest.mark.parametrize(
    "way",
    [
        "waiting queued initializing building pre_deploy deploying live draining removed",
        "queued initializing building deploying live draining removed",
        "queued initializing deploying live crashed live draining removed",
        "queued initializing pre_deploy deploying live crashed removed",
        "waiting skipped waiting queued superseded",
        "waiting superseded",
        "queued initializing building deploying live completed",
    ],
)
def test_ways_through(way: str) -> None:
    first, *others = [Status(word) for word in way.split()]
    row = deployment(status=first)
    for number, status in enumerate(others, start=1):
        row = advance(row, Move(status, f"move {number}"), at(number))
        assert (row.status, row.reason, row.version) == (status, f"move {number}", number)


def test_any_status_before_live_can_fail_or_be_canceled_and_none_after() -> None:
    for status in Status:
        for end in (Status.FAILED, Status.CANCELED):
            assert (end in LEGAL[status]) is (status in BEFORE_LIVE)


def test_only_pending_ones_are_superseded() -> None:
    assert {status for status in Status if Status.SUPERSEDED in LEGAL[status]} == PENDING


def test_only_a_deploying_one_goes_live_first() -> None:
    assert {status for status in Status if Status.LIVE in LEGAL[status]} == {Status.DEPLOYING, Status.CRASHED}


def test_only_a_skipped_one_comes_back() -> None:
    assert {status for status in FINAL if LEGAL[status]} == {Status.SKIPPED}


def test_nothing_moves_back_on_its_way() -> None:
    way = [Status.QUEUED, Status.INITIALIZING, Status.BUILDING, Status.PRE_DEPLOY, Status.DEPLOYING, Status.LIVE]
    for number, status in enumerate(way):
        assert not LEGAL[status] & set(way[: number + 1])


@given(st.sampled_from(Status), st.sampled_from(Status))
def test_an_illegal_move_is_refused_and_says_which(current: Status, to: Status) -> None:
    if to in LEGAL[current]:
        check_move(current, Move(to, "because"))
    else:
        with pytest.raises(IllegalMove, match=f"{current} → {to}"):
            advance(deployment(status=current), Move(to, "because"), at(1))


def test_times_are_those_of_the_moves() -> None:
    row = advance(deployment(status=Status.QUEUED), Move(Status.INITIALIZING, ""), at(1))
    assert (row.started_at, row.live_at, row.ended_at) == (at(1), None, None)
    row = advance(row, Move(Status.DEPLOYING, ""), at(2))
    row = advance(row, Move(Status.LIVE, ""), at(3))
    assert (row.started_at, row.live_at, row.ended_at) == (at(1), at(3), None)
    row = advance(row, Move(Status.CRASHED, ""), at(4))
    row = advance(row, Move(Status.LIVE, ""), at(5))
    assert row.live_at == at(3)
    row = advance(row, Move(Status.REMOVED, ""), at(6))
    assert row.ended_at == at(6)


def test_a_gate_that_opens_again_takes_the_end_back() -> None:
    row = advance(deployment(status=Status.WAITING), Move(Status.SKIPPED, "`lint` failed"), at(1))
    assert row.ended_at == at(1)
    assert advance(row, Move(Status.WAITING, "again"), at(2)).ended_at is None


def test_a_move_brings_its_fault_and_findings() -> None:
    finding = Finding("Dockerfile", 4, "The build failed here", "exit code 2")
    move = Move(Status.FAILED, "build failed", fault=Fault.USER, findings=(finding,))
    row = advance(deployment(status=Status.BUILDING), move, at(1))
    assert (row.fault, row.findings) == (Fault.USER, (finding,))
