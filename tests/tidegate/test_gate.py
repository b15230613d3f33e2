"""The gate: every rule of SEMANTICS 3, and that only the set of checks decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tidegate.make import ACTIONS, NOON, OURS, at, check
from tidegate.facts import Check
from tidegate.gate import PASSED, Closed, GateRules, Open, Waiting, judge

RULES = GateRules(settle=timedelta(seconds=5), no_checks=timedelta(minutes=10), limit=timedelta(hours=24))
#: When the wait began, unless a test says otherwise.
BEGUN = at(-60)
FAILED = ("failure", "cancelled", "timed_out", "action_required", "stale", "startup_failure")


def verdict(
    checks: Sequence[Check],
    now: datetime = NOON,
    since: datetime = BEGUN,
    open_since: datetime | None = None,
    required: Sequence[str] = (),
) -> Open | Waiting | Closed:
    return judge(checks, own_app_id=OURS, required=required, now=now, since=since, open_since=open_since, rules=RULES)


def settled(checks: Sequence[Check], **others: Any) -> Open | Waiting | Closed:
    """Read for the second time, long after all is over."""
    return verdict(checks, now=at(3600), open_since=at(1800), **others)


@pytest.mark.parametrize("conclusion", sorted(PASSED))
def test_success_neutral_and_skipped_pass(conclusion: str) -> None:
    assert settled([check(conclusion=conclusion)]) == Open("the only check passed")


@pytest.mark.parametrize("conclusion", FAILED)
def test_anything_else_that_is_concluded_closes(conclusion: str) -> None:
    assert settled([check("lint", conclusion), check("test")]) == Closed(f"`lint` failed ({conclusion})")


@pytest.mark.parametrize("status", ["queued", "in_progress", "waiting", "requested", "pending"])
def test_what_is_not_completed_is_waited_for(status: str) -> None:
    told = settled([check("test", None, status=status), check("lint")])
    assert told == Waiting("waiting for `test`", look_at=at(-60) + RULES.limit)


def test_reasons_name_one_check_and_count_the_others() -> None:
    assert settled([check(name, None) for name in "cab"]) == Waiting(
        "waiting for `a` and 2 more", look_at=at(-60) + RULES.limit
    )
    assert settled([check(name, "failure") for name in "cab"]) == Closed("`a` and 2 more failed (failure)")
    assert settled([check(name) for name in "cab"]) == Open("all 3 checks passed")


def test_one_failure_closes_though_others_still_run() -> None:
    assert isinstance(verdict([check("slow", None), check("lint", "failure")]), Closed)


def test_zero_checks_never_open() -> None:
    assert verdict([], now=at(539), since=at(-60)) == Waiting("waiting for the first check to appear", look_at=at(540))
    closed = verdict([], now=at(540), since=at(-60), open_since=at(0))
    assert isinstance(closed, Closed)
    assert "no checks were found" in closed.reason
    assert "commit" in closed.reason


def test_our_own_run_is_not_counted() -> None:
    ours = check("tidegate / web", None, app_id=OURS)
    assert isinstance(verdict([ours], now=at(600)), Closed)
    assert settled([ours, check("test")]) == Open("the only check passed")
    assert settled([replace(ours, status="completed", conclusion="failure"), check()]) == Open("the only check passed")


def test_our_own_commit_status_is_not_counted_whatever_its_case() -> None:
    ours = check("Tidegate / web", None, app_id=None)
    assert settled([ours, check("ci/legacy", app_id=None)]) == Open("the only check passed")


def test_of_a_context_that_was_told_in_two_spellings_the_newest_status_counts() -> None:
    """GitHub's contexts are case-insensitive; the names of check runs are not."""
    failed = check("CI/Build", "failure", app_id=None, id=1, started_at=at(-60))
    passed = check("ci/build", app_id=None, id=2, started_at=at(-10))
    assert settled([failed, passed]) == Open("the only check passed")
    assert isinstance(settled([replace(failed, app_id=ACTIONS), replace(passed, app_id=ACTIONS)]), Closed)


def test_a_status_and_a_check_run_of_one_name_both_count() -> None:
    assert isinstance(settled([check("ci"), check("ci", "failure", app_id=None)]), Closed)
    assert isinstance(settled([check("ci"), check("ci", None, app_id=None)]), Waiting)


def test_another_app_s_check_of_our_name_counts() -> None:
    assert isinstance(settled([check("tidegate / web", None)]), Waiting)


