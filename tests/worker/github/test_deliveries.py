"""Which deliveries are asked for again: those that no attempt got through, at growing distances."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.github.deliveries import LONGEST_PAUSE, Attempt, missed, pause

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def attempt(number: int, guid: str, status: int, minutes_ago: float = 10) -> Attempt:
    return Attempt(number, guid, NOW - timedelta(minutes=minutes_ago), status)


@pytest.mark.parametrize(
    ("attempts", "again"),
    [
        ([], []),
        ([attempt(1, "a", 202)], []),
        ([attempt(1, "a", 503)], [1]),
        ([attempt(1, "a", 0, minutes_ago=0)], [1]),
        ([attempt(1, "a", 401), attempt(2, "b", 200)], [1]),
        ([attempt(1, "a", 503, 20), attempt(2, "a", 202, 5)], []),
        ([attempt(2, "a", 503, 5), attempt(1, "a", 202, 20)], []),
        ([attempt(1, "a", 503, 20), attempt(2, "a", 503, 5)], [2]),
        ([attempt(1, "a", 503, 20), attempt(2, "a", 503, 0.5)], []),
        ([attempt(2, "b", 500, 5), attempt(1, "a", 500, 9)], [1, 2]),
    ],
    ids=["none", "ok", "failed", "just now", "two", "redelivered", "any order", "due", "not yet", "oldest first"],
)
def test_missed(attempts: list[Attempt], again: list[int]) -> None:
    assert [each.id for each in missed(attempts, NOW)] == again


attempts_of_all_kinds = st.lists(
    st.builds(
        Attempt,
        id=st.integers(1, 99),
        guid=st.sampled_from("abc"),
        at=st.integers(0, 4000).map(lambda minutes: NOW - timedelta(minutes=minutes)),
        status=st.sampled_from([0, 200, 202, 401, 500, 503]),
    )
)


@given(attempts_of_all_kinds)
def test_each_delivery_is_asked_for_at_most_once_and_never_after_it_got_through(attempts: list[Attempt]) -> None:
    again = [each.guid for each in missed(attempts, NOW)]
    through = {each.guid for each in attempts if 200 <= each.status < 300}
    assert len(again) == len(set(again))
    assert not through & set(again)


@given(attempts_of_all_kinds)
def test_whatever_never_got_through_is_asked_for_within_the_longest_pause(attempts: list[Attempt]) -> None:
    through = {each.guid for each in attempts if 200 <= each.status < 300}
    again = {each.guid for each in missed(attempts, NOW + LONGEST_PAUSE)}
    assert again == {each.guid for each in attempts} - through


def test_the_pause_grows_and_has_an_end() -> None:
    pauses = [pause(failures) for failures in range(1, 40)]
    assert pauses[0] == timedelta()
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE
