"""Restart policies: after which exits, how soon, how often (SEMANTICS 7)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.restart import Exit, RestartPolicy, after, delay_before

ON_FAILURE, ALWAYS, NEVER = RestartPolicy.ON_FAILURE, RestartPolicy.ALWAYS, RestartPolicy.NEVER


@pytest.mark.parametrize(
    ("policy", "exit_code", "oom", "restarts", "delay"),
    [
        (ON_FAILURE, 1, False, 0, 0.0),
        (ON_FAILURE, 1, False, 1, 1.0),
        (ON_FAILURE, 1, False, 9, 60.0),
        (ON_FAILURE, 1, False, 10, None),
        (ON_FAILURE, 0, False, 0, None),
        (ON_FAILURE, 0, True, 0, 0.0),
        (ON_FAILURE, 137, True, 3, 4.0),
        (ON_FAILURE, None, False, 0, 0.0),
        (ALWAYS, 0, False, 0, 0.0),
        (ALWAYS, 1, False, 10, 60.0),
        (ALWAYS, 1, False, 10_000, 60.0),
        (NEVER, 1, False, 0, None),
        (NEVER, 0, False, 0, None),
        (NEVER, 137, True, 0, None),
    ],
)
def test_what_follows_an_exit(
    policy: RestartPolicy, exit_code: int | None, oom: bool, restarts: int, delay: float | None
) -> None:
    assert after(Exit(exit_code, oom, restarts), policy, 10).delay == delay


@pytest.mark.parametrize(
    ("policy", "exit_code", "restarts", "reason"),
    [
        (ON_FAILURE, 1, 0, "exited with code 1; it is started again at once"),
        (ON_FAILURE, 139, 2, "was killed by SIGSEGV (exit code 139); it is started again in 2 s"),
        (ON_FAILURE, 1, 10, "exited with code 1, and was started again 10 times in vain; it is left alone now"),
        (
            ON_FAILURE,
            0,
            0,
            "exited with code 0, though a service must keep running; `restartPolicy: ALWAYS` would start it again",
        ),
        (NEVER, 1, 0, "exited with code 1; it is not started again (`restartPolicy: NEVER`)"),
    ],
)
def test_the_reason_says_what_happens_next(policy: RestartPolicy, exit_code: int, restarts: int, reason: str) -> None:
    assert after(Exit(exit_code, oom_killed=False, restarts=restarts), policy, 10).reason == reason


@given(st.integers(0, 10_000))
def test_no_wait_is_shorter_than_the_one_before_or_longer_than_a_minute(restarts: int) -> None:
    assert delay_before(restarts) <= delay_before(restarts + 1) <= 60


def test_ten_restarts_take_some_minutes() -> None:
    assert 180 < sum(delay_before(each) for each in range(10)) < 300
