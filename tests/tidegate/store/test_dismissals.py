"""A service that is removed: marked, forgotten once nothing of it runs, and back with whatever is deployed there."""

from __future__ import annotations

from collections.abc import Collection

import pytest

from tests.tidegate.store.given import NOON, REPOSITORY, a_deployment, a_service, new
from tidegate.deployment import Move, Status
from tidegate.repository import PRODUCTION, Service, TimelineEntry
from tidegate.store import Store

RID = REPOSITORY.repository_id


def begin(store: Store, service: Service, disks: Collection[str] | None = None) -> bool:
    entry = TimelineEntry(NOON, "service-removed", "by grace", "grace", RID, service.name)
    return store.dismissals.begin(service.id, "by grace", entry, disks)


def test_all_environments_are_marked_once_and_forgotten_one_by_one(store: Store) -> None:
    web, api = a_service(store), a_service(store, "api")
    store.environments.ensure(web.id, "pr-7")
    store.hooks.put(web.id, "key", "grace", NOON)
    for service in (web, api):
        store.variables.set(service.id, PRODUCTION, "TOKEN", "x", "secret", NOON)
    store.group_variables.generate(RID, "shared", PRODUCTION, "KEY", "y", NOON)
    assert (begin(store, web), begin(store, web)) == (True, False)
    assert [(each.service_id, each.name, each.removed) for each in store.dismissals.under_way()] == [
        (web.id, PRODUCTION, "by grace"),
        (web.id, "pr-7", "by grace"),
    ]
    assert store.dismissals.finish(web.id, PRODUCTION)
    assert not store.dismissals.finish(web.id, PRODUCTION)
    assert store.hooks.key(web.id) == "key", "its preview is still there"
    assert store.dismissals.finish(web.id, "pr-7")
    assert store.hooks.key(web.id) is None
    assert (store.variables.of(web.id, PRODUCTION), len(store.variables.of(api.id, PRODUCTION))) == ({}, 1)
    assert store.group_variables.of(RID, "shared", PRODUCTION) == {"KEY": "y"}, "the other service has them"
    begin(store, api)
    store.dismissals.finish(api.id, PRODUCTION)
    assert store.group_variables.of(RID, "shared", PRODUCTION) == {}
    assert [each.kind for each in store.timeline.of_repository(RID, 10)] == ["service-removed"] * 2


def test_nothing_is_forgotten_that_runs_or_is_wanted_again(store: Store) -> None:
    service = a_service(store)
    queued = store.deployments.create(new(service), NOON)
    begin(store, service)
    assert not store.dismissals.finish(service.id, PRODUCTION)
    store.deployments.move(queued.id, Move(Status.CANCELED, "by grace"), NOON)
    assert store.environments.ensure(service.id, PRODUCTION).removed is None, "somebody deploys there again"
    assert not store.dismissals.finish(service.id, PRODUCTION)
    assert store.dismissals.under_way() == []


@pytest.mark.parametrize("with_disks", [False, True])
def test_nothing_is_forgotten_whose_disks_are_asked_for_only_now(store: Store, with_disks: bool) -> None:
    """Or no more: whoever finishes has seen to them as it was before."""
    service = a_service(store)
    begin(store, service, {PRODUCTION} if with_disks else None)
    (seen,) = store.dismissals.under_way()
    if with_disks:
        store.environments.ensure(service.id, PRODUCTION)
    begin(store, service, None if with_disks else {PRODUCTION})
    assert not store.dismissals.finish(service.id, PRODUCTION, disks_go=seen.disks_go)
    assert store.dismissals.finish(service.id, PRODUCTION, disks_go=not seen.disks_go)


def test_what_is_back_begins_anew(store: Store) -> None:
    service = a_service(store)
    store.environments.unchanged(service.id, PRODUCTION, "b" * 40, "a" * 40)
    begin(store, service)
    back = store.environments.ensure(service.id, PRODUCTION)
    assert (back.live_sha, back.unchanged_at, back.stopped, back.scaling) == (None, None, None, None)


def test_the_deploy_file_no_longer_has_it_since_one_commit(store: Store) -> None:
    service = a_service(store)
    assert (store.services.unlist(service.id, "a" * 40), store.services.unlist(service.id, "b" * 40)) == (True, False)
    assert [each.unlisted for each in store.services.of_repository(RID)] == ["a" * 40]
    assert store.services.ensure(RID, "web", {"name": "web"}).unlisted is None


def test_only_what_has_ended_is_taken_out_of_the_history(store: Store) -> None:
    service = a_service(store)
    ended, live = a_deployment(store, service, 1, Status.FAILED), a_deployment(store, service, 2, Status.LIVE)
    store.logs.append(ended.id, "build", 1, [(NOON, "a line")])
    assert not store.history.discard(live.id, "grace", NOON)
    assert not store.history.discard("nothing", "grace", NOON)
    assert store.history.discard(ended.id, "grace", NOON)
    assert store.history.discard(ended.id, "alan", NOON)
    found = store.deployments.get(ended.id)
    assert found is not None
    assert found.discarded == "removed from the history by grace, with its image and its log"
    assert list(store.logs.read(ended.id)) == []
    assert [each.kind for each in store.timeline.of_deployment(ended.id)].count("deployment-removed") == 1
