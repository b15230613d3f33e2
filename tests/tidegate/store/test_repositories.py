"""Repositories by GitHub's id: renamed, transferred, gone and back, they stay themselves."""

from __future__ import annotations

from dataclasses import replace

from tests.tidegate.store.given import NOON, REPOSITORY, after
from tidegate.repository import Repository
from tidegate.store import Store

SHOP = Repository(REPOSITORY.repository_id, 8, "acme", "shop", "main", private=True)


def test_a_repository_is_known_once_it_was_seen(store: Store) -> None:
    assert store.repositories.get(SHOP.id) is None
    assert store.repositories.see(REPOSITORY, NOON) == SHOP
    assert store.repositories.get(SHOP.id) == SHOP
    assert store.repositories.by_name("acme", "shop") == SHOP
    assert store.repositories.by_name("acme", "other") is None


def test_a_renamed_repository_is_the_same_one(store: Store) -> None:
    store.repositories.see(REPOSITORY, NOON)
    renamed = store.repositories.see(replace(REPOSITORY, owner="umbrella", name="store"), after(1))
    assert renamed == replace(SHOP, owner="umbrella", name="store")
    assert store.repositories.by_name("acme", "shop") is None
    assert store.repositories.all() == [renamed]


def test_a_name_leads_to_the_repository_that_has_it_now(store: Store) -> None:
    store.repositories.see(REPOSITORY, NOON)
    store.repositories.gone(SHOP.id, "deleted", after(1))
    assert store.repositories.by_name("acme", "shop") == replace(SHOP, gone="deleted")
    heir = store.repositories.see(replace(REPOSITORY, repository_id=9), after(2))
    store.repositories.gone(SHOP.id, "still deleted", after(3))
    assert store.repositories.by_name("acme", "shop") == heir


def test_a_repository_is_gone_until_it_is_back_whatever_is_heard_of_it(store: Store) -> None:
    """Deliveries come late, and in any order: one of them is no sign that we were given it again."""
    store.repositories.see(REPOSITORY, NOON)
    store.repositories.gone(SHOP.id, "taken out of the installation", after(1))
    renamed = store.repositories.see(replace(REPOSITORY, name="store"), after(2))
    assert renamed == replace(SHOP, name="store", gone="taken out of the installation")
    assert store.repositories.back(SHOP.id, after(3))
    assert store.repositories.get(SHOP.id) == replace(SHOP, name="store")
    assert not store.repositories.back(SHOP.id, after(4))


def test_a_repository_that_never_was_is_not_back(store: Store) -> None:
    assert not store.repositories.back(SHOP.id, NOON)


def test_with_an_installation_all_its_repositories_go(store: Store) -> None:
    store.repositories.see(REPOSITORY, NOON)
    store.repositories.see(replace(REPOSITORY, repository_id=2, name="blog"), NOON)
    store.repositories.see(replace(REPOSITORY, repository_id=3, name="else", installation_id=5), NOON)
    assert store.repositories.installations() == [5, 8]
    store.repositories.installation_gone(8, "suspended", after(1))
    assert store.repositories.installations() == [5]
    assert {each.name: each.gone for each in store.repositories.all()} == {
        "blog": "suspended",
        "else": None,
        "shop": "suspended",
    }
