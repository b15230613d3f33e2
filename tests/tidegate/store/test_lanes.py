"""One active deployment per (service, environment), whoever races for it; and no word from who lost the lane."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import datetime
from multiprocessing import get_context
from threading import Barrier

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.tidegate.store.given import KEYS, NOON, TTL, a_deployment, a_lane, a_service, after, new
from tidegate.deployment import ACTIVE, Lane, LaneLost, Move, Status
from tidegate.repository import PRODUCTION
from tidegate.store import Store, open_store


def test_a_claim_starts_a_queued_deployment(store: Store) -> None:
    service = a_service(store)
    made = a_deployment(store, service)
    lane = store.deployments.claim(made.id, "worker", TTL, after(3))
    assert lane == Lane(made.id, service.id, PRODUCTION, "worker", 1)
    active = store.deployments.active(service.id, PRODUCTION)
    assert active is not None
    assert (active.id, active.status, active.started_at) == (made.id, Status.INITIALIZING, after(3))
    assert store.timeline.of_deployment(made.id)[0].kind == "initializing"


@pytest.mark.parametrize("status", [Status.WAITING, Status.SKIPPED, Status.LIVE, Status.FAILED])
def test_what_is_not_queued_cannot_be_claimed(store: Store, status: Status) -> None:
    made = a_deployment(store, a_service(store), status=status)
    assert store.deployments.claim(made.id, "worker", TTL, after(9999)) is None
    assert store.deployments.get(made.id) == made


def test_nothing_cannot_be_claimed(store: Store) -> None:
    assert store.deployments.claim("nothing", "worker", TTL, NOON) is None


def test_a_lane_that_is_held_is_not_given_to_another_deployment(store: Store) -> None:
    service = a_service(store)
    running, queued = a_deployment(store, service, 1, Status.BUILDING), a_deployment(store, service, 2)
    assert store.deployments.claim(queued.id, "worker", TTL, NOON) is None
    assert store.deployments.get(queued.id) == queued
    store.deployments.move(running.id, Move(Status.FAILED, "the build failed"), NOON)
    assert a_lane(store, queued).deployment_id == queued.id


def test_lanes_of_other_services_and_environments_are_free(store: Store) -> None:
    web, api = a_service(store), a_service(store, "api")
    a_deployment(store, web, 1, Status.BUILDING)
    assert a_lane(store, a_deployment(store, api, 1)).service_id == api.id


def test_of_many_who_start_in_one_lane_one_wins(store: Store) -> None:
    """Some race for the same deployment, some for others of the same lane."""
    for round_ in range(4):
        service = a_service(store, f"service-{round_}")
        queued = [a_deployment(store, service, n).id for n in range(4)] * 2
        won = _race(store, queued, lambda n: after(n / 1000))
        assert len(won) == 1
        assert _active(store, service.id) == [won[0].deployment_id]


def test_of_many_who_take_over_one_wins(store: Store) -> None:
    service = a_service(store)
    running = a_deployment(store, service, 1, Status.BUILDING)
    won = _race(store, [running.id] * 8, lambda _: after(TTL))
    assert [lane.epoch for lane in won] == [2]


def test_of_many_processes_one_wins(url: str, store: Store) -> None:
    queued = [a_deployment(store, a_service(store), n).id for n in range(3)]
    with ProcessPoolExecutor(3, mp_context=get_context("spawn")) as pool:
        tries = list(pool.map(_claim_elsewhere, [url] * 9, queued * 3, range(9)))
    assert sum(won is not None for won in tries) == 1


def _claim_elsewhere(url: str, deployment_id: str, number: int) -> Lane | None:
    store = open_store(url, KEYS)
    try:
        return store.deployments.claim(deployment_id, f"process {number}", TTL, NOON)
    finally:
        store.close()


def _race(store: Store, deployments: list[str], at: Callable[[int], datetime]) -> list[Lane]:
    start = Barrier(len(deployments))

    def claim(number: int) -> Lane | None:
        start.wait()
        return store.deployments.claim(deployments[number], f"worker {number}", TTL, at(number))

    with ThreadPoolExecutor(len(deployments)) as pool:
        return [lane for lane in pool.map(claim, range(len(deployments))) if lane is not None]


def test_a_beat_keeps_the_lane(store: Store) -> None:
    made = a_deployment(store, a_service(store))
    lane = a_lane(store, made)
    store.deployments.beat(lane, TTL, after(TTL - 1))
    assert store.deployments.orphans(after(TTL)) == []
    assert store.deployments.claim(made.id, "another", TTL, after(TTL)) is None
    assert [each.id for each in store.deployments.orphans(after(2 * TTL))] == [made.id]


def test_a_late_beat_keeps_the_lane_that_nobody_took(store: Store) -> None:
    lane = a_lane(store, a_deployment(store, a_service(store)))
    assert store.deployments.beat(lane, TTL, after(100 * TTL)) is None


def test_a_lane_whose_lease_ran_out_is_taken_over_where_it_stood(store: Store) -> None:
    made = a_deployment(store, a_service(store))
    first = a_lane(store, made)
    store.deployments.move(made.id, Move(Status.BUILDING, "building"), NOON, first)
    second = a_lane(store, made, "another", after(TTL))
    assert (second.owner, second.epoch) == ("another", 2)
    found = store.deployments.get(made.id)
    assert found is not None
    assert (found.status, found.started_at) == (Status.BUILDING, NOON)
    assert store.timeline.of_deployment(made.id)[0].kind == "resumed"


WRITES: dict[str, Callable[[Store, Lane], object]] = {
    "beat": lambda store, lane: store.deployments.beat(lane, TTL, NOON),
    "move": lambda store, lane: store.deployments.move(lane.deployment_id, Move(Status.FAILED, "x"), NOON, lane),
    "set_build": lambda store, lane: store.deployments.set_build(lane, "key", "image", "id"),
    "route": lambda store, lane: store.environments.route(lane, NOON),
    "unroute": lambda store, lane: store.environments.unroute(lane, None),
    "begin": lambda store, lane: store.phases.begin(lane, "build", NOON),
    "end": lambda store, lane: store.phases.end(lane, "build", "ok", NOON),
}


@pytest.mark.parametrize("write", WRITES)
def test_a_worker_that_was_taken_over_can_change_nothing(store: Store, write: str) -> None:
    service = a_service(store)
    made = a_deployment(store, service)
    old = a_lane(store, made)
    successor = a_lane(store, made, at=after(TTL))
    store.phases.begin(successor, "build", after(TTL))
    store.environments.route(successor, after(TTL))
    before = _everything(store, made.id, service.id)
    with pytest.raises(LaneLost):
        WRITES[write](store, old)
    assert _everything(store, made.id, service.id) == before
    WRITES[write](store, successor)


@pytest.mark.parametrize("write", sorted(set(WRITES) - {"begin", "end"}))
@pytest.mark.parametrize("status", [Status.FAILED, Status.CANCELED])
def test_a_deployment_that_was_ended_elsewhere_is_lost_to_its_worker(store: Store, write: str, status: Status) -> None:
    service = a_service(store)
    made = a_deployment(store, service)
    lane = a_lane(store, made)
    store.deployments.move(made.id, Move(status, "ended elsewhere"), NOON)
    before = _everything(store, made.id, service.id)
    with pytest.raises(LaneLost):
        WRITES[write](store, lane)
    assert _everything(store, made.id, service.id) == before


def test_a_live_deployment_holds_no_lane(store: Store) -> None:
    service = a_service(store)
    made = a_deployment(store, service, 1, Status.LIVE)
    assert store.deployments.active(service.id, PRODUCTION) is None
    assert store.deployments.orphans(after(9999)) == []
    assert store.deployments.claim(made.id, "worker", TTL, after(9999)) is None


STEPS = st.sampled_from(["create", "claim", "take over", "advance", "fail", "cancel", "beat", "an hour passes"])


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, min_size=5, max_size=30), data=st.data())
def test_whatever_happens_a_lane_has_one_holder(store: Store, steps: list[str], data: st.DataObject) -> None:
    """At most one row is active, at most one of all lanes ever given can write, and epochs only grow."""
    service = a_service(store, f"service-{len(store.services.all())}")
    rows = [store.deployments.create(new(service), NOON).id]
    lanes: list[Lane] = []
    now = 0.0
    for step in steps:
        chosen = data.draw(st.sampled_from(rows))
        match step:
            case "create":
                rows.append(store.deployments.create(new(service, len(rows)), after(now)).id)
            case "claim" | "take over":
                lane = store.deployments.claim(chosen, f"worker {len(lanes)}", TTL, after(now))
                if lane is not None:
                    assert all(lane.epoch > old.epoch for old in lanes if old.deployment_id == lane.deployment_id)
                    lanes.append(lane)
            case "an hour passes":
                now += 3600
            case "cancel":
                store.deployments.ask_cancel(chosen, "bob", after(now))
            case _:
                for lane in lanes:
                    _attempt(store, lane, step, now)
        active = _active(store, service.id)
        assert len(active) <= 1
        writers = [lane for lane in lanes if _can_write(store, lane)]
        assert [lane.deployment_id for lane in writers] == active


def _attempt(store: Store, lane: Lane, step: str, now: float) -> None:
    found = store.deployments.get(lane.deployment_id)
    assert found is not None
    try:
        if step == "beat":
            store.deployments.beat(lane, TTL, after(now))
        elif step == "advance" and found.status in ACTIVE - {Status.DEPLOYING}:
            store.deployments.move(found.id, Move(Status.DEPLOYING, "on"), after(now), lane)
        elif step == "fail" and found.status in ACTIVE:
            store.deployments.move(found.id, Move(Status.FAILED, "x"), after(now), lane)
    except LaneLost:
        pass


def _can_write(store: Store, lane: Lane) -> bool:
    try:
        store.deployments.set_build(lane, "key", None, None)
    except LaneLost:
        return False
    return True


def _active(store: Store, service_id: int) -> list[str]:
    rows = store.deployments.page(None, 1000, service_id)
    return [row.id for row in rows if row.status in ACTIVE]


def _everything(store: Store, deployment_id: str, service_id: int) -> object:
    return (
        store.deployments.get(deployment_id),
        store.phases.of(deployment_id),
        store.environments.get(service_id, PRODUCTION),
        store.timeline.of_deployment(deployment_id),
        store.deployments.orphans(after(1.5 * TTL)),
    )
