"""Waiting for a worker: no longer than it may take, by no more than there is room for, and never in vain."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.waiting import wait_until
from tidegate.repository import Delivery
from tidegate.request import FREEZE, Answer
from tidegate.store import StoreDown
from webapp.workers import MOST_WAITING, Workers


class Desk:
    """The store, as far as this needs one."""

    def __init__(self) -> None:
        self.kept: list[Delivery] = []
        self.answers: dict[str, Answer] = {}
        self.looked = 0
        self.trouble: Callable[[], None] = lambda: None

    def put(self, delivery: Delivery) -> None:
        self.kept.append(delivery)

    def get(self, number: str) -> Answer | None:
        self.looked += 1
        self.trouble()
        return self.answers.get(number)

    def workers(self, stopping: Callable[[], bool] = lambda: False) -> Workers:
        return Workers(self.put, self.get, stopping)

    def answer_all(self) -> None:
        for each in list(self.kept):
            self.answers[each.guid] = Answer(each.guid, 200, {"detail": "done"})


def test_what_is_asked_is_kept_under_the_number_that_the_answer_has() -> None:
    desk = Desk()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(desk.workers().ask, FREEZE, {"reason": "why"})
        wait_until(lambda: bool(desk.kept))
        desk.answer_all()
        answer = waiting.result()
    (kept,) = desk.kept
    assert (kept.event, json.loads(kept.body)) == (FREEZE, {"reason": "why", "request_id": kept.guid})
    assert answer == Answer(kept.guid, 200, {"detail": "done"})


def test_a_store_that_fails_while_somebody_waits_is_asked_again() -> None:
    desk = Desk()

    def trouble() -> None:
        if desk.looked < 3:
            raise StoreDown("away")
        desk.answer_all()

    desk.trouble = trouble
    assert desk.workers().ask(FREEZE, {}).status == 200


def test_what_cannot_be_kept_is_not_waited_for() -> None:
    def put(_: Delivery) -> None:
        raise StoreDown("away")

    with pytest.raises(StoreDown):
        Workers(put, lambda _: None, lambda: False).ask(FREEZE, {})


def test_patience_ends_and_says_what_goes_on() -> None:
    desk = Desk()
    workers = desk.workers()
    workers.patience = 0.05
    answer = workers.ask(FREEZE, {})
    assert (answer.status, answer.body["request"]) == (202, desk.kept[0].guid)
    assert desk.looked


def test_a_server_that_stops_lets_everybody_go() -> None:
    desk, stops = Desk(), threading.Event()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(desk.workers(stops.is_set).ask, FREEZE, {})
        wait_until(lambda: desk.looked > 1)
        stops.set()
        assert waiting.result(5).status == 202


def test_when_all_places_are_taken_it_is_kept_and_nobody_waits() -> None:
    desk = Desk()
    workers = desk.workers()
    seen: set[int] = set()
    desk.trouble = lambda: seen.add(threading.get_ident())
    with ThreadPoolExecutor(MOST_WAITING) as pool:
        waiting = [pool.submit(workers.ask, FREEZE, {}) for _ in range(MOST_WAITING)]
        wait_until(lambda: len(seen) == MOST_WAITING)
        looked = len(desk.kept)
        assert workers.ask(FREEZE, {}).status == 202
        assert len(desk.kept) == looked + 1
        desk.answer_all()
        assert [each.result().status for each in waiting] == [200] * MOST_WAITING
    desk.trouble = desk.answer_all
    assert workers.ask(FREEZE, {}).status == 200, "places are given back"
