"""What a preview, or a whole repository, has under way; and which of its images others still need."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.tidegate.store.given import NOON, REPOSITORY, a_deployment, a_lane, a_service, new, with_image
from tidegate.deployment import ACTIVE, PENDING, Deployment, Move, Status
from tidegate.repository import PRODUCTION, Service
from tidegate.store import Store

RID = REPOSITORY.repository_id


def test_the_last_of_all_services_newest_first(store: Store) -> None:
    web, api = a_service(store), a_service(store, "api")
    made = [_in(store, service, "pr-1", number) for number in range(2) for service in (web, api)]
    _in(store, web, "pr-2", 9)
    assert store.deployments.of_environment(RID, "pr-1", 3) == made[:0:-1]
    assert store.deployments.of_environment(RID, "pr-1", 10) == made[::-1]
    assert store.deployments.of_environment(1, "pr-1", 10) == []


@pytest.mark.parametrize("status", [*sorted(PENDING), Status.BUILDING, Status.LIVE, Status.FAILED, Status.SKIPPED])
def test_under_way_is_what_may_still_come_live(store: Store, status: Status) -> None:
    made = a_deployment(store, a_service(store), 1, status)
    expected = [made] if status in PENDING | ACTIVE else []
    assert store.deployments.pending_or_active(RID, None) == expected
    assert store.deployments.pending_or_active(RID, PRODUCTION) == expected
    assert store.deployments.pending_or_active(RID, "pr-1") == []
    assert store.deployments.pending_or_active(1, None) == []


@pytest.mark.parametrize("status", [Status.WAITING, Status.BUILDING, Status.LIVE, Status.DRAINING, Status.REMOVED])
def test_a_repository_is_unfinished_until_all_of_it_has_ended(store: Store, status: Status) -> None:
    a_deployment(store, a_service(store), 1, Status.FAILED)
    assert not store.deployments.unfinished(RID)
    a_deployment(store, a_service(store, "api"), 2, status)
    assert store.deployments.unfinished(RID) is (status is not Status.REMOVED)
    assert not store.deployments.unfinished(1)


def test_under_way_newest_first_in_every_environment_or_in_one(store: Store) -> None:
    web, api = a_service(store), a_service(store, "api")
    made = [_in(store, service, name, 1) for service in (web, api) for name in ("pr-1", "pr-2")]
    assert store.deployments.pending_or_active(RID, None) == made[::-1]
    assert store.deployments.pending_or_active(RID, "pr-1") == [made[2], made[0]]


@pytest.mark.parametrize(
    ("way", "needed"),
    [
        ((), True),
        ((Status.DEPLOYING,), True),
        ((Status.DEPLOYING, Status.LIVE), True),
        ((Status.DEPLOYING, Status.LIVE, Status.REMOVED), True),
        ((Status.FAILED,), False),
        ((Status.CANCELED,), False),
    ],
)
def test_an_image_is_needed_elsewhere_while_it_may_serve_or_be_rolled_back_to(
    store: Store, way: tuple[Status, ...], needed: bool
) -> None:
    service = a_service(store)
    made = _in(store, service, PRODUCTION, 1, "shared")
    lane = a_lane(store, made) if way else None
    for step in way:
        store.deployments.move(made.id, Move(step, "on"), NOON, lane if step is not Status.REMOVED else None)
    _in(store, service, "pr-1", 2, "shared")
    in_use = store.deployments.images_in_use({"shared", "other"}, RID, "pr-1")
    assert in_use == ({"shared"} if needed else set())


def test_images_of_the_environment_itself_or_of_none_are_not_needed_elsewhere(store: Store) -> None:
    service = a_service(store)
    _in(store, service, "pr-1", 1, "own")
    _in(store, service, "pr-2", 1, "not asked for")
    assert store.deployments.images_in_use(["own"], RID, "pr-1") == set()
    assert store.deployments.images_in_use([], RID, "pr-1") == set()
    assert store.deployments.images_in_use(["own"], RID, "pr-2") == {"own"}
    assert store.deployments.images_in_use(["own"], 1, "pr-1") == {"own"}


def test_of_two_previews_with_one_image_the_last_to_go_takes_it_along(store: Store) -> None:
    """What was live in an environment that was removed can't be rolled back to."""
    service = a_service(store)
    for name in ("pr-1", "pr-2"):
        store.environments.ensure(service.id, name)
        made = _in(store, service, name, 1, "shared")
        lane = a_lane(store, made)
        for step in (Status.DEPLOYING, Status.LIVE):
            store.deployments.move(made.id, Move(step, "on"), NOON, lane)
        store.deployments.move(made.id, Move(Status.REMOVED, "gone"), NOON)
    assert store.deployments.images_in_use(["shared"], RID, "pr-1") == {"shared"}
    store.environments.remove(service.id, "pr-1")
    assert store.deployments.images_in_use(["shared"], RID, "pr-2") == set()


def _in(store: Store, service: Service, environment: str, number: int, image: str | None = None) -> Deployment:
    wanted = replace(new(service, number), environment=environment)
    return store.deployments.create(with_image(wanted, image) if image else wanted, NOON)
