"""Instances are known by deployment and index."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.tidegate.store.given import NOON, TTL, a_deployment, a_service, new
from tidegate.deployment import Deployment, Health, Move, Status
from tidegate.instance import Instance, InstanceState
from tidegate.repository import PRODUCTION, Service, TimelineEntry
from tidegate.scaling import Scaling
from tidegate.store import Store
from tidegate.store.instances import Bearer, Tended


def a_live_deployment(store: Store) -> Deployment:
    return a_deployment(store, a_service(store), status=Status.LIVE)


def test_why_one_is_not_healthy_yet_is_told_of_what_starts_alone(store: Store) -> None:
    made = a_deployment(store, a_service(store))
    starting = Instance(made.id, 0, "local", "c0", "10.0.0.2", 3000, InstanceState.STARTING)
    well = replace(starting, index=1, state=InstanceState.HEALTHY)
    for each in (starting, well):
        store.instances.put(each)
        store.instances.explain(made.id, each.index, "404 Not Found")
    assert store.instances.of(made.id) == [replace(starting, reason="404 Not Found"), well]


def test_an_instance_is_replaced_by_its_index(store: Store) -> None:
    made = a_deployment(store, a_service(store))
    first = Instance(made.id, 0, "local", "c0", "10.0.0.2", 3000, InstanceState.STARTING)
    second = replace(first, index=1, container_id="c1")
    for each in (second, first):
        store.instances.put(each)
    again = replace(first, container_id="c0-again", address="10.0.0.9", state=InstanceState.HEALTHY)
    store.instances.put(again)
    assert store.instances.of(made.id) == [again, second]


def test_where_a_service_has_had_a_disk(store: Store) -> None:
    """On these hosts; what it runs now may have none any more."""
    service, other = a_service(store), a_service(store, "api")
    with_disk: dict[str, object] = {"name": "web", "disk": {"name": "data"}}
    told: list[tuple[Service, dict[str, object] | None, str]] = [
        (service, with_disk, "here"),
        (service, with_disk, "there"),
        (service, {"disk": None}, "far"),
        (service, None, "far"),
        (other, with_disk, "far"),
    ]
    for number, (of, definition, host) in enumerate(told):
        row = store.deployments.create(replace(new(of, number, Status.SKIPPED), definition=definition), NOON)
        store.instances.put(Instance(row.id, 0, host, "c", "", 3000, InstanceState.REMOVED))
    assert store.history.with_disk(service.id, ["there", "far"]) == {(PRODUCTION, "there")}


def test_a_state_is_set_on_one_instance(store: Store) -> None:
    made = a_deployment(store, a_service(store))
    for index in range(2):
        store.instances.put(Instance(made.id, index, "local", "c", "10.0.0.2", 3000, InstanceState.HEALTHY))
    store.instances.set_state(made.id, 1, InstanceState.REMOVED)
    assert [each.state for each in store.instances.of(made.id)] == [InstanceState.HEALTHY, InstanceState.REMOVED]


def test_a_deadline_is_of_one_that_is_retired_and_the_first_counts(store: Store) -> None:
    made, later = a_deployment(store, a_service(store)), NOON + timedelta(seconds=30)
    store.instances.put(Instance(made.id, 0, "local", "c", "", 3000, InstanceState.UNHEALTHY, due_at=NOON))
    store.instances.put(Instance(made.id, 1, "local", "c", "", 3000, InstanceState.REMOVED))
    store.instances.set_state(made.id, 0, InstanceState.STOPPED)
    assert [each.due_at for each in store.instances.of(made.id)] == [None, None], "what was due before is so no more"
    for due in (later, later + timedelta(seconds=30)):
        for index in (0, 1):
            store.instances.told_to_end(made.id, index, due)
    assert [each.due_at for each in store.instances.of(made.id)] == [later, None]


def test_a_change_needs_a_live_deployment_and_the_state_that_was_seen(store: Store) -> None:
    made = a_live_deployment(store)
    before = Instance(made.id, 0, "local", "c0", "10.0.0.2", 3000, InstanceState.HEALTHY, started_at=NOON)
    store.instances.put(before)
    after = replace(before, state=InstanceState.CRASHED, reason="exited with code 1", restarts=2, due_at=NOON)
    assert store.instances.change(before, after, "instance-crashed", "instance 1 exited with code 1", NOON)
    assert store.instances.of(made.id) == [after]
    assert store.timeline.of_deployment(made.id)[0].text == "instance 1 exited with code 1"
    entries = len(store.timeline.of_deployment(made.id))
    assert not store.instances.change(before, before, "instance-recovered", "too late", NOON)
    assert not store.instances.change(replace(after, container_id="other"), before, "x", "another container", NOON)

    store.deployments.move(made.id, Move(Status.DRAINING, "replaced"), NOON)
    assert not store.instances.change(after, before, "instance-recovered", "retired", NOON)
    assert len(store.timeline.of_deployment(made.id)) == entries + 1
    assert store.instances.of(made.id) == [after]


def test_what_must_run_is_tended(store: Store) -> None:
    made = a_live_deployment(store)
    first = Instance(made.id, 0, "local", "c0", "10.0.0.2", 3000, InstanceState.HEALTHY)
    crashed = replace(first, index=1, state=InstanceState.CRASHED, reason="exited with code 1")
    for each in (first, crashed, replace(first, index=2, state=InstanceState.STOPPED)):
        store.instances.put(each)
    assert store.instances.tended() == [Tended(each, Status.LIVE, None, "") for each in (first, crashed)]
    assert store.deployments.set_health(made.id, Health.DEGRADED, "instance 2 exited with code 1", NOON)
    assert {(each.health, each.health_reason) for each in store.instances.tended()} == {
        (Health.DEGRADED, "instance 2 exited with code 1")
    }
    store.deployments.move(made.id, Move(Status.DRAINING, "replaced"), NOON)
    assert store.instances.tended() == []


def test_health_is_told_once_and_only_of_what_is_live(store: Store) -> None:
    made = a_live_deployment(store)
    version = made.version
    assert store.deployments.set_health(made.id, Health.UNHEALTHY, "none answers", NOON)
    assert not store.deployments.set_health(made.id, Health.UNHEALTHY, "none answers", NOON)
    now = store.deployments.get(made.id)
    assert now is not None
    assert (now.health, now.health_reason, now.version) == (Health.UNHEALTHY, "none answers", version + 1)
    assert store.timeline.of_deployment(made.id)[0].kind == "unhealthy"
    store.deployments.move(made.id, Move(Status.DRAINING, "replaced"), NOON)
    assert not store.deployments.set_health(made.id, Health.HEALTHY, "", NOON)


def test_one_more_needs_a_live_deployment_and_a_free_index(store: Store) -> None:
    made = a_live_deployment(store)
    first = Instance(made.id, 0, "local", "c0", "10.0.0.2", 3000, InstanceState.HEALTHY)
    store.instances.put(first)
    new = replace(first, index=1, container_id="c1", address="", state=InstanceState.JOINING)
    assert store.instances.add(new, "instance-added", "instance 2 of 2 is added", NOON)
    assert store.instances.of(made.id) == [first, new]
    assert store.timeline.of_deployment(made.id)[0].text == "instance 2 of 2 is added"
    assert not store.instances.add(replace(new, container_id="other"), "instance-added", "twice", NOON)
    store.instances.set_state(made.id, 1, InstanceState.REMOVED)
    assert store.instances.add(new, "instance-added", "in the place of one that was removed", NOON)
    assert store.instances.of(made.id) == [first, new]

    store.deployments.move(made.id, Move(Status.DRAINING, "replaced"), NOON)
    assert not store.instances.add(replace(new, index=2), "instance-added", "too late", NOON)
    assert store.instances.of(made.id) == [first, new]


def test_how_many_are_wanted_is_known_with_each(store: Store) -> None:
    service = a_service(store)
    made = a_deployment(store, service, status=Status.LIVE)
    store.instances.put(Instance(made.id, 0, "local", "c0", "10.0.0.2", 3000, InstanceState.HEALTHY))
    (before,) = store.instances.tended()
    assert before.scaling is None
    entry = TimelineEntry(NOON, "scaled", "scaled from 1 to 3 instances", "ada", service.repository_id, service.name)
    store.environments.ensure(service.id, "pr-7")
    store.environments.scale(service.id, PRODUCTION, Scaling(3, instead_of=1), entry)
    (after,) = store.instances.tended()
    assert after == replace(before, scaling=Scaling(3, instead_of=1))
    places = [store.environments.get(service.id, name) for name in (PRODUCTION, "pr-7")]
    assert [place and place.scaling for place in places] == [Scaling(3, instead_of=1), None]
    assert store.timeline.of_service(service.repository_id, service.name, 1) == [entry]


def test_who_may_bear_a_private_service_s_name(store: Store) -> None:
    api = a_service(store, "api")
    old = store.deployments.create(replace(new(api, 1), definition={"type": "private"}), NOON)
    made = store.deployments.create(replace(new(api, 2), definition={"type": "private"}), NOON)
    public = a_deployment(store, a_service(store), 3)
    first = Instance(made.id, 0, "local", "c0", "10.0.0.2", 3000, InstanceState.HEALTHY)
    before = replace(first, deployment_id=old.id, state=InstanceState.UNHEALTHY)
    for each in (first, before, replace(first, index=1, state=InstanceState.REMOVED), replace(before, index=1)):
        store.instances.put(each)
    store.instances.put(replace(first, deployment_id=public.id))
    store.instances.set_state(old.id, 1, InstanceState.STOPPED)
    won = store.deployments.claim(old.id, "worker", TTL, NOON)
    assert won is not None
    store.environments.route(won, NOON)
    expected = [Bearer(before, "api", routed=True), Bearer(first, "api", routed=False)]
    assert sorted(store.instances.bearers(), key=lambda each: not each.routed) == expected
