"""Who has which image: by lane, whether it is still wanted, and how long ago it was live."""

from __future__ import annotations

from dataclasses import replace

from tests.tidegate.store.given import NOON, REPOSITORY, a_deployment, a_lane, a_service, new, with_image
from tidegate.deployment import Deployment, Move, Status
from tidegate.repository import PRODUCTION, Service
from tidegate.store import Store


def deployed(store: Store, service: Service, number: int, image: str, *ways: Status, place: str = PRODUCTION) -> None:
    made = store.deployments.create(replace(with_image(new(service, number), image), environment=place), NOON)
    if ways:
        lane = a_lane(store, made)
        for status in ways:
            store.deployments.move(made.id, Move(status, "x"), NOON, lane if status is not Status.REMOVED else None)


LIVE = (Status.DEPLOYING, Status.LIVE)


def test_uses_are_told_by_image_and_lane(store: Store) -> None:
    web, api = a_service(store), a_service(store, "api")
    deployed(store, web, 1, "old", *LIVE, Status.REMOVED)
    deployed(store, web, 2, "new", *LIVE, Status.REMOVED)
    deployed(store, web, 3, "old", *LIVE)
    deployed(store, web, 4, "failed", Status.FAILED)
    deployed(store, web, 5, "coming")
    deployed(store, api, 6, "new", *LIVE, Status.REMOVED)
    told = {(use.image, use.service): use for use in store.images.uses()}
    assert set(told) == {("old", "web"), ("new", "web"), ("coming", "web"), ("new", "api")}
    assert told["old", "web"].lane == (web.id, PRODUCTION)
    assert {key for key, use in told.items() if use.unfinished} == {("old", "web"), ("coming", "web")}
    assert told["coming", "web"].order is None
    assert (told["old", "web"].order or 0) > (told["new", "web"].order or 0), "live again, so it is newer"


def test_what_was_live_in_an_environment_that_is_gone_counts_no_more_unless_it_still_runs(store: Store) -> None:
    web = a_service(store)
    for name in ("pr-1", "pr-2"):
        store.environments.ensure(web.id, name)
    deployed(store, web, 1, "gone", *LIVE, Status.REMOVED, place="pr-1")
    deployed(store, web, 2, "there", *LIVE, Status.REMOVED, place="pr-2")
    deployed(store, web, 3, "runs", *LIVE, place="pr-1")
    store.environments.remove(web.id, "pr-1")
    assert {use.image: use.unfinished for use in store.images.uses()} == {"there": False, "runs": True}


def test_whether_one_is_needed_now(store: Store) -> None:
    web = a_service(store)
    deployed(store, web, 1, "removed", *LIVE, Status.REMOVED)
    deployed(store, web, 2, "live", *LIVE)
    deployed(store, web, 3, "queued")
    assert [store.images.needed(each) for each in ("removed", "live", "queued", "unknown")] == [
        False,
        True,
        True,
        False,
    ]


def test_the_status_of_many_is_asked_for_at_once(store: Store) -> None:
    web = a_service(store)
    rows: list[Deployment] = [a_deployment(store, web, 1, Status.REMOVED), a_deployment(store, web, 2, Status.WAITING)]
    asked = {row.id for row in rows} | {f"unknown {number}" for number in range(1200)}
    assert store.images.statuses(asked) == {rows[0].id: Status.REMOVED, rows[1].id: Status.WAITING}
    assert store.images.statuses(()) == {}


def test_places_exist_by_their_environment_or_by_what_is_under_way_there(store: Store) -> None:
    web = a_service(store)
    store.environments.ensure(web.id, "pr-1")
    deployed(store, web, 1, "x", place="pr-2")
    deployed(store, web, 2, "x", *LIVE, Status.REMOVED, place="pr-3")
    repository = REPOSITORY.repository_id
    assert store.environments.places() == {(repository, name) for name in (PRODUCTION, "pr-1", "pr-2")}