def test_a_newer_pending_run_beats_an_older_pass() -> None:
    passed = check(id=1, started_at=at(-60))
    again = check(id=2, conclusion=None, started_at=at(-10))
    assert isinstance(settled([again, passed]), Waiting)
    assert isinstance(settled([passed, replace(again, started_at=None)]), Waiting)


def test_a_re_run_to_success_opens_again() -> None:
    failed = check(id=1, conclusion="failure", started_at=at(-60))
    passed = check(id=2, started_at=at(-10))
    assert settled([passed, failed]) == Open("the only check passed")


def test_of_two_runs_that_started_together_the_higher_id_is_newer() -> None:
    assert isinstance(settled([check(id=9, conclusion="failure"), check(id=10)]), Open)
    assert isinstance(settled([check(id=10, conclusion="failure"), check(id=9)]), Closed)


def test_two_apps_may_have_checks_of_one_name() -> None:
    assert isinstance(settled([check(), check(app_id=ACTIONS + 1, conclusion="failure")]), Closed)


def test_a_check_that_is_completed_without_a_conclusion_is_waited_for() -> None:
    assert isinstance(settled([check(conclusion=None, status="completed")]), Waiting)


class TestRequiredNames:
    def test_others_are_ignored(self) -> None:
        checks = [check("test"), check("flaky", "failure"), check("slow", None)]
        assert settled(checks, required=["test"]) == Open("the only check passed")

    def test_an_absent_one_is_waited_for(self) -> None:
        told = settled([check("test")], required=["test", "deploy-ready"])
        assert told == Waiting("waiting for `deploy-ready`", look_at=at(-60) + RULES.limit)

    def test_absent_ones_do_not_close_like_zero_checks(self) -> None:
        assert isinstance(verdict([], now=at(3600), required=["test"]), Waiting)

    def test_names_of_runs_are_exact_those_of_contexts_are_not(self) -> None:
        assert isinstance(settled([check("Test")], required=["test"]), Waiting)
        assert isinstance(settled([check("Test", app_id=None)], required=["test"]), Open)

    def test_a_context_is_waited_for_and_may_fail(self) -> None:
        context = check("ci/old", None, app_id=None)
        assert isinstance(settled([check("test"), context], required=["test", "ci/old"]), Waiting)
        failed = check("ci/old", "failure", app_id=None)
        assert settled([check("test"), failed], required=["ci/OLD"]) == Closed("`ci/old` failed (failure)")

    def test_our_own_name_is_never_what_is_required(self) -> None:
        ours = [check("tidegate / web", app_id=OURS), check("tidegate / web", app_id=None)]
        assert isinstance(settled(ours, required=["tidegate / web"]), Waiting)


class TestLimit:
    def test_a_wait_longer_than_the_limit_closes_with_its_reason(self) -> None:
        day = timedelta(hours=24)
        assert isinstance(verdict([check(conclusion=None)], since=NOON - day + timedelta(seconds=1)), Waiting)
        told = verdict([check(conclusion=None)], since=NOON - day)
        assert told == Closed("`test` did not finish within 24 h")

    def test_required_names_that_never_come_close_it_too(self) -> None:
        told = verdict([check("test")], since=NOON - timedelta(hours=24), required=["absent"])
        assert told == Closed("`absent` did not finish within 24 h")


