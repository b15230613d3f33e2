"""Runs of cron services in the store: one active and one waiting at a time, whoever writes when."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest

from tests.tidegate.store.given import NOON, a_deployment, a_lane, a_service, after, new
from tidegate.cronrun import CronRun, Over, RunState, RunTrigger
from tidegate.deployment import Deployment, Move, Status
from tidegate.repository import PRODUCTION, Service
from tidegate.store import Store
from tidegate.store.schedules import Place

DUE = after(60)


@pytest.fixture
def service(store: Store) -> Service:
    return a_service(store, "report")


@pytest.fixture
def live(store: Store, service: Service) -> Deployment:
    return routed(store, service)


def routed(store: Store, service: Service) -> Deployment:
    row = store.deployments.create(new(service), NOON)
    lane = a_lane(store, row)
    store.deployments.move(row.id, Move(Status.DEPLOYING, "so far"), NOON, lane)
    store.environments.route(lane, NOON)
    return store.deployments.move(row.id, Move(Status.LIVE, "live"), NOON, lane)


def place(store: Store) -> Place:
    (found,) = store.schedules.live()
    return found


def fall_due(store: Store, service: Service, at: datetime) -> CronRun:
    store.schedules.put(service.id, PRODUCTION, "* * * * *", at)
    assert store.schedules.fall_due(place(store), after(3600))
    return store.cron_runs.of(service.id, PRODUCTION, 1)[0]


def test_what_is_live_is_told_with_its_schedule(store: Store, service: Service, live: Deployment) -> None:
    a_deployment(store, a_service(store, "other"), status=Status.DEPLOYING)
    assert place(store) == Place(service.id, PRODUCTION, live.id, None, None)
    store.schedules.put(service.id, PRODUCTION, "0 3 * * *", DUE)
    store.schedules.put(service.id, PRODUCTION, "0 4 * * *", after(90))
    assert place(store) == Place(service.id, PRODUCTION, live.id, "0 4 * * *", after(90))
    store.schedules.forget(service.id, PRODUCTION)
    assert place(store).schedule is None


def test_a_time_falls_due_once(store: Store, service: Service, live: Deployment) -> None:
    store.schedules.put(service.id, PRODUCTION, "* * * * *", DUE)
    before = place(store)
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: store.schedules.fall_due(before, after(120)), range(4)))
    assert sorted(done) == [False, False, False, True]
    (run,) = store.cron_runs.open()
    assert (run.state, run.trigger, run.asked_at, run.deployment_id) == (
        RunState.WAITING,
        RunTrigger.SCHEDULE,
        DUE,
        None,
    )
    assert place(store).next_at == after(120)
    assert store.schedules.fall_due(place(store), after(180))
    assert store.cron_runs.open() == [run]  # which stands for both


def test_of_a_place_one_is_active(store: Store, service: Service, live: Deployment) -> None:
    first = fall_due(store, service, DUE)
    claimed = store.cron_runs.claim(first.id, live.id, "local")
    assert claimed is not None
    assert (claimed.state, claimed.deployment_id, claimed.host) == (RunState.STARTING, live.id, "local")
    assert store.cron_runs.claim(first.id, live.id, "local") is None
    second = fall_due(store, service, after(70))
    assert store.cron_runs.claim(second.id, live.id, "local") is None
    assert store.cron_runs.end(first.id, Over(RunState.COMPLETED, "exited with code 0", 0), after(80))
    assert not store.cron_runs.end(first.id, Over(RunState.FAILED, "twice"), after(81))
    assert store.cron_runs.claim(second.id, live.id, "local") is not None


def test_each_step_counts_the_first_time(store: Store, service: Service, live: Deployment) -> None:
    run = fall_due(store, service, DUE)
    store.cron_runs.began(run.id, after(61))  # it has no turn yet
    assert store.cron_runs.get(run.id) == run
    store.cron_runs.claim(run.id, live.id, "local")
    for at in (after(62), after(63)):
        store.cron_runs.began(run.id, at)
        store.cron_runs.termed(run.id, at)
    store.cron_runs.too_long(run.id, "too long")
    store.cron_runs.too_long(run.id, "longer still")
    known = store.cron_runs.get(run.id)
    assert known is not None
    assert (known.state, known.began_at, known.termed_at) == (RunState.RUNNING, after(62), after(62))
    assert (known.ends_as, known.reason) == (RunState.FAILED, "too long")


def test_one_by_hand_takes_the_place_of_what_waits_and_of_what_is_active(
    store: Store, service: Service, live: Deployment
) -> None:
    active = fall_due(store, service, DUE)
    store.cron_runs.claim(active.id, live.id, "local")
    waiting = fall_due(store, service, after(70))
    asked = store.cron_runs.ask(live, "ada", after(80))
    assert (asked.state, asked.trigger, asked.actor) == (RunState.WAITING, RunTrigger.MANUAL, "ada")
    newest_first = store.cron_runs.of(service.id, PRODUCTION, 10)
    assert [each.id for each in newest_first] == [asked.id, waiting.id, active.id]
    assert [each.state for each in newest_first] == [RunState.WAITING, RunState.CANCELED, RunState.STARTING]
    assert newest_first[2].ends_as is RunState.CANCELED
    assert store.timeline.of_deployment(live.id)[0].kind == "run-asked"
    assert store.cron_runs.of(service.id, PRODUCTION, 1, before=asked.id) == [newest_first[1]]


def test_of_many_who_ask_at_once_the_last_has_its_run(store: Store, live: Deployment) -> None:
    with ThreadPoolExecutor(4) as pool:
        asked = list(pool.map(lambda number: store.cron_runs.ask(live, f"ada{number}", after(number)), range(8)))
    (waiting,) = store.cron_runs.open()
    assert waiting.id == max(each.id for each in asked)


def test_a_place_that_goes_stops_all_of_its_runs(store: Store, service: Service, live: Deployment) -> None:
    run = fall_due(store, service, DUE)
    store.cron_runs.claim(run.id, live.id, "local")
    fall_due(store, service, after(70))
    assert store.cron_runs.stop(service.id, PRODUCTION, "gone", after(80))
    (active,) = store.cron_runs.open()
    assert (active.id, active.ends_as, active.reason) == (run.id, RunState.CANCELED, "gone")
    store.cron_runs.end(run.id, Over(RunState.CANCELED, "gone"), after(90))
    assert not store.cron_runs.stop(service.id, PRODUCTION, "gone", after(91))
    assert store.timeline.of_deployment(live.id)[0].text == f"run {run.id} canceled: gone"


def test_the_history_is_forgotten_by_its_age(store: Store, service: Service, live: Deployment) -> None:
    old, late = (fall_due(store, service, after(seconds)) for seconds in (60, 61))
    assert old == late
    store.cron_runs.claim(old.id, live.id, "local")
    store.cron_runs.end(old.id, Over(RunState.COMPLETED, "", 0), after(70))
    young = fall_due(store, service, after(80))
    store.cron_runs.prune(after(70))
    assert len(store.cron_runs.of(service.id, PRODUCTION, 10)) == 2
    store.cron_runs.prune(after(71))
    assert store.cron_runs.of(service.id, PRODUCTION, 10) == [young]
