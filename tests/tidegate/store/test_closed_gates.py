"""Which closed gates may open again: those of the newest commit that was wanted in its lane."""

from __future__ import annotations

from dataclasses import replace

from tests.tidegate.store.given import NOON, REPOSITORY, a_deployment, a_service, after, new
from tidegate.deployment import Deployment, Move, Status
from tidegate.repository import Service
from tidegate.store import Store

RID = REPOSITORY.repository_id


def closed(
    store: Store, service: Service, number: int, seconds: float = 0, environment: str = "production"
) -> Deployment:
    """It waited for its checks, and one failed so long after noon."""
    store.environments.ensure(service.id, environment)
    made = store.deployments.create(replace(new(service, number, Status.WAITING), environment=environment), NOON)
    return store.deployments.move(made.id, Move(Status.SKIPPED, "`test` failed"), after(seconds))


def test_the_newest_of_each_lane(store: Store) -> None:
    web, api = a_service(store), a_service(store, "api")
    closed(store, web, 1)
    found = [closed(store, web, 2), closed(store, api, 1), closed(store, web, 1, environment="pr-1")]
    told = store.deployments.closed_gates()
    assert {each.id for each in told} == {each.id for each in found}
    assert {each.id for each in store.deployments.closed_gates(repository_id=RID)} == {each.id for each in found}
    assert store.deployments.closed_gates(repository_id=1) == []


def test_none_whose_lane_has_a_later_commit_that_was_wanted(store: Store) -> None:
    web, api = a_service(store), a_service(store, "api")
    closed(store, web, 1)
    a_deployment(store, web, 2, Status.LIVE)
    closed(store, api, 1)
    store.deployments.create(new(api, 2, Status.WAITING), NOON)
    assert store.deployments.closed_gates() == []


def test_one_after_which_another_was_skipped_before_its_gate_was_asked(store: Store) -> None:
    web = a_service(store)
    found = closed(store, web, 1)
    skipped = a_deployment(store, web, 2, Status.SKIPPED)
    assert [each.id for each in store.deployments.closed_gates()] == [found.id]
    assert skipped.id != found.id


def test_since_when_they_closed(store: Store) -> None:
    found = closed(store, a_service(store), 1, seconds=60)
    assert [each.id for each in store.deployments.closed_gates(after(60))] == [found.id]
    assert store.deployments.closed_gates(after(61)) == []
