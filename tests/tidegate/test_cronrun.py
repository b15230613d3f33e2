"""What a look at a run means."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tidegate.cronrun import CronRun, Over, RunState, RunTrigger, Sight, Tell, TooLong, judge

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
RUN = CronRun(7, 1, "production", RunTrigger.SCHEDULE, "tidegate", RunState.RUNNING, NOON, began_at=NOON)
STOPPED = replace(RUN, ends_as=RunState.CANCELED, reason="enough")
TERMED = replace(STOPPED, termed_at=NOON)
RUNS = Sight(exists=True, running=True)
GONE = Sight(exists=False, running=False)


def ended(code: int | None, *, oom: bool = False) -> Sight:
    return Sight(exists=True, running=False, exit_code=code, oom_killed=oom)


@pytest.mark.parametrize(
    ("run", "sight", "seconds", "verdict"),
    [
        (RUN, RUNS, 59, None),
        (RUN, RUNS, 60, TooLong("it ran for 60 s, which is the longest that it may")),
        (RUN, ended(0), 60, Over(RunState.COMPLETED, "exited with code 0", 0)),
        (RUN, ended(1), 1, Over(RunState.FAILED, "exited with code 1", 1)),
        (RUN, ended(None), 1, Over(RunState.FAILED, "ended without an exit code")),
        (RUN, GONE, 1, Over(RunState.FAILED, "its container was removed by somebody else")),
        (STOPPED, RUNS, 1, Tell.TERM),
        (STOPPED, RUNS, 60, Tell.TERM),
        (STOPPED, ended(0), 1, Over(RunState.CANCELED, "enough", 0)),
        (TERMED, RUNS, 9, None),
        (TERMED, RUNS, 10, Tell.KILL),
        (TERMED, ended(137), 10, Over(RunState.CANCELED, "enough", 137)),
        (TERMED, GONE, 10, Over(RunState.CANCELED, "enough")),
        (replace(TERMED, ends_as=RunState.FAILED), ended(143), 1, Over(RunState.FAILED, "enough", 143)),
    ],
)
def test_judge(run: CronRun, sight: Sight, seconds: float, verdict: object) -> None:
    assert judge(run, sight, limit=60, grace=10, now=NOON + timedelta(seconds=seconds)) == verdict


def test_out_of_memory_is_a_failure_whatever_the_exit_code() -> None:
    verdict = judge(RUN, ended(0, oom=True), limit=60, grace=10, now=NOON)
    assert isinstance(verdict, Over)
    assert (verdict.state, "ran out of memory" in verdict.reason) == (RunState.FAILED, True)
