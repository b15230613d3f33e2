"""An answer waits for whoever asked, and is forgotten."""

from __future__ import annotations

from http import HTTPStatus

from tests.tidegate.store.given import NOON, after
from tidegate.request import Answer
from tidegate.store import Store

ACCEPTED = Answer("one", HTTPStatus.ACCEPTED, {"deployment": "id", "numbers": [1, None], "ünï": {"a": True}})


def test_an_answer_is_there_once_it_was_put(store: Store) -> None:
    assert store.answers.get("one") is None
    store.answers.put(ACCEPTED, NOON)
    assert store.answers.get("one") == ACCEPTED
    assert store.answers.get("other") is None


def test_a_request_that_is_handled_again_is_answered_anew(store: Store) -> None:
    store.answers.put(Answer("one", HTTPStatus.BAD_GATEWAY, {"detail": "GitHub is down"}), NOON)
    store.answers.put(ACCEPTED, after(1))
    assert store.answers.get("one") == ACCEPTED


def test_old_answers_are_forgotten(store: Store) -> None:
    for number in range(3):
        store.answers.put(Answer(str(number), HTTPStatus.OK), after(number))
    store.answers.prune(after(1))
    assert [store.answers.get(str(number)) is not None for number in range(3)] == [False, True, True]
