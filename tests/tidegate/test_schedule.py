"""When a schedule comes next, and what is said about one that nobody can mean."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.schedule import BadSchedule, next_after, read

#: A Sunday.
NOON = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)


@pytest.mark.parametrize(
    ("schedule", "told"),
    [
        ("* * * * *", "2026-03-01 12:01"),
        ("*/15 * * * *", "2026-03-01 12:15"),
        ("*/60 * * * MON-FRI", "2026-03-02 00:00"),
        ("0 12 * * *", "2026-03-02 12:00"),
        ("30 3 1,15 * *", "2026-03-15 03:30"),
        ("0 0 31 * *", "2026-03-31 00:00"),
        ("0 0 29 2 *", "2028-02-29 00:00"),
        ("0 0 L * *", "2026-03-31 00:00"),
        ("0 0 13 * 5", "2026-03-06 00:00"),  # either day, as cron has it
        ("0 9 * JAN sun", "2027-01-03 09:00"),
        ("0 9 * * 7", "2026-03-08 09:00"),
    ],
)
def test_the_next_time_is_in_utc(schedule: str, told: str) -> None:
    found = next_after(read(schedule), NOON)
    assert f"{found:%Y-%m-%d %H:%M}" == told
    assert found.tzinfo is UTC


@pytest.mark.parametrize(
    ("schedule", "message"),
    [
        ("", "A schedule has five fields, and this has 0."),
        ("* * * *", "A schedule has five fields, and this has 4."),
        ("0 * * * * *", "A schedule has five fields, and this has 6."),
        ("@daily", "`@daily` is a short form."),
        ("60 * * * *", "`60` is no minute."),
        ("* 24 * * *", "`24` is no hour."),
        ("* * 0 * *", "`0` is no day of the month."),
        ("* * 32 * *", "`32` is no day of the month."),
        ("* * * 13 *", "`13` is no month."),
        ("* * * * 8", "`8` is no day of the week."),
        ("* * * * someday", "`someday` is no day of the week."),
        ("*/0 * * * *", "`*/0` is no minute."),
        ("5-1 * * * *", "`5-1` is no minute."),
        ("1,,2 * * * *", "`1,,2` is no minute."),
        ("0 0 30 2 *", "No date ever meets `0 0 30 2 *`."),
        ("0 0 31 4,6 *", "No date ever meets `0 0 31 4,6 *`."),
    ],
)
def test_what_nobody_can_mean_is_said(schedule: str, message: str) -> None:
    with pytest.raises(BadSchedule) as bad:
        read(schedule)
    assert str(bad.value) == message
    assert bad.value.hint.endswith(".")


def test_it_is_kept_with_single_spaces() -> None:
    assert read("  0  3 * *  1-5 ") == "0 3 * * 1-5"


_FIELD = st.text("*0123456789,-/LW#MONJAN²", max_size=6)


@given(st.one_of(st.text(), st.lists(_FIELD, min_size=5, max_size=5).map(" ".join)))
@settings(deadline=None)
def test_any_text_is_read_or_refused_and_what_is_read_comes_again_and_again(text: str) -> None:
    try:
        schedule = read(text)
    except BadSchedule:
        return
    first = next_after(schedule, NOON)
    assert NOON < first < next_after(schedule, first)
    assert (first.second, first.microsecond) == (0, 0)
    assert next_after(schedule, first - timedelta(seconds=1)) == first
