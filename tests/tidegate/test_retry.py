"""When what did not get through is sent again, how long its address rests, and when that is given up."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tidegate.notification import Channel, Endpoint, Wants
from tidegate.retry import GIVEN_UP_AFTER, PAUSES, Answer, outcome

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ENDPOINT = Endpoint("ep_1", 1, Channel.WEBHOOK, "https://example.com/x", Wants.ALL, "ada", NOW)
DOWN = Answer(ok=False, detail="503 Service Unavailable")


def seconds(of: timedelta) -> float:
    return of.total_seconds()


def test_the_schedule_is_the_specifications() -> None:
    dues = [outcome(ENDPOINT, attempts, DOWN, 0.0, NOW).due_at for attempts in range(1, 11)]
    pauses = [seconds(due - NOW) for due in dues if due]
    assert pauses == [5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400]
    assert dues[-1] is None, "the tenth attempt is the last"
    assert sum(pauses) == seconds(timedelta(hours=75, minutes=35, seconds=5))


def test_pauses_are_spread_and_never_shorter() -> None:
    due = outcome(ENDPOINT, 2, DOWN, 1.0, NOW).due_at
    assert due is not None
    assert PAUSES[1] < due - NOW <= PAUSES[1] * 1.1


@pytest.mark.parametrize(
    ("failing", "rests"),
    [(None, 5), (timedelta(seconds=60), 60), (timedelta(hours=1), 300)],
)
def test_an_address_rests_the_longer_the_longer_it_fails(failing: timedelta | None, rests: int) -> None:
    endpoint = replace(ENDPOINT, failing_since=NOW - failing if failing else None)
    after = outcome(endpoint, 1, DOWN, 0.0, NOW)
    assert after.rests_until == NOW + timedelta(seconds=rests)
    assert after.failing_since == (endpoint.failing_since or NOW)


def test_a_receiver_that_asks_for_time_gets_it() -> None:
    after = outcome(ENDPOINT, 1, replace(DOWN, retry_after=600), 0.0, NOW)
    assert (after.due_at, after.rests_until) == (NOW + timedelta(seconds=600),) * 2
    after = outcome(ENDPOINT, 1, replace(DOWN, retry_after=1e300), 0.0, NOW)
    assert after.due_at == NOW + timedelta(hours=24), "not for ever"


def test_success_forgets_all_failures() -> None:
    failing = replace(ENDPOINT, failing_since=NOW - timedelta(days=2), rests_until=NOW)
    after = outcome(failing, 7, Answer(ok=True, detail="200 OK"), 0.0, NOW)
    assert (after.ok, after.due_at, after.failing_since, after.rests_until, after.disabled) == (True, *[None] * 4)


@pytest.mark.parametrize(
    ("failing", "answer", "given_up"),
    [
        (timedelta(0), DOWN, False),
        (GIVEN_UP_AFTER - timedelta(seconds=1), DOWN, False),
        (GIVEN_UP_AFTER, DOWN, True),
        (timedelta(0), Answer(ok=False, detail="410 Gone", gone=True), True),
    ],
)
def test_it_is_given_up_after_three_days_or_by_its_own_wish(failing: timedelta, answer: Answer, given_up: bool) -> None:
    after = outcome(replace(ENDPOINT, failing_since=NOW - failing), 3, answer, 0.0, NOW)
    assert (after.disabled is not None, after.due_at is None) == (given_up, given_up)
    assert not given_up or answer.detail in str(after.disabled)
