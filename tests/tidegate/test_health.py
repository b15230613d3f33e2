"""The start of an instance: when it is probed, and what a look at it means (SEMANTICS 7)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.health import (
    Healthy,
    Look,
    StartFailed,
    Starting,
    Told,
    how_ended,
    judge_start,
    judge_stay,
    next_delay,
    worth_telling,
)

SILENT = Look(
    running=True, exit_code=None, oom_killed=False, ok=False, detail="connection refused", elapsed=0.0, tries=0
)


def judge(look: Look, listening: tuple[int, ...] = ()) -> Healthy | Starting | StartFailed:
    return judge_start(look, port=3000, timeout=900.0, listening=listening)


def failure(look: Look, listening: tuple[int, ...] = ()) -> str:
    verdict = judge(look, listening)
    assert isinstance(verdict, StartFailed)
    return verdict.reason


@pytest.mark.parametrize(
    ("elapsed", "tries", "delay"),
    [
        (0.0, 0, 0.0),
        (5.0, 0, 0.0),
        (0.0, 1, 0.01),
        (0.2, 9, 0.01),
        (1.0, 20, 0.05),
        (10.0, 50, 0.5),
        (20.0, 70, 1.0),
        (900.0, 999, 1.0),
    ],
)
def test_the_cadence(elapsed: float, tries: int, delay: float) -> None:
    assert next_delay(elapsed, tries) == pytest.approx(delay)


@given(st.floats(0.001, 900))
def test_whenever_it_gets_ready_that_is_noticed_soon_and_without_a_storm_of_probes(ready: float) -> None:
    time, tries = 0.0, 0
    while True:
        time += next_delay(time, tries)
        tries += 1
        if time >= ready:
            break
    assert time - ready <= max(0.01, 0.05 * ready) + 1e-9
    assert tries <= 120 + ready


def test_an_answer_is_healthy() -> None:
    assert judge(replace(SILENT, ok=True, detail="200 OK")) == Healthy()


def test_an_answer_that_comes_with_the_timeout_still_counts() -> None:
    assert judge(replace(SILENT, ok=True, elapsed=900.0)) == Healthy()


def test_silence_is_probed_again() -> None:
    assert judge(SILENT) == Starting(next_delay(0.0, 1))
    assert judge(replace(SILENT, elapsed=100.0, tries=50)) == Starting(1.0)


@pytest.mark.parametrize(
    ("exit_code", "oom_killed", "words"),
    [
        (0, False, "exited with code 0"),
        (1, False, "exited with code 1"),
        (126, False, "exited with code 126 (the command was found, but it is not executable)"),
        (127, False, "exited with code 127 (the command was not found in the image)"),
        (137, False, "was killed by SIGKILL (exit code 137)"),
        (139, False, "was killed by SIGSEGV (exit code 139)"),
        (143, False, "was killed by SIGTERM (exit code 143)"),
        (137, True, "ran out of memory and was killed (set a higher `memory`)"),
        (128, False, "exited with code 128"),
        (255, False, "exited with code 255"),
        (None, False, "ended without an exit code"),
    ],
)
def test_how_a_process_ended(exit_code: int | None, oom_killed: bool, words: str) -> None:
    assert how_ended(exit_code, oom_killed=oom_killed) == words
    ended = replace(SILENT, running=False, exit_code=exit_code, oom_killed=oom_killed)
    assert failure(ended) == f"the container {words} before it answered"


def test_an_ended_container_has_failed_though_something_answered() -> None:
    assert isinstance(judge(replace(SILENT, running=False, exit_code=1, ok=True)), StartFailed)


LATE = replace(SILENT, elapsed=900.0)


def test_a_timeout_says_what_was_seen_last() -> None:
    assert failure(replace(LATE, detail="503 Service Unavailable")) == (
        "start timed out after 15 min: no success on port 3000, last: 503 Service Unavailable; "
        "see `healthCheckPath` and the log"
    )


def test_a_port_that_is_wrong_is_told() -> None:
    assert failure(LATE, listening=(8080,)) == (
        "start timed out after 15 min: nothing answers on port 3000; the container listens on 8080: "
        "set `port: 8080` in the deploy file, or listen on $PORT"
    )
    assert "listens on 80 and 8080: set `port: 80`" in failure(LATE, listening=(8080, 80, 8080))


def test_a_port_that_is_open_but_refuses_hints_at_the_address() -> None:
    assert "0.0.0.0" in failure(LATE, listening=(3000, 9090))
    assert "0.0.0.0" in failure(LATE)


@pytest.mark.parametrize(
    ("elapsed", "last", "told"),
    [
        (4.9, None, False),
        (5.0, None, True),
        (500.0, Told("refused", 5.0), False),
        (34.9, Told("404", 5.0), False),
        (35.0, Told("404", 5.0), True),
    ],
    ids=["merely slow", "too long", "the same again", "often", "another answer"],
)
def test_a_failing_probe_is_told_once_it_lasts_and_then_when_it_fails_otherwise(
    elapsed: float, last: Told | None, told: bool
) -> None:
    assert worth_telling("refused", elapsed, last) is told


def test_short_timeouts_are_told_in_seconds() -> None:
    verdict = judge_start(LATE, port=1, timeout=2.5)
    assert isinstance(verdict, StartFailed)
    assert verdict.reason.startswith("start timed out after 2.5 s")


@pytest.mark.parametrize(
    ("running", "elapsed", "verdict"),
    [
        (True, 0, Starting(0.2)),
        (True, 9.875, Starting(0.125)),
        (True, 10, Healthy()),
        (False, 11, StartFailed("the container exited with code 0 before it had stayed up for 10 s")),
    ],
)
def test_what_cannot_be_probed_has_to_stay_up(running: bool, elapsed: float, verdict: object) -> None:
    look = Look(running, None if running else 0, oom_killed=False, ok=False, detail="", elapsed=elapsed, tries=0)
    assert judge_stay(look, grace=10) == verdict
