"""A sign-in stands until it ends, is ended, or all of the person's are."""

from __future__ import annotations

import pytest

from tests.tidegate.store.given import NOON, after
from tidegate.store import Store
from tidegate.store.sessions import Session

ADAS = Session(500, "ada", "Firefox", NOON, after(60))


def test_it_stands_until_it_ends(store: Store) -> None:
    key = store.sessions.begin(ADAS)
    assert store.sessions.stands(key, after(59))
    assert not store.sessions.stands(key, after(60))
    assert store.sessions.of(500, after(59)) == [ADAS]
    assert store.sessions.of(500, after(60)) == []


@pytest.mark.parametrize("wrong", ["", "ünïcödé", "half a pair \ud800", "nul \x00"])
def test_no_other_key_stands_for_it(store: Store, wrong: str) -> None:
    key = store.sessions.begin(ADAS)
    assert not store.sessions.stands(wrong, NOON)
    assert not store.sessions.stands(key[:-1], NOON)


def test_one_is_ended_or_all_of_a_person(store: Store) -> None:
    first, second, other = (
        store.sessions.begin(each) for each in (ADAS, ADAS, Session(501, "bob", "Chrome", NOON, after(60)))
    )
    store.sessions.end(first)
    assert [store.sessions.stands(each, NOON) for each in (first, second, other)] == [False, True, True]
    assert store.sessions.end_all(500) == 1
    assert [store.sessions.stands(each, NOON) for each in (second, other)] == [False, True]
    assert store.sessions.end_of("bob") == 1
    assert not store.sessions.stands(other, NOON)


def test_what_has_ended_is_forgotten_and_a_long_name_cut(store: Store) -> None:
    store.sessions.begin(ADAS)
    store.sessions.begin(Session(501, "bob", "x" * 10_000, after(61), after(90)))
    assert store.sessions.end_all(500) == 0
    (kept,) = store.sessions.of(501, after(62))
    assert kept.browser == "x" * 300
