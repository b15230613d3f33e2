"""Freezes are told apart by what they cover: each is put, replaced and removed by itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.tidegate.store.given import NOON, REPOSITORY, after
from tidegate.freeze import Freeze
from tidegate.store import Store

RID = REPOSITORY.repository_id
ALL = Freeze(RID, None, None, "release week", "ada", NOON)
SERVICE = replace(ALL, service="web")
ENVIRONMENT = replace(ALL, environment="production")
BOTH = replace(ALL, service="web", environment="production")
WIDEST_FIRST = [ALL, ENVIRONMENT, SERVICE, BOTH]


@pytest.mark.parametrize("removed", WIDEST_FIRST)
def test_each_is_one_of_its_own(store: Store, removed: Freeze) -> None:
    for number, repository_id in enumerate((RID, 2)):
        store.repositories.see(replace(REPOSITORY, repository_id=repository_id, name=f"shop-{number}"), NOON)
    elsewhere = replace(removed, repository_id=2)
    for each in (*reversed(WIDEST_FIRST), elsewhere):
        store.freezes.put(each)
    assert store.freezes.of_repository(RID) == WIDEST_FIRST
    assert store.freezes.remove(RID, removed.service, removed.environment)
    assert not store.freezes.remove(RID, removed.service, removed.environment)
    assert store.freezes.of_repository(RID) == [each for each in WIDEST_FIRST if each != removed]
    assert store.freezes.of_repository(2) == [elsewhere]


def test_to_freeze_again_gives_the_new_reason(store: Store) -> None:
    store.repositories.see(REPOSITORY, NOON)
    store.freezes.put(SERVICE)
    again = replace(SERVICE, reason="an incident", author="bob", since=after(60))
    store.freezes.put(again)
    assert store.freezes.of_repository(RID) == [again]
