"""The App that the set-up has made: whoever comes first has it, and its keys are known to who has ours."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.tidegate.store.given import KEYS, NOON, after
from tidegate.github import OwnApp
from tidegate.store import CannotOpen, Store
from tidegate.store.database import Database
from tidegate.store.own_app import OwnApps
from tidegate.store.seal import Seal

APP = OwnApp(
    id=7,
    slug="tidegate-acme",
    page="https://github.com/apps/tidegate-acme",
    api_url="https://api.github.com",
    client_id="Iv23",
    private_key="-----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----\n",
    webhook_secret="hush-hook",
    client_secret="hush-client",
)


def test_the_first_claim_counts_and_the_second_changes_nothing(store: Store) -> None:
    assert store.own_app.get() is None
    assert store.own_app.claim(APP, NOON)
    assert not store.own_app.claim(replace(APP, id=8, slug="another"), after(1))
    assert store.own_app.get() == APP


def test_after_it_was_forgotten_another_can_be_made(store: Store) -> None:
    assert not store.own_app.forget()
    store.own_app.claim(APP, NOON)
    assert store.own_app.forget()
    assert store.own_app.claim(replace(APP, id=8), NOON)
    found = store.own_app.get()
    assert found is not None
    assert found.id == 8


def test_its_keys_are_encrypted_shown_to_nobody_and_rotate_with_all_else(store: Store) -> None:
    store.own_app.claim(APP, NOON)
    assert not any(secret in repr(APP) for secret in ("MIIB", "hush-hook", "hush-client"))
    newer = "a newer key, which encrypts"
    database: Database = store._database
    assert OwnApps(database, Seal([newer, *KEYS])).get() == APP
    with pytest.raises(CannotOpen, match="what the GitHub App signs with"):
        OwnApps(database, Seal([newer])).get()
    Store(database, Seal([newer, *KEYS])).rotate()
    assert OwnApps(database, Seal([newer])).get() == APP
