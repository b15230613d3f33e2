"""What a deployment was started with is written once, by whoever holds its lane, and copied to those that repeat it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.tidegate.store.given import NOON, TTL, a_deployment, a_service, after, new
from tidegate.deployment import Lane, LaneLost, Status, Trigger
from tidegate.repository import PRODUCTION
from tidegate.snapshot import Snapshot
from tidegate.store import NewDeployment, Store

SNAPSHOT = Snapshot({"A": "ä\n\x00", "TOKEN": "hush"}, frozenset({"TOKEN"}))


def a_lane(store: Store, deployment_id: str, seconds: float = 0) -> Lane:
    lane = store.deployments.claim(deployment_id, f"worker at {seconds}", TTL, after(seconds))
    assert lane is not None
    return lane


def test_a_deployment_has_none_before_it_is_started(store: Store) -> None:
    assert store.snapshots.of(a_deployment(store, a_service(store)).id) is None
    assert store.snapshots.of("nothing") is None


def test_what_is_taken_is_kept(store: Store) -> None:
    made = a_deployment(store, a_service(store))
    store.snapshots.take(a_lane(store, made.id), SNAPSHOT)
    assert store.snapshots.of(made.id) == SNAPSHOT


def test_a_worker_that_was_taken_over_takes_none(store: Store) -> None:
    made = a_deployment(store, a_service(store))
    late = a_lane(store, made.id)
    store.snapshots.take(a_lane(store, made.id, TTL + 1), SNAPSHOT)
    with pytest.raises(LaneLost):
        store.snapshots.take(late, Snapshot({}))
    assert store.snapshots.of(made.id) == SNAPSHOT


def test_a_repetition_begins_with_its_sources(store: Store) -> None:
    service = a_service(store)
    first = a_deployment(store, service)
    repeated = NewDeployment.again(first, Trigger.RESTART, "ada", "restarted")
    early = store.deployments.create(repeated, NOON)
    assert store.snapshots.of(early.id) is None, "its source has none yet"
    store.deployments.ask_cancel(early.id, "ada", NOON)

    store.snapshots.take(a_lane(store, first.id), SNAPSHOT)
    assert store.snapshots.of(store.deployments.create(repeated, NOON).id) == SNAPSHOT
    other = store.deployments.create(replace(repeated, snapshot_of=None), NOON)
    assert store.snapshots.of(other.id) is None


def test_they_go_with_their_environment(store: Store) -> None:
    kept = a_deployment(store, a_service(store))
    service = a_service(store, "api")
    gone = store.deployments.create(replace(new(service, 2, Status.QUEUED), environment="pr-1"), NOON)
    for made in (kept, gone):
        store.snapshots.take(a_lane(store, made.id), SNAPSHOT)
    for _ in range(2):
        store.snapshots.delete_environment(service.id, "pr-1")
    store.snapshots.delete_environment(service.id, PRODUCTION)
    assert store.snapshots.of(gone.id) is None
    assert store.snapshots.of(kept.id) == SNAPSHOT
