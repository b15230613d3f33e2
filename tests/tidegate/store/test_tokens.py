"""A cache: what has expired or can't be opened is as good as absent."""

from __future__ import annotations

from tests.tidegate.store.given import NOON, after
from tidegate.store import Store, open_store


def test_a_token_is_kept_until_it_expires(store: Store) -> None:
    assert store.tokens.get("installation 8", NOON) is None
    store.tokens.put("installation 8", "ghs_one", after(60))
    store.tokens.put("installation 9", "ghs_other", after(600))
    assert store.tokens.get("installation 8", after(59)) == "ghs_one"
    assert store.tokens.get("installation 8", after(60)) is None
    store.tokens.put("installation 8", "ghs_two", after(120))
    assert store.tokens.get("installation 8", after(60)) == "ghs_two"


def test_a_token_under_a_lost_key_is_absent(store: Store, url: str) -> None:
    store.tokens.put("installation 8", "ghs_one", after(60))
    other = open_store(url, ["quite another key"])
    assert other.tokens.get("installation 8", NOON) is None
    other.close()


def test_only_what_has_expired_is_pruned(store: Store) -> None:
    store.tokens.put("installation 8", "ghs_old", after(60))
    store.tokens.put("installation 9", "ghs_new", after(61))
    store.tokens.prune(after(60))
    assert store.tokens.get("installation 8", NOON) is None
    assert store.tokens.get("installation 9", NOON) == "ghs_new"
