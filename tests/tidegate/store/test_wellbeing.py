"""How the environments of a repository are, as one question tells it."""

from __future__ import annotations

from dataclasses import replace

from tests.tidegate.store.given import NOON, REPOSITORY, a_deployment, a_lane, a_service, after, new
from tidegate.deployment import Health, Move, Status
from tidegate.repository import PRODUCTION, Service
from tidegate.store import Store
from tidegate.store.wellbeing import Whole
from tidegate.wellbeing import Wellbeing

RID = REPOSITORY.repository_id


def told(wholes: list[Whole]) -> dict[str, list[tuple[str, str | None]]]:
    return {each.name: [(one.name, one.live.id if one.live else None) for one in each.members] for each in wholes}


def live(store: Store, service: Service, number: int, *, routed: bool) -> str:
    row = store.deployments.create(new(service, number), after(number))
    lane = a_lane(store, row, at=after(number))
    store.deployments.move(row.id, Move(Status.DEPLOYING, "on"), after(number), lane)
    if routed:
        store.environments.route(lane, after(number))
    store.deployments.move(row.id, Move(Status.LIVE, "on"), after(number), lane)
    return row.id


def test_each_environment_with_its_services_and_what_is_live(store: Store) -> None:
    web, api = a_service(store), a_service(store, "api")
    store.environments.ensure(a_service(store, "tidegate.yml").id, PRODUCTION)
    store.repositories.see(replace(REPOSITORY, repository_id=2, name="blog"), NOON)
    store.environments.ensure(store.services.ensure(2, "web", {}).id, PRODUCTION)
    for service in (web, api):
        store.environments.ensure(service.id, PRODUCTION)
    store.environments.ensure(web.id, "pr-7")
    running = live(store, web, 1, routed=True)
    a_deployment(store, api, 2, Status.FAILED)
    assert told(store.wellbeing.of_repository(RID)) == {
        "pr-7": [("web", None)],
        PRODUCTION: [("api", None), ("web", running)],
    }
    assert told(store.wellbeing.of_repository(RID, "pr-7")) == {"pr-7": [("web", None)]}
    store.deployments.set_health(running, Health.UNHEALTHY, "no instance answers", NOON)
    (production,) = store.wellbeing.of_repository(RID, PRODUCTION)
    assert production.wellbeing == Wellbeing(Health.UNHEALTHY, "web: no instance answers")


def test_while_a_switch_goes_on_the_routed_one_counts(store: Store) -> None:
    """As for whoever asks for one lane: both are live until the old one is retired."""
    web = a_service(store)
    store.environments.ensure(web.id, PRODUCTION)
    routed, newer = live(store, web, 1, routed=True), live(store, web, 2, routed=False)
    assert told(store.wellbeing.of_repository(RID)) == {PRODUCTION: [("web", routed)]}
    found = store.deployments.live(web.id, PRODUCTION)
    assert found is not None
    assert found.id == routed
    store.environments.stop(web.id, PRODUCTION)
    assert told(store.wellbeing.of_repository(RID)) == {PRODUCTION: [("web", newer)]}
