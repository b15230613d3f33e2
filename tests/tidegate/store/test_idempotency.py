"""A key is one request's for a day, and its answer is kept for whoever asks with it again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import text

from tests.tidegate.store.given import KEYS, NOON
from tidegate.store import Store, open_store
from tidegate.store.database import Database
from tidegate.store.idempotency import KEPT, Answered, Key, Known

KEY = Key("person 500", "a key", "digest")
ANSWER = Answered(201, "application/json", b'{"token": "tg_secret"}')


def test_the_first_is_carried_out_and_others_get_its_answer(store: Store) -> None:
    assert store.idempotency.begin(KEY, NOON) is None
    assert store.idempotency.begin(KEY, NOON) == Known("digest", None)
    store.idempotency.end(KEY, ANSWER)
    other = replace(KEY, request="another")
    assert store.idempotency.begin(other, NOON) == store.idempotency.begin(KEY, NOON) == Known("digest", ANSWER)


def test_anothers_key_is_another(store: Store) -> None:
    assert store.idempotency.begin(KEY, NOON) is None
    assert store.idempotency.begin(replace(KEY, asker="token 1"), NOON) is None
    assert store.idempotency.begin(replace(KEY, key="b key"), NOON) is None


def test_for_a_day(store: Store) -> None:
    store.idempotency.begin(KEY, NOON)
    store.idempotency.end(KEY, ANSWER)
    assert store.idempotency.begin(KEY, NOON + KEPT - timedelta(seconds=1)) is not None
    assert store.idempotency.begin(KEY, NOON + KEPT) is None


def test_of_what_came_to_nothing_nothing_is_known(store: Store) -> None:
    store.idempotency.begin(KEY, NOON)
    store.idempotency.forget(KEY)
    assert store.idempotency.begin(KEY, NOON) is None


def test_the_answer_is_encrypted_and_who_has_no_key_is_told_that_it_is_known(store: Store, url: str) -> None:
    store.idempotency.begin(KEY, NOON)
    store.idempotency.end(KEY, ANSWER)
    database = Database(url)
    with database.read() as connection:
        assert "tg_secret" not in str(connection.execute(text("SELECT * FROM idempotency")).all())
    database.close()
    later = open_store(url, ["a newer key, which opens nothing older"])
    assert later.idempotency.begin(KEY, NOON) == Known("digest", None)
    later.close()
    both = open_store(url, ["a newer key, put in front", *KEYS])
    assert both.idempotency.begin(KEY, NOON) == Known("digest", ANSWER)
    both.close()
