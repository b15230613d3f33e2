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


def test_a_repository_that_is_seen_again_is_back(store: Store) -> None:
    store.repositories.see(REPOSITORY, NOON)
    store.repositories.gone(SHOP.id, "taken out of the installation", after(1))
    assert store.repositories.get(SHOP.id) == replace(SHOP, gone="taken out of the installation")
    assert store.repositories.see(REPOSITORY, after(2)).gone is None


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
