"""Credentials of registries are known by their names, and their passwords to who has the key."""

from __future__ import annotations

from tests.tidegate.store.given import KEYS, NOON, after
from tidegate.registry import Credential, Login
from tidegate.store import Store, open_store

TEAM = Login("team", "registry.example.com", "puller", "hunter2-hunter2-hunter2")


def test_one_is_set_changed_and_removed(store: Store) -> None:
    kept = store.registry_credentials
    kept.put(TEAM, NOON)
    changed = Login("team", "docker.io", "other", "another")
    kept.put(changed, after(1))
    kept.put(Login("a", "ghcr.io", "bot", "token"), NOON)
    assert kept.get("team") == changed
    assert kept.all() == [
        Credential("a", "ghcr.io", "bot", NOON),
        Credential("team", "docker.io", "other", after(1)),
    ]
    assert kept.delete("team")
    assert not kept.delete("team")
    assert kept.get("team") is None


def test_nobody_is_shown_a_password(store: Store) -> None:
    store.registry_credentials.put(TEAM, NOON)
    assert TEAM.password not in repr(store.registry_credentials.all()) + repr(store.registry_credentials.get("team"))


def test_it_is_sealed_anew_with_a_new_key(store: Store, url: str) -> None:
    store.registry_credentials.put(TEAM, NOON)
    both = open_store(url, ["a newer key, put in front", *KEYS])
    both.rotate()
    both.close()
    new = open_store(url, ["a newer key, put in front"])
    assert new.registry_credentials.get("team") == TEAM
    new.close()