class TestSettle:
    def test_the_first_complete_reading_never_opens(self) -> None:
        assert verdict([check()], now=at(1)) == Waiting("the only check passed; looking once more", at(6), at(1))
        # However late it is: CI often registers another workflow just now.
        assert verdict([check()], now=at(900)) == Waiting("the only check passed; looking once more", at(900), at(900))

    def test_a_second_reading_too_early_does_not_open(self) -> None:
        assert verdict([check()], now=at(5.9), open_since=at(1)) == Waiting(
            "the only check passed; looking once more", at(6), at(1)
        )

    def test_a_second_reading_at_its_time_opens(self) -> None:
        assert verdict([check()], now=at(6), open_since=at(1)) == Open("the only check passed")

    def test_a_workflow_that_registers_late_is_waited_for(self) -> None:
        late = check("late", None, started_at=at(4))
        told = verdict([check(), late], now=at(5), open_since=at(1))
        assert told == Waiting("waiting for `late`", look_at=at(-60) + RULES.limit)
        assert told.open_since is None

    def test_the_settle_time_runs_from_the_last_completion(self) -> None:
        checks = [check("a", completed_at=at(0)), check("b", completed_at=at(3))]
        told = verdict(checks, now=at(4))
        assert isinstance(told, Waiting)
        assert told.look_at == at(9), "3 may have been 3.9, for GitHub tells whole seconds"

    def test_a_completion_is_no_later_than_it_was_seen(self) -> None:
        told = verdict([check(completed_at=at(3))], now=at(3.2))
        assert isinstance(told, Waiting)
        assert told.look_at == at(8.2)

    def test_a_check_that_ran_between_two_readings_starts_it_anew(self) -> None:
        told = verdict([check(completed_at=at(20))], now=at(30), open_since=at(1))
        assert told == Waiting("the only check passed; looking once more", at(30), at(30))

    def test_a_commit_that_was_green_before_settles_from_the_push(self) -> None:
        told = verdict([check()], now=at(100), since=at(100))
        assert told == Waiting("the only check passed; looking once more", at(105), at(100))

    def test_a_clock_of_github_s_that_is_ahead_delays_by_no_more_than_the_settle_time(self) -> None:
        told = verdict([check(completed_at=at(3600))], now=NOON)
        assert told == Waiting("the only check passed; looking once more", at(5), NOON)
        assert isinstance(verdict([check(completed_at=at(3600))], now=at(5), open_since=NOON), Open)

    def test_checks_without_times_settle_too(self) -> None:
        timeless = check(completed_at=None, started_at=None)
        told = verdict([timeless], now=at(100), since=at(-60))
        assert isinstance(told, Waiting)
        assert isinstance(verdict([timeless], now=told.look_at, open_since=told.open_since), Open)


moments = st.integers(-100, 100).map(at)
checks = st.builds(
    check,
    name=st.sampled_from("abc"),
    conclusion=st.sampled_from([None, *sorted(PASSED), *FAILED]),
    id=st.integers(1, 50),
    app_id=st.sampled_from([None, OURS, ACTIONS]),
    started_at=st.none() | moments,
)


def unambiguous(found: list[Check]) -> bool:
    return len({each.id for each in found}) == len(found)


some_checks = st.lists(checks, max_size=8).filter(unambiguous)
readings = st.fixed_dictionaries(
    {
        "now": st.integers(0, 2000).map(at),
        "since": st.integers(-100_000, 0).map(at),
        "open_since": st.none() | st.integers(-50, 0).map(at),
        "required": st.sets(st.sampled_from("abc")).map(sorted),
    }
)


@given(some_checks, readings, st.randoms())
def test_neither_order_nor_repetition_matters(found: list[Check], reading: dict[str, Any], random: Any) -> None:
    shuffled = found + random.choices(found, k=3) if found else found
    random.shuffle(shuffled)
    assert verdict(shuffled, **reading) == verdict(found, **reading)


@given(some_checks, readings)
def test_it_opens_only_when_a_check_exists_and_each_newest_run_passed(
    found: list[Check], reading: dict[str, Any]
) -> None:
    told = verdict(found, **reading)
    newest: dict[tuple[int | None, str], Check] = {}
    for each in sorted(found, key=lambda each: (each.started_at or each.completed_at or at(10**6), each.id)):
        newest[each.app_id, each.name] = each
    required = reading["required"]
    counted = [e for e in newest.values() if e.app_id != OURS and (not required or e.name in required)]
    green = all(e.status == "completed" and e.conclusion in PASSED for e in counted)
    if isinstance(told, Open):
        assert counted
        assert green
        assert set(required) <= {e.name for e in counted}
        assert reading["open_since"] is not None
    if isinstance(told, Closed) and counted and set(required) <= {e.name for e in counted}:
        assert not green


@given(some_checks, readings)
def test_our_own_checks_change_nothing(found: list[Check], reading: dict[str, Any]) -> None:
    others = [each for each in found if each.app_id != OURS]
    assert verdict(found, **reading) == verdict(others, **reading)


@given(some_checks, readings)
def test_looking_when_told_to_ends_the_wait(found: list[Check], reading: dict[str, Any]) -> None:
    told = verdict(found, **reading)
    for _ in range(4):
        if not isinstance(told, Waiting):
            return
        reading = {**reading, "now": max(told.look_at, reading["now"]), "open_since": told.open_since}
        told = verdict(found, **reading)
    assert not isinstance(told, Waiting)
