"""Each step's beginning and end; a resumed step took as long as both workers together."""

from __future__ import annotations

from tests.tidegate.store.given import NOON, TTL, a_deployment, a_lane, a_service, after
from tidegate.deployment import Move, Status
from tidegate.instance import PhaseRecord
from tidegate.store import Store


def test_steps_are_told_in_their_order(store: Store) -> None:
    made = a_deployment(store, a_service(store))
    lane = a_lane(store, made)
    store.phases.begin(lane, "fetch", NOON)
    store.phases.end(lane, "fetch", "ok", after(1))
    store.phases.begin(lane, "build", after(2))
    assert store.phases.of(made.id) == [
        PhaseRecord("fetch", NOON, after(1), "ok"),
        PhaseRecord("build", after(2), None, None),
    ]


def test_a_resumed_step_keeps_its_start(store: Store) -> None:
    made = a_deployment(store, a_service(store))
    store.phases.begin(a_lane(store, made), "build", NOON)
    store.phases.begin(a_lane(store, made, at=after(TTL)), "build", after(TTL))
    assert store.phases.of(made.id) == [PhaseRecord("build", NOON, None, None)]


def test_a_step_that_had_ended_begins_anew(store: Store) -> None:
    made = a_deployment(store, a_service(store))
    lane = a_lane(store, made)
    store.phases.begin(lane, "build", NOON)
    store.phases.end(lane, "build", "failed", after(5), "exit code 1")
    assert store.phases.of(made.id) == [PhaseRecord("build", NOON, after(5), "failed", "exit code 1")]
    store.phases.begin(lane, "build", after(9))
    assert store.phases.of(made.id) == [PhaseRecord("build", after(9), None, None)]


def test_a_skipped_step_took_no_time_and_says_why(store: Store) -> None:
    lane = a_lane(store, a_deployment(store, a_service(store)))
    store.phases.begin(lane, "build", after(1))
    store.phases.skip(lane, "build", after(2), "built before")
    assert store.phases.of(lane.deployment_id) == [PhaseRecord("build", after(2), after(2), "skipped", "built before")]


def test_a_step_may_end_after_its_deployment(store: Store) -> None:
    made = a_deployment(store, a_service(store))
    lane = a_lane(store, made)
    store.phases.begin(lane, "build", NOON)
    store.deployments.move(made.id, Move(Status.FAILED, "x"), after(1), lane)
    store.phases.end(lane, "build", "failed", after(2))
    assert store.phases.of(made.id)[0].ended_at == after(2)


def test_what_is_built_ahead_is_a_step_of_its_own_and_counts_as_built(store: Store) -> None:
    service = a_service(store)
    lane = a_lane(store, a_deployment(store, service))
    store.phases.note(lane.deployment_id, "build-ahead", NOON, "failed", after(30))
    store.phases.begin(lane, "build", after(50))
    store.phases.end(lane, "build", "ok", after(60))
    assert store.phases.of(lane.deployment_id)[0] == PhaseRecord("build-ahead", NOON, after(30), "failed")
    assert store.phases.metered(service.id, NOON) == {"build": 40.0}
    assert store.phases.metered(service.id, after(31)) == {"build": 10.0}


def test_build_and_pre_deploy_are_metered_by_service(store: Store) -> None:
    web, api = a_service(store), a_service(store, "api")
    for service, seconds in ((web, 30), (web, 12), (api, 100)):
        lane = a_lane(store, a_deployment(store, service))
        store.phases.skip(lane, "fetch", NOON, "nobody is charged for it")
        store.phases.begin(lane, "build", NOON)
        store.phases.end(lane, "build", "failed" if seconds == 12 else "ok", after(seconds))
        store.phases.begin(lane, "pre-deploy", after(seconds))
        if service is web:
            store.phases.end(lane, "pre-deploy", "ok", after(seconds + 5))
        store.deployments.move(lane.deployment_id, Move(Status.FAILED, "x"), after(seconds + 9), lane)
    assert store.phases.metered(web.id, NOON) == {"build": 42.0, "pre-deploy": 10.0}
    assert store.phases.metered(api.id, NOON) == {"build": 100.0}
    assert store.phases.metered(web.id, after(20)) == {"pre-deploy": 5.0}
