"""A deployment's row: made with its timeline entry, moved only legally, found by every question the product asks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from tests.tidegate.store.given import (
    NOON,
    REPOSITORY,
    TTL,
    a_deployment,
    a_lane,
    a_service,
    after,
    new,
    sha,
    with_image,
)
from tidegate.deployment import FINAL, LEGAL, Deployment, Fault, Finding, IllegalMove, LaneLost, Move, Status
from tidegate.repository import PRODUCTION
from tidegate.store import ReportState, Store

FINDING = Finding("Dockerfile", 3, "RUN failed", "exit code 1")


def test_a_new_deployment_is_recorded_whole(store: Store) -> None:
    wanted = replace(
        new(a_service(store)),
        status=Status.FAILED,
        tree="t" * 40,
        definition={"name": "web", "numbers": [1, 2.5, None], "ünï": {"a": True}},
        build_key="key",
        image="image",
        image_id="sha256:1",
        look_at=after(5),
        fault=Fault.USER,
        findings=(FINDING, FINDING),
        needs_approval=True,
        clear_cache=True,
    )
    made = store.deployments.create(wanted, NOON)
    assert store.deployments.get(made.id) == made
    elsewhere = {"github_deployment", "snapshot_of"}
    asked = {name: value for name, value in vars(wanted).items() if name not in elsewhere}
    assert {name: getattr(made, name) for name in asked} == asked
    assert (made.created_at, made.ended_at, made.version, made.reported_version) == (NOON, NOON, 0, -1)


def test_what_somebody_elses_deployment_at_github_asked_for_is_reported_on_that_one(store: Store) -> None:
    """From its first moment: a reporter that came between would make another."""
    service = a_service(store)
    made = store.deployments.create(replace(new(service), github_deployment=2**40), NOON)
    assert store.reports.get(made.id) == ReportState(made.id, github_deployment=2**40)
    assert store.reports.by_github_deployment(REPOSITORY.repository_id, 2**40) == made.id
    own = store.deployments.create(new(service, 2), NOON)
    assert store.reports.get(own.id) == ReportState(own.id)


def test_a_new_deployment_is_told_of_on_the_timeline(store: Store) -> None:
    made = a_deployment(store, a_service(store))
    (entry,) = store.timeline.of_deployment(made.id)
    assert (entry.kind, entry.text, entry.actor, entry.at, entry.sha) == ("queued", made.reason, "ada", NOON, made.sha)


@pytest.mark.parametrize("status", sorted(set(Status) - FINAL - {Status.WAITING, Status.QUEUED}))
def test_a_deployment_cannot_begin_in_the_middle(store: Store, status: Status) -> None:
    with pytest.raises(IllegalMove):
        store.deployments.create(new(a_service(store), status=status), NOON)


def test_only_what_began_waiting_is_gated(store: Store) -> None:
    service = a_service(store)
    assert a_deployment(store, service, 1, Status.WAITING).gated
    assert not a_deployment(store, service, 2, Status.QUEUED).gated


def test_a_move_is_saved_with_its_reason_fault_findings_and_entry(store: Store) -> None:
    made = a_deployment(store, a_service(store), status=Status.BUILDING)
    failing = Move(Status.FAILED, "the build failed", "tidegate", Fault.USER, (FINDING,))
    moved = store.deployments.move(made.id, failing, after(9))
    assert store.deployments.get(made.id) == moved
    assert (moved.status, moved.reason, moved.fault, moved.findings) == (
        Status.FAILED,
        "the build failed",
        Fault.USER,
        (FINDING,),
    )
    assert (moved.ended_at, moved.version) == (after(9), made.version + 1)
    entry = store.timeline.of_deployment(made.id)[0]
    assert (entry.kind, entry.text, entry.at) == ("failed", "the build failed", after(9))


REACHABLE = (
    Status.SKIPPED,
    Status.WAITING,
    Status.QUEUED,
    Status.INITIALIZING,
    Status.BUILDING,
    Status.DEPLOYING,
    Status.LIVE,
    Status.CRASHED,
    Status.DRAINING,
    Status.REMOVED,
    Status.SUPERSEDED,
    Status.CANCELED,
    Status.FAILED,
)


@pytest.mark.parametrize("status", REACHABLE)
def test_an_illegal_move_changes_nothing(store: Store, status: Status) -> None:
    made = a_deployment(store, a_service(store), status=status)
    before = store.timeline.of_deployment(made.id)
    for illegal in set(Status) - LEGAL[status]:
        with pytest.raises(IllegalMove):
            store.deployments.move(made.id, Move(illegal, "no"), NOON)
    assert store.deployments.get(made.id) == made
    assert store.timeline.of_deployment(made.id) == before


def test_to_start_takes_the_lane_and_no_mere_move(store: Store) -> None:
    made = a_deployment(store, a_service(store))
    with pytest.raises(IllegalMove):
        store.deployments.move(made.id, Move(Status.INITIALIZING, "just so"), NOON)


def test_to_move_what_is_not_there_is_an_error(store: Store) -> None:
    with pytest.raises(KeyError):
        store.deployments.move("nothing", Move(Status.FAILED, "x"), NOON)


def test_one_lane_is_no_proof_for_another_deployment(store: Store) -> None:
    service = a_service(store)
    running, other = a_deployment(store, service), a_deployment(store, service, 2)
    with pytest.raises(LaneLost):
        store.deployments.move(other.id, Move(Status.FAILED, "x"), NOON, a_lane(store, running))


def test_waiting_for_something_else_is_a_new_version_and_for_the_same_is_not(store: Store) -> None:
    made = a_deployment(store, a_service(store), status=Status.WAITING)
    store.deployments.wait(made.id, after(10), None, "2 checks are running")
    first = _get(store, made)
    assert (first.look_at, first.open_since, first.reason) == (after(10), None, "2 checks are running")
    store.deployments.wait(made.id, after(20), after(15), "2 checks are running")
    second = _get(store, made)
    assert (first.version, second.version) == (made.version + 1, made.version + 1)
    assert (second.look_at, second.open_since) == (after(20), after(15))


def test_why_a_status_lasts_is_a_new_version_and_no_move(store: Store) -> None:
    made = a_deployment(store, a_service(store))
    lane = a_lane(store, made)
    before, entries = _get(store, made), store.timeline.of_deployment(made.id)
    after_it = store.deployments.explain(lane, "it answers 404")
    assert after_it == _get(store, made) == replace(before, reason="it answers 404", version=before.version + 1)
    assert store.timeline.of_deployment(made.id) == entries


def test_who_lost_the_lane_explains_nothing(store: Store) -> None:
    made = a_deployment(store, a_service(store))
    lost = replace(a_lane(store, made), epoch=0)
    before = _get(store, made)
    with pytest.raises(LaneLost):
        store.deployments.explain(lost, "it answers 404")
    assert _get(store, made) == before


def test_what_waits_no_more_is_not_made_to_wait(store: Store) -> None:
    made = a_deployment(store, a_service(store))
    store.deployments.wait(made.id, after(10), after(10), "late")
    assert store.deployments.get(made.id) == made


def test_due_are_the_waiting_ones_whose_time_has_come(store: Store) -> None:
    service = a_service(store)
    first, second, third = (a_deployment(store, service, n, Status.WAITING) for n in (1, 2, 3))
    assert store.deployments.all_waiting() == [first, second, third]
    store.deployments.wait(first.id, after(20), None, "r")
    store.deployments.wait(second.id, after(10), None, "r")
    assert store.deployments.next_due() == after(10)
    assert _ids(store.deployments.due(after(9))) == []
    assert _ids(store.deployments.due(after(20))) == [second.id, first.id]
    for each in (first, second):
        store.deployments.move(each.id, Move(Status.QUEUED, "its checks passed"), after(21))
    assert store.deployments.next_due() is None
    assert store.deployments.all_waiting() == [third]


def test_queued_rows_are_found_once_they_have_waited_long(store: Store) -> None:
    service = a_service(store)
    made = a_deployment(store, service, 1, Status.WAITING)
    store.deployments.move(made.id, Move(Status.QUEUED, "its checks passed"), after(100))
    assert store.deployments.queued(after(100)) == []
    assert _ids(store.deployments.queued(after(101))) == [made.id]
    a_lane(store, made)
    assert store.deployments.queued(after(101)) == []


def test_a_pending_deployment_is_canceled_at_once(store: Store) -> None:
    made = a_deployment(store, a_service(store), status=Status.WAITING)
    assert store.deployments.ask_cancel(made.id, "bob", after(1))
    canceled = _get(store, made)
    assert (canceled.status, canceled.reason) == (Status.CANCELED, "canceled by bob")
    assert store.timeline.of_deployment(made.id)[0].actor == "bob"


def test_an_active_deployment_hears_who_asked_first(store: Store) -> None:
    made = a_deployment(store, a_service(store))
    lane = a_lane(store, made)
    assert store.deployments.beat(lane, TTL, NOON) is None
    assert store.deployments.ask_cancel(made.id, "bob", after(1))
    assert store.deployments.ask_cancel(made.id, "eve", after(2))
    assert store.deployments.beat(lane, TTL, after(3)) == "bob"
    assert _get(store, made).status is Status.INITIALIZING


@pytest.mark.parametrize("status", [Status.LIVE, Status.CRASHED, Status.FAILED, Status.SKIPPED])
def test_to_cancel_is_too_late(store: Store, status: Status) -> None:
    made = a_deployment(store, a_service(store), status=status)
    assert not store.deployments.ask_cancel(made.id, "bob", NOON)
    assert store.deployments.get(made.id) == made


def test_each_version_is_reported_until_it_was(store: Store) -> None:
    made = a_deployment(store, a_service(store))
    assert _ids(store.deployments.unreported(10, NOON)) == [made.id]
    store.deployments.reported(made.id, made.version)
    assert store.deployments.unreported(10, NOON) == []
    a_lane(store, made)
    assert _ids(store.deployments.unreported(10, NOON)) == [made.id]


def test_a_late_report_of_an_older_version_takes_nothing_back(store: Store) -> None:
    made = a_deployment(store, a_service(store), status=Status.LIVE)
    store.deployments.reported(made.id, made.version)
    store.deployments.reported(made.id, made.version - 1)
    assert store.deployments.unreported(10, NOON) == []


def test_a_report_that_was_put_off_waits(store: Store) -> None:
    service = a_service(store)
    first, second = a_deployment(store, service, 1), a_deployment(store, service, 2)
    store.reports.save(ReportState(first.id, failures=1, not_before=after(60)))
    assert _ids(store.deployments.unreported(10, NOON)) == [second.id]
    assert _ids(store.deployments.unreported(10, after(60))) == [first.id, second.id]
    assert _ids(store.deployments.unreported(1, after(60))) == [first.id]


def test_of_a_commit_newest_first(store: Store) -> None:
    service, other = a_service(store), a_service(store, "api")
    made = [store.deployments.create(new(each, 7), NOON) for each in (service, other, service)]
    a_deployment(store, service, 8)
    assert _ids(store.deployments.of_commit(REPOSITORY.repository_id, sha(7))) == _ids(reversed(made))
    assert store.deployments.of_commit(1, sha(7)) == []
    newest = store.deployments.newest(service.id, PRODUCTION, sha(7))
    assert newest is not None
    assert newest.id == made[2].id
    assert store.deployments.newest(service.id, "pr-1", sha(7)) is None


def test_the_last_of_a_lane_is_whatever_was_wanted_last(store: Store) -> None:
    service, other = a_service(store), a_service(store, "api")
    assert store.deployments.last(service.id, PRODUCTION) is None
    a_deployment(store, service, 1, Status.LIVE)
    skipped = a_deployment(store, service, 2, Status.SKIPPED)
    a_deployment(store, other, 3)
    assert store.deployments.last(service.id, PRODUCTION) == skipped
    assert store.deployments.last(service.id, "pr-1") is None


def test_rows_of_one_millisecond_keep_their_order(store: Store) -> None:
    service = a_service(store)
    made = [store.deployments.create(new(service, n), NOON).id for n in range(20)]
    assert _ids(reversed(store.deployments.pending(service.id, PRODUCTION))) == made


@pytest.mark.parametrize(
    ("later", "wanted"),
    [
        (Status.QUEUED, True),
        (Status.LIVE, True),
        (Status.FAILED, True),
        (Status.CANCELED, True),
        (Status.SKIPPED, False),
    ],
)
def test_newer_is_whatever_was_wanted_later(store: Store, later: Status, wanted: bool) -> None:
    service = a_service(store)
    made = a_deployment(store, service, 1, Status.SKIPPED)
    assert not store.deployments.newer_than(made)
    a_deployment(store, a_service(store, "api"), 2)
    assert not store.deployments.newer_than(made)
    a_deployment(store, service, 3, later)
    assert store.deployments.newer_than(made) is wanted


def test_a_later_one_that_its_gate_closed_for_was_wanted(store: Store) -> None:
    service = a_service(store)
    made, later = (a_deployment(store, service, n, Status.WAITING) for n in (1, 2))
    store.deployments.move(later.id, Move(Status.SKIPPED, "a check failed"), NOON)
    assert store.deployments.newer_than(made)


def test_live_is_the_routed_one_even_before_the_old_one_drains(store: Store) -> None:
    service = a_service(store)
    old = a_deployment(store, service, 1, Status.LIVE)
    fresh = a_deployment(store, service, 2, Status.DEPLOYING)
    assert _id(store.deployments.live(service.id, PRODUCTION)) == old.id
    store.deployments.move(fresh.id, Move(Status.LIVE, "live"), NOON)
    assert _id(store.deployments.live(service.id, PRODUCTION)) == fresh.id
    assert store.deployments.crowded() == [(service.id, PRODUCTION)]
    store.deployments.move(old.id, Move(Status.DRAINING, "replaced"), NOON)
    assert store.deployments.crowded() == []
    assert _ids(store.deployments.running(service.id, PRODUCTION)) == [fresh.id, old.id]


def test_live_prefers_what_is_routed_to_what_is_newer(store: Store) -> None:
    service = a_service(store)
    routed = a_deployment(store, service, 1)
    lane = a_lane(store, routed)
    store.environments.route(lane, NOON)
    for status in (Status.DEPLOYING, Status.LIVE):
        store.deployments.move(routed.id, Move(status, "on"), NOON)
    a_deployment(store, service, 2, Status.LIVE)
    assert _id(store.deployments.live(service.id, PRODUCTION)) == routed.id


def test_a_rollback_goes_to_the_last_that_was_live_and_has_an_image(store: Store) -> None:
    service = a_service(store)
    good = _live_with_image(store, store.deployments.create(with_image(new(service, 1), "one"), NOON))
    a_deployment(store, service, 2, Status.FAILED)
    _live_with_image(store, store.deployments.create(new(service, 3), NOON))
    now = _live_with_image(store, store.deployments.create(with_image(new(service, 4), "four"), NOON))
    previous = store.deployments.previous_live(service.id, PRODUCTION, now)
    assert _id(previous) == good.id
    assert store.deployments.previous_live(service.id, PRODUCTION, good) is None


def test_pages_follow_one_another(store: Store) -> None:
    web, api = a_service(store), a_service(store, "api")
    made = [a_deployment(store, service, n).id for n in range(4) for service in (web, api)]
    first = _ids(store.deployments.page(None, 3))
    second = _ids(store.deployments.page(first[-1], 10))
    assert first + second == made[::-1]
    assert _ids(store.deployments.page(made[5], 10, service_id=web.id)) == made[4::-2]


def test_a_build_is_noted_by_the_lanes_holder(store: Store) -> None:
    made = a_deployment(store, a_service(store))
    store.deployments.set_build(a_lane(store, made), "key", "image", "sha256:1")
    built = _get(store, made)
    assert (built.build_key, built.image, built.image_id) == ("key", "image", "sha256:1")


def _live_with_image(store: Store, made: Deployment) -> Deployment:
    lane = a_lane(store, made)
    store.deployments.move(made.id, Move(Status.DEPLOYING, "on"), NOON, lane)
    return store.deployments.move(made.id, Move(Status.LIVE, "live"), NOON, lane)


def _get(store: Store, deployment: Deployment) -> Deployment:
    found = store.deployments.get(deployment.id)
    assert found is not None
    return found


def _id(deployment: Deployment | None) -> str | None:
    return None if deployment is None else deployment.id


def _ids(deployments: Iterable[Deployment]) -> list[str]:
    return [each.id for each in deployments]


def test_strange_bytes_from_outside_are_no_reason_to_record_nothing(store: Store) -> None:
    odd = "nul \x00, half a pair \ud800"
    definition: dict[str, object] = {"odd": odd}
    made = store.deployments.create(replace(new(a_service(store)), message=odd, definition=definition), NOON)
    finding = Finding("Dockerfile", 1, odd, odd)
    store.deployments.move(made.id, Move(Status.FAILED, odd, findings=(finding,)), NOON)
    found = _get(store, made)
    assert found.reason == found.message == "nul �, half a pair ?"
    assert (found.definition, found.findings) == (definition, (finding,))


def test_a_page_of_some_repositories_alone(store: Store) -> None:
    mine = a_deployment(store, a_service(store))
    assert store.deployments.page(None, 10, repositories=[mine.repository_id]) == [mine]
    assert store.deployments.page(None, 10, repositories=[mine.repository_id + 1]) == []
    assert store.deployments.page(None, 10, repositories=[]) == []
