"""Kept lines come back as they were, in their order, whoever wrote them."""

from __future__ import annotations

import pytest

from tests.tidegate.store.given import NOON, a_deployment, a_service, after
from tidegate.deployment import Status
from tidegate.store import LogLine, Store


@pytest.fixture
def deployment_id(store: Store) -> str:
    return a_deployment(store, a_service(store)).id


def test_lines_come_back_as_they_were(store: Store, deployment_id: str) -> None:
    texts = [
        "plain",
        "",
        "ünïcödé ✓",
        "tab\tand \x1b[31mcolour\x1b[0m",
        "nul \x00",
        "lone \udcff surrogate",
        "x" * 100_000,
    ]
    store.logs.append(deployment_id, "build", 1, [(after(n), text) for n, text in enumerate(texts)])
    lines = list(store.logs.read(deployment_id))
    assert [(line.n, line.at) for line in lines] == [(n + 1, after(n)) for n in range(len(texts))]
    assert [line.text for line in lines] == [text.replace("\udcff", "?") for text in texts]


def test_numbers_go_on_across_steps(store: Store, deployment_id: str) -> None:
    assert store.logs.next_line(deployment_id) == 1
    store.logs.append(deployment_id, "fetch", 1, [(after(0), "a"), (after(1), "b")])
    assert store.logs.next_line(deployment_id) == 3
    store.logs.append(deployment_id, "build", 3, [(after(2), "c")])
    everything = [
        LogLine(1, "fetch", after(0), "a"),
        LogLine(2, "fetch", after(1), "b"),
        LogLine(3, "build", after(2), "c"),
    ]
    assert list(store.logs.read(deployment_id)) == everything
    assert list(store.logs.read(deployment_id, after=1)) == everything[1:]
    assert list(store.logs.read(deployment_id, step="build")) == everything[2:]
    assert list(store.logs.read(deployment_id, after=3)) == []


def test_a_long_log_is_read_in_order(store: Store, deployment_id: str) -> None:
    """More chunks than are fetched at once, of uneven length."""
    n = 1
    for chunk in range(80):
        lines = [(after(chunk), str(n + k)) for k in range(1 + chunk % 3)]
        store.logs.append(deployment_id, "build" if chunk % 2 else "fetch", n, lines)
        n += len(lines)
    assert [line.text for line in store.logs.read(deployment_id)] == [str(k) for k in range(1, n)]
    assert [line.n for line in store.logs.read(deployment_id, after=100)] == list(range(101, n))
    builds = [line.n for line in store.logs.read(deployment_id) if line.step == "build"]
    assert [line.n for line in store.logs.read(deployment_id, step="build")] == builds


@pytest.mark.parametrize(("wanted", "first"), [(0, 8), (1, 7), (3, 5), (7, 1), (100, 1)])
def test_the_tail_is_the_last_lines(store: Store, deployment_id: str, wanted: int, first: int) -> None:
    for n in (1, 3, 5):
        store.logs.append(deployment_id, "build", n, [(after(n), "x")] * (2 if n < 5 else 3))
    assert [line.n for line in store.logs.tail(deployment_id, wanted)] == list(range(first, 8))


def test_a_deployment_without_a_log_has_an_empty_one(store: Store, deployment_id: str) -> None:
    store.logs.append(deployment_id, "build", 1, [])
    assert list(store.logs.read(deployment_id)) == []
    assert store.logs.tail(deployment_id, 10) == []


def test_what_is_sent_again_with_more_is_kept_once_and_whole(store: Store, deployment_id: str) -> None:
    """A writer that heard "store down" can't know whether its lines got through: it sends them again, with the next."""
    lines = [(after(n), str(n)) for n in range(5)]
    store.logs.append(deployment_id, "build", 1, lines[:2])
    store.logs.append(deployment_id, "build", 1, lines)
    store.logs.append(deployment_id, "build", 1, lines[:2])
    assert [line.text for line in store.logs.read(deployment_id)] == ["0", "1", "2", "3", "4"]
    assert store.logs.next_line(deployment_id) == 6


def test_those_that_ended_long_ago_are_told_and_forgotten(store: Store) -> None:
    service = a_service(store)
    rows = {status: a_deployment(store, service, number, status) for number, status in enumerate(_ENDS)}
    for row in rows.values():
        store.logs.append(row.id, "build", 1, [(after(0), "a")])
    silent = a_deployment(store, service, 9, Status.CANCELED)
    assert store.logs.expired(after(0)) == [], "they ended just now"
    expired = store.logs.expired(after(1))
    assert expired == [rows[Status.FAILED].id, rows[Status.REMOVED].id]
    assert silent.id not in expired
    store.logs.forget(expired[0])
    assert store.logs.expired(after(1)) == expired[1:]
    assert list(store.logs.read(expired[0])) == []
    assert list(store.logs.read(expired[1])) != []


_ENDS = (Status.FAILED, Status.REMOVED, Status.LIVE)


def test_of_what_runs_the_last_lines_are_kept(store: Store) -> None:
    service = a_service(store)
    removed, live = (a_deployment(store, service, n, status) for n, status in ((1, Status.REMOVED), (2, Status.LIVE)))
    for row in (removed, live):
        for first in range(1, 100, 10):
            store.logs.append(row.id, "runtime", first, [(after(n), str(n)) for n in range(first, first + 10)])
    store.logs.trim(25)
    assert [line.n for line in store.logs.read(live.id)] == list(range(71, 101)), "whole chunks go"
    assert store.logs.next_line(live.id) == 101
    assert len(list(store.logs.read(removed.id))) == 100
    store.logs.trim(25)
    assert len(list(store.logs.read(live.id))) == 30


def test_the_end_without_one_step_is_as_if_that_had_never_printed(store: Store) -> None:
    made = a_deployment(store, a_service(store))
    store.logs.append(made.id, "build", 1, [(NOON, "one"), (NOON, "two")])
    store.logs.append(made.id, "start", 3, [(NOON, "three")])
    store.logs.append(made.id, "run", 4, [(NOON, "secret life")] * 100)
    assert [line.text for line in store.logs.tail(made.id, 2, but="run")] == ["two", "three"]
    assert [line.text for line in store.logs.tail(made.id, 60, but="run")] == ["one", "two", "three"]
    assert store.logs.tail(made.id, 1)[0].text == "secret life"
