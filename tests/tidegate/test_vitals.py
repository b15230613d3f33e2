"""What a look at a running instance means, and how its deployment is (SEMANTICS 7)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.deployment import Health, Status
from tidegate.instance import Instance, InstanceState
from tidegate.restart import RestartPolicy
from tidegate.vitals import Act, Rules, Sign, Verdict, condition, judge, next_look, refused, status

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
RULES = Rules()
STATE = InstanceState


def an(state: InstanceState, **more: object) -> Instance:
    made = Instance("d", 0, "local", "c", "10.0.0.2", 3000, state, started_at=NOW - timedelta(seconds=100))
    return replace(made, **more)  # type: ignore[arg-type]  # a test's own words


GOOD = Sign(running=True, ok=True, detail="200 OK")
MUTE = Sign(running=True, ok=False, detail="connection refused", failures=1)
ENDED = Sign(running=False, exit_code=1)
AWAY = Sign(running=None, trouble="the host is away")
DUE, LATER = NOW - timedelta(seconds=1), NOW + timedelta(seconds=1)


@pytest.mark.parametrize(
    ("before", "sign", "after", "act"),
    [
        # It runs.
        (an(STATE.HEALTHY), GOOD, None, None),
        (an(STATE.HEALTHY), replace(MUTE, failures=2), None, None),
        (an(STATE.HEALTHY), replace(MUTE, failures=3), STATE.UNHEALTHY, None),
        (an(STATE.UNHEALTHY, due_at=LATER), MUTE, None, None),
        (an(STATE.UNHEALTHY, due_at=DUE), MUTE, STATE.STOPPING, Act.TERM),
        (an(STATE.UNHEALTHY, due_at=DUE), GOOD, STATE.HEALTHY, None),
        (an(STATE.STARTING), GOOD, STATE.HEALTHY, None),
        (an(STATE.STARTING), replace(MUTE, failures=99), None, None),
        (an(STATE.STARTING, started_at=NOW - timedelta(seconds=900)), MUTE, STATE.UNHEALTHY, None),
        (an(STATE.STOPPING, due_at=LATER), Sign(running=True), None, None),
        (an(STATE.STOPPING, due_at=DUE), Sign(running=True), STATE.STOPPING, Act.KILL),
        (an(STATE.CRASHED), Sign(running=True), STATE.STARTING, None),
        (an(STATE.DOWN, due_at=DUE), Sign(running=True), STATE.STARTING, None),
        (an(STATE.HEALTHY), replace(GOOD, moved=True), STATE.STARTING, None),
        (an(STATE.UNHEALTHY, due_at=DUE), replace(MUTE, moved=True), STATE.STARTING, None),
        # It has written too much, or as much as it likes.
        (an(STATE.HEALTHY), replace(GOOD, written=11), None, None),
        # It has ended.
        (an(STATE.HEALTHY), ENDED, STATE.CRASHED, None),
        (an(STATE.UNHEALTHY, due_at=LATER), ENDED, STATE.CRASHED, None),
        (an(STATE.STARTING), ENDED, STATE.CRASHED, None),
        (an(STATE.HEALTHY), replace(ENDED, exit_code=0), STATE.COMPLETED, None),
        (an(STATE.HEALTHY), replace(ENDED, interrupted=True), STATE.DOWN, None),
        (an(STATE.HEALTHY), replace(ENDED, exists=False), STATE.DOWN, None),
        (an(STATE.STOPPING, due_at=LATER), ENDED, STATE.STARTING, Act.START),
        (an(STATE.CRASHED, due_at=LATER), ENDED, None, None),
        (an(STATE.CRASHED, due_at=DUE), ENDED, STATE.STARTING, Act.START),
        (an(STATE.CRASHED), replace(ENDED, interrupted=True), None, None),
        (an(STATE.COMPLETED), ENDED, None, None),
        (an(STATE.DOWN, due_at=NOW), ENDED, STATE.STARTING, Act.START),
        # It was added.
        (an(STATE.JOINING, started_at=None), replace(ENDED, exists=False), STATE.JOINING, Act.START),
        (an(STATE.JOINING, started_at=None), GOOD, STATE.JOINING, Act.START),
        (an(STATE.JOINING, started_at=None), AWAY, None, None),
        (an(STATE.JOINING), GOOD, STATE.HEALTHY, None),
        (an(STATE.JOINING), MUTE, None, None),
        (an(STATE.JOINING, started_at=NOW - timedelta(seconds=900)), MUTE, STATE.UNHEALTHY, None),
        (an(STATE.JOINING), ENDED, STATE.CRASHED, None),
        # It leaves.
        (an(STATE.LEAVING, due_at=LATER), Sign(running=True), None, None),
        (an(STATE.LEAVING, due_at=DUE), Sign(running=True), STATE.ENDING, Act.TERM),
        (an(STATE.ENDING, due_at=LATER), Sign(running=True), None, None),
        (an(STATE.ENDING, due_at=DUE), Sign(running=True), STATE.ENDING, Act.KILL),
        (an(STATE.LEAVING, due_at=LATER), ENDED, STATE.REMOVED, Act.REMOVE),
        (an(STATE.ENDING, due_at=LATER), replace(ENDED, exists=False), STATE.REMOVED, Act.REMOVE),
        (an(STATE.LEAVING, due_at=DUE), AWAY, None, None),
        # Nobody knows.
        (an(STATE.HEALTHY), AWAY, None, None),
        (an(STATE.HEALTHY), replace(AWAY, ok=False, failures=3), STATE.UNHEALTHY, None),
        (an(STATE.UNHEALTHY, due_at=DUE), replace(AWAY, ok=False, failures=9), None, None),
        (an(STATE.UNHEALTHY, due_at=DUE), replace(AWAY, ok=True), STATE.HEALTHY, None),
        (an(STATE.CRASHED, due_at=DUE), AWAY, None, None),
        (an(STATE.DOWN, due_at=DUE), AWAY, None, None),
        (an(STATE.STOPPING, due_at=DUE), AWAY, None, None),
    ],
)
def test_a_look(before: Instance, sign: Sign, after: InstanceState | None, act: Act | None) -> None:
    verdict = judge(before, sign, RULES, NOW)
    assert (verdict and verdict.now.state, verdict and verdict.act) == (after, act)


SIGNS = st.builds(
    Sign,
    running=st.sampled_from([True, False, None]),
    exists=st.booleans(),
    exit_code=st.sampled_from([None, 0, 1, 137]),
    oom_killed=st.booleans(),
    ok=st.sampled_from([True, False, None]),
    detail=st.just("seen"),
    failures=st.integers(0, 5),
    interrupted=st.booleans(),
    trouble=st.just(""),
)
GOING = (STATE.LEAVING, STATE.ENDING)
INSTANCES = st.builds(
    an,
    st.sampled_from([each for each in STATE if each not in {STATE.STOPPED, STATE.REMOVED, *GOING}]),
    restarts=st.integers(0, 12),
    reason=st.just("was like this before"),
    due_at=st.sampled_from([None, DUE, LATER]),
)
POLICIES = st.builds(lambda policy: Rules(policy=policy), st.sampled_from(list(RestartPolicy)))


@given(INSTANCES, SIGNS, POLICIES)
def test_a_host_that_cannot_be_asked_is_never_a_crash(before: Instance, sign: Sign, rules: Rules) -> None:
    verdict = judge(before, replace(sign, running=None), rules, NOW)
    assert verdict is None or (verdict.now.state in {STATE.HEALTHY, STATE.UNHEALTHY} and verdict.act is None)


@given(INSTANCES, SIGNS, POLICIES)
def test_an_end_that_nobody_saw_is_never_a_crash(before: Instance, sign: Sign, rules: Rules) -> None:
    verdict = judge(before, replace(sign, running=False, interrupted=True), rules, NOW)
    assert verdict is None or verdict.now.state in {STATE.DOWN, STATE.STARTING}


@given(INSTANCES, SIGNS, POLICIES)
def test_what_gets_traffic_runs_and_what_changes_says_why(before: Instance, sign: Sign, rules: Rules) -> None:
    verdict = judge(before, sign, rules, NOW)
    after = verdict.now if verdict else before
    if sign.running is False:
        assert after.state is not STATE.HEALTHY
    if verdict is not None and verdict.now.state is not before.state and verdict.act is not Act.TERM:
        assert verdict.kind.startswith("instance-")
        assert verdict.text.startswith("instance 1 ")
    if after.state not in {STATE.HEALTHY, STATE.STARTING} and after.state is not before.state:
        assert after.reason


@given(INSTANCES, SIGNS, POLICIES)
def test_nobody_is_stopped_or_restarted_for_a_crash_under_never(before: Instance, sign: Sign, rules: Rules) -> None:
    verdict = judge(replace(before, due_at=None), replace(sign, interrupted=False), Rules(RestartPolicy.NEVER), NOW)
    if verdict is not None and sign.exists and before.state is not STATE.STOPPING:
        assert verdict.act is None
        assert verdict.now.state is STATE.UNHEALTHY or verdict.now.due_at is None


@given(
    st.builds(an, st.sampled_from(GOING), due_at=st.sampled_from([DUE, LATER])),
    SIGNS,
    POLICIES,
)
def test_what_leaves_never_comes_back_and_goes_once_it_has_ended(before: Instance, sign: Sign, rules: Rules) -> None:
    verdict = judge(before, sign, rules, NOW)
    assert (verdict is not None and verdict.act is Act.REMOVE) is (sign.running is False)
    if verdict is not None:
        assert verdict.now.state in {STATE.ENDING, STATE.REMOVED}
        assert before.due_at == DUE or sign.running is False, "not before its time"


@given(INSTANCES, POLICIES, st.integers(0, 100))
def test_the_next_look_is_never_in_the_past_nor_far_away(instance: Instance, rules: Rules, tries: int) -> None:
    assert NOW <= next_look(instance, rules, NOW, tries) <= NOW + timedelta(seconds=rules.interval)


def test_crashes_are_counted_until_one_has_run_for_long() -> None:
    soon = judge(an(STATE.HEALTHY, restarts=3), ENDED, RULES, NOW)
    assert soon is not None
    assert soon.now.due_at == NOW + timedelta(seconds=4)
    late = judge(an(STATE.HEALTHY, restarts=3, started_at=NOW - timedelta(seconds=600)), ENDED, RULES, NOW)
    assert late is not None
    assert (late.now.due_at, late.now.restarts) == (NOW, 0)
    again = judge(replace(soon.now, due_at=NOW), ENDED, RULES, NOW)
    assert again is not None
    assert (again.now.restarts, again.now.started_at) == (4, NOW)


def test_a_restart_for_other_reasons_does_not_count() -> None:
    for before in (an(STATE.DOWN, due_at=NOW, restarts=3), an(STATE.STOPPING, restarts=3)):
        verdict = judge(before, ENDED, RULES, NOW)
        assert isinstance(verdict, Verdict)
        assert verdict.now.restarts == 3


def test_an_engine_that_refuses_is_as_good_as_a_crash_and_not_asked_at_once() -> None:
    first = refused(an(STATE.DOWN, due_at=NOW), "No such image", RULES, NOW).now
    assert (first.state, first.restarts, first.due_at) == (STATE.CRASHED, 1, NOW + timedelta(seconds=1))
    last = refused(an(STATE.CRASHED, restarts=10), "No such image", RULES, NOW).now
    assert last.due_at is None
    assert last.reason == "could not be started: No such image; it is left alone now"


@pytest.mark.parametrize(
    ("states", "health", "became"),
    [
        ([STATE.HEALTHY], Health.HEALTHY, Status.LIVE),
        ([STATE.HEALTHY, STATE.HEALTHY], Health.HEALTHY, Status.LIVE),
        ([STATE.HEALTHY, STATE.UNHEALTHY], Health.DEGRADED, Status.LIVE),
        ([STATE.HEALTHY, STATE.CRASHED], Health.DEGRADED, Status.LIVE),
        ([STATE.HEALTHY, STATE.JOINING, STATE.LEAVING, STATE.ENDING], Health.HEALTHY, Status.LIVE),
        ([STATE.CRASHED, STATE.JOINING, STATE.LEAVING], Health.UNHEALTHY, Status.CRASHED),
        ([STATE.UNHEALTHY, STATE.STOPPING], Health.UNHEALTHY, None),
        ([STATE.DOWN], Health.UNHEALTHY, None),
        ([STATE.STARTING], Health.UNHEALTHY, None),
        ([STATE.CRASHED, STATE.UNHEALTHY], Health.UNHEALTHY, Status.CRASHED),
        ([STATE.COMPLETED], Health.UNHEALTHY, Status.CRASHED),
    ],
)
def test_a_deployment_is_what_its_instances_are(
    states: list[InstanceState], health: Health, became: Status | None
) -> None:
    instances = [an(state, index=index) for index, state in enumerate(states)]
    assert condition(instances)[0] is health
    for current in (Status.LIVE, Status.CRASHED):
        assert status(current, instances) is (became or current)


def test_what_is_wrong_is_told_with_how_many_are_well() -> None:
    bad = an(STATE.UNHEALTHY, index=1, reason="has failed 3 probes in a row: 503")
    assert condition([an(STATE.HEALTHY), bad]) == (
        Health.DEGRADED,
        "instance 2 has failed 3 probes in a row: 503 (1 of 2 are well)",
    )
    assert condition([an(STATE.STARTING)])[1] == "instance 1 does not answer yet"


@pytest.mark.parametrize("state", [STATE.JOINING, STATE.STARTING, STATE.HEALTHY, STATE.UNHEALTHY])
def test_one_that_has_written_too_much_is_stopped_and_made_anew(state: InstanceState) -> None:
    rules = Rules(most_written=10 * 10**9, grace=7)
    assert judge(an(STATE.HEALTHY), replace(GOOD, written=10 * 10**9), rules, NOW) is None
    verdict = judge(an(state), replace(GOOD, written=12 * 10**9), rules, NOW)
    assert verdict is not None
    assert (verdict.now.state, verdict.act, verdict.kind) == (STATE.STOPPING, Act.TERM, "instance-outgrown")
    assert verdict.now.due_at == NOW + timedelta(seconds=7)
    assert "has written 12.0 GB, and may write 10 GB" in verdict.text
