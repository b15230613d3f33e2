"""Tokens of programs are found by their text alone, which the store doesn't know."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from tests.tidegate.store.given import NOON, after
from tidegate.apitoken import PREFIX, Scope, Terms
from tidegate.store import Store
from tidegate.store.database import Database

TERMS = Terms("ci", "ada", 500, Scope.DEPLOY, frozenset({700_000_000_007, 3}), after(60))


def test_one_is_made_found_and_revoked(store: Store) -> None:
    made, secret = store.api_tokens.make(TERMS, NOON)
    other, another = store.api_tokens.make(replace(TERMS, name="backup", repositories=None, scope=Scope.READ), NOON)
    assert secret.startswith(PREFIX)
    assert secret != another
    assert store.api_tokens.find(secret, NOON) == made
    assert store.api_tokens.of(500) == [other, made] == store.api_tokens.all()
    assert store.api_tokens.of(501) == []
    assert store.api_tokens.revoke(made.id)
    assert not store.api_tokens.revoke(made.id)
    assert store.api_tokens.find(secret, NOON) is None
    assert store.api_tokens.find(another, NOON) == other


def test_it_expires(store: Store) -> None:
    made, secret = store.api_tokens.make(TERMS, NOON)
    assert store.api_tokens.find(secret, after(59)) == made
    assert store.api_tokens.find(secret, after(60)) is None
    assert store.api_tokens.of(500) == [made], "and is still listed"
    later, _ = store.api_tokens.make(replace(TERMS, expires_at=after(10**9)), after(60) + timedelta(days=30))
    assert store.api_tokens.of(500) == [later], "but not for ever"


def test_who_is_renamed_is_on_all_of_theirs_and_nobody_elses(store: Store) -> None:
    made, _ = store.api_tokens.make(TERMS, NOON)
    others, _ = store.api_tokens.make(replace(TERMS, maker="eve", maker_id=501), NOON)
    store.api_tokens.renamed(500, "lovelace")
    assert [store.api_tokens.maker(each) for each in (made, others)] == ["lovelace", "eve"]
    assert store.api_tokens.of(500) == [replace(made, terms=replace(TERMS, maker="lovelace"))]
    store.api_tokens.revoke(made.id)
    assert store.api_tokens.maker(made) == "ada", "whoever was asking with it meanwhile"


@pytest.mark.parametrize("wrong", ["", PREFIX, "ünïcödé", "half a pair \ud800", "nul \x00", "x" * 10_000])
def test_no_other_text_finds_it(store: Store, wrong: str) -> None:
    _, secret = store.api_tokens.make(TERMS, NOON)
    assert store.api_tokens.find(wrong, NOON) is None
    assert store.api_tokens.find(secret[:-1], NOON) is None
    assert store.api_tokens.find(secret.upper(), NOON) is None


def test_its_use_is_noted_once_an_hour(store: Store) -> None:
    made, secret = store.api_tokens.make(TERMS, NOON)
    store.api_tokens.used(made, after(1))
    noted = store.api_tokens.find(secret, after(2))
    assert noted == replace(made, used_at=after(1))
    store.api_tokens.used(noted, after(30))
    assert store.api_tokens.find(secret, after(31)) == noted
    store.api_tokens.used(noted, after(3601))
    assert store.api_tokens.of(500) == [replace(made, used_at=after(3601))]


def test_the_store_cannot_tell_its_text(store: Store, url: str) -> None:
    _, secret = store.api_tokens.make(TERMS, NOON)
    database = Database(url)
    with database.read() as connection:
        rows = connection.execute(text("SELECT * FROM api_tokens")).all()
    database.close()
    assert len(rows) == 1
    assert secret not in str(rows)
    assert secret.removeprefix(PREFIX) not in str(rows)
