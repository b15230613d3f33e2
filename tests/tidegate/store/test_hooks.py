"""A service's deploy hook is opened by the last key that was put, and by no other."""

from __future__ import annotations

import hmac

import pytest

from tests.tidegate.store.given import KEYS, NOON, a_service, after
from tidegate.store import CannotOpen, Store, open_store

KEY = "a-long-and-random-key"


def test_a_service_has_no_hook_until_a_key_is_put(store: Store) -> None:
    service = a_service(store)
    assert store.hooks.key(service.id) is None
    assert not store.hooks.holds(service.id, KEY)
    assert not store.hooks.holds(service.id, "")
    assert not store.hooks.holds(service.id + 1, KEY)


def test_the_key_that_was_put_opens_the_services_own_hook(store: Store) -> None:
    web, api = a_service(store), a_service(store, "api")
    store.hooks.put(web.id, KEY, "ada", NOON)
    assert store.hooks.key(web.id) == KEY
    assert store.hooks.holds(web.id, KEY)
    assert not store.hooks.holds(api.id, KEY)


@pytest.mark.parametrize("wrong", ["", KEY[:-1], KEY + "x", KEY.upper(), "ünïcödé", "half a pair \ud800", "nul \x00"])
def test_no_other_key_does(store: Store, wrong: str) -> None:
    service = a_service(store)
    store.hooks.put(service.id, KEY, "ada", NOON)
    assert not store.hooks.holds(service.id, wrong)


def test_a_new_key_ends_the_old_one(store: Store) -> None:
    service = a_service(store)
    store.hooks.put(service.id, KEY, "ada", NOON)
    store.hooks.put(service.id, "another", "bob", after(1))
    assert store.hooks.key(service.id) == "another"
    assert store.hooks.holds(service.id, "another")
    assert not store.hooks.holds(service.id, KEY)


@pytest.mark.parametrize("has_hook", [True, False])
@pytest.mark.parametrize("asked", ["", KEY, KEY[:-1] + "?", "x" * 10_000])
def test_keys_are_compared_in_constant_time_and_at_one_length(
    store: Store, monkeypatch: pytest.MonkeyPatch, asked: str, has_hook: bool
) -> None:
    """compare_digest() takes as long as its second argument is; a digest is always as long as another."""
    lengths: list[tuple[int, int]] = []
    compare = hmac.compare_digest

    def noting(known: str, given: str) -> bool:
        lengths.append((len(known), len(given)))
        return compare(known, given)

    service = a_service(store)
    if has_hook:
        store.hooks.put(service.id, KEY, "ada", NOON)
    monkeypatch.setattr(hmac, "compare_digest", noting)
    assert store.hooks.holds(service.id, asked) is (has_hook and asked == KEY)
    assert lengths == [(64, 64)]


def test_a_hook_still_opens_where_its_key_can_no_longer_be_shown(store: Store, url: str) -> None:
    service = a_service(store)
    store.hooks.put(service.id, KEY, "ada", NOON)
    later = open_store(url, ["k" * 16])
    assert later.hooks.holds(service.id, KEY)
    with pytest.raises(CannotOpen, match=f"deploy hook of service {service.id}"):
        later.hooks.key(service.id)
    both = open_store(url, ["k" * 16, *KEYS])
    both.rotate()
    assert later.hooks.key(service.id) == KEY
    both.close()
    later.close()
