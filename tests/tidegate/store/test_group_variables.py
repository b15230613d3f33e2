"""What was generated for a group is made once for each environment, and is encrypted as all variables are."""

from __future__ import annotations

from tests.tidegate.store.given import KEYS, NOON, REPOSITORY, a_service, after
from tidegate.repository import PRODUCTION
from tidegate.store import Store, open_store

NUMBER = REPOSITORY.repository_id


def test_it_is_made_once_whoever_asks_first(store: Store) -> None:
    a_service(store)
    groups = store.group_variables
    assert groups.generate(NUMBER, "shared", PRODUCTION, "SALT", "one", NOON) == "one"
    assert groups.generate(NUMBER, "shared", PRODUCTION, "SALT", "two", after(1)) == "one"
    assert groups.generate(NUMBER, "other", PRODUCTION, "SALT", "three", NOON) == "three"
    assert groups.of(NUMBER, "shared", PRODUCTION) == {"SALT": "one"}
    assert groups.of(NUMBER, "shared", "pr-1") == {}


def test_it_goes_with_its_environment(store: Store) -> None:
    a_service(store)
    for environment in (PRODUCTION, "pr-1"):
        store.group_variables.generate(NUMBER, "shared", environment, "SALT", environment, NOON)
    store.group_variables.delete_environment(NUMBER, "pr-1")
    assert store.group_variables.of(NUMBER, "shared", "pr-1") == {}
    assert store.group_variables.of(NUMBER, "shared", PRODUCTION) == {"SALT": PRODUCTION}


def test_it_is_sealed_anew_with_a_new_key(store: Store, url: str) -> None:
    a_service(store)
    store.group_variables.generate(NUMBER, "shared", PRODUCTION, "SALT", "one", NOON)
    both = open_store(url, ["a newer key, put in front", *KEYS])
    both.rotate()
    both.close()
    new = open_store(url, ["a newer key, put in front"])
    assert new.group_variables.of(NUMBER, "shared", PRODUCTION) == {"SALT": "one"}
    new.close()
