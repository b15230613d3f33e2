"""Ids sort by time and can't be guessed."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tidegate.store.identity import new_id

TIMES = st.datetimes(datetime(1970, 1, 1), datetime(2999, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - the bounds are naive


@given(TIMES, st.timedeltas(timedelta(milliseconds=2), timedelta(days=1000)))
def test_a_later_id_sorts_later(at: datetime, later: timedelta) -> None:
    assert new_id(at) < new_id(at + later)


@given(TIMES)
def test_an_id_fits_urls_labels_and_host_names(at: datetime) -> None:
    assert re.fullmatch(r"[0-9a-z]{26}", new_id(at))


def test_ids_of_one_moment_differ() -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    assert len({new_id(at) for _ in range(1000)}) == 1000
