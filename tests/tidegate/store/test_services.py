"""Services by name within their repository."""

from __future__ import annotations

from dataclasses import replace

from tests.tidegate.store.given import NOON, REPOSITORY
from tidegate.store import Store


def test_a_service_keeps_its_id_and_takes_the_new_definition(store: Store) -> None:
    repository = store.repositories.see(REPOSITORY, NOON)
    first = store.services.ensure(repository.id, "web", {"name": "web", "numInstances": 1})
    second = store.services.ensure(repository.id, "web", {"name": "web", "numInstances": 2})
    assert second == replace(first, definition={"name": "web", "numInstances": 2})
    assert store.services.get(first.id) == second
    assert store.services.by_name(repository.id, "web") == second
    assert store.services.by_name(repository.id, "api") is None


def test_a_known_service_keeps_its_definition(store: Store) -> None:
    """What a pull request's deploy file says is no news about the service itself."""
    repository = store.repositories.see(REPOSITORY, NOON)
    first = store.services.known(repository.id, "web", {"numInstances": 1})
    assert store.services.known(repository.id, "web", {"numInstances": 2}) == first
    assert store.services.get(first.id) == first
    assert first.definition == {"numInstances": 1}


def test_services_of_one_repository_and_of_all(store: Store) -> None:
    one = store.repositories.see(REPOSITORY, NOON)
    two = store.repositories.see(replace(REPOSITORY, repository_id=2, name="blog"), NOON)
    made = {(each.id, name): store.services.ensure(each.id, name, {}) for each in (one, two) for name in ("web", "api")}
    assert store.services.of_repository(one.id) == [made[one.id, "api"], made[one.id, "web"]]
    assert {each.id for each in store.services.all()} == {each.id for each in made.values()}


def test_auto_deploy_goes_off_for_a_reason_and_survives_a_new_definition(store: Store) -> None:
    repository = store.repositories.see(REPOSITORY, NOON)
    service = store.services.ensure(repository.id, "web", {})
    store.services.auto_deploy_off(service.id, "rolled back by ada")
    assert store.services.ensure(repository.id, "web", {"name": "web"}).auto_deploy_off == "rolled back by ada"
    store.services.auto_deploy_off(service.id, None)
    assert store.services.ensure(repository.id, "web", {}).auto_deploy_off is None
