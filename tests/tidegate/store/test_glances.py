"""Many services at a glance: what each page asks of all of them at once."""

from dataclasses import replace

from tests.tidegate.store.given import NOON, REPOSITORY, a_deployment, a_service, new
from tidegate.deployment import Health, Status
from tidegate.events import RepositorySeen
from tidegate.store import Store
from tidegate.store.glances import Tally

RID = REPOSITORY.repository_id
OTHER = RepositorySeen(100, 8, "acme", "docs", "main", private=False)


def names(store: Store, words: str = "", offset: int = 0, limit: int = 10, **exactly: str) -> list[str]:
    return [each.name for each in store.glances.services({RID, 100}, words, offset, limit, **exactly)]


def test_services_by_repository_and_name(store: Store) -> None:
    for name in ("web", "api", "tidegate.yml"):
        a_service(store, name)
    store.repositories.see(OTHER, NOON)
    store.services.ensure(100, "site_1", {"name": "site_1"})
    assert names(store) == ["site_1", "api", "web"], "the deploy file itself is none"
    assert names(store, offset=1, limit=1) == ["api"]
    assert names(store, "SITE_") == ["site_1"]
    assert names(store, "acme/sh") == ["api", "web"]
    assert names(store, "%") == [], "no pattern"
    assert names(store, name="site_1") == names(store, repository="acme/docs") == ["site_1"]
    assert names(store, name="site") == names(store, name="web", repository="acme/docs") == []
    assert names(store, repository="docs") == names(store, repository="%/docs") == []
    assert [each.name for each in store.glances.services({RID}, "", 0, 10)] == ["api", "web"]
    assert store.glances.services(set(), "", 0, 10) == []


def test_what_is_live_what_comes_and_what_came_last(store: Store) -> None:
    web, api = a_service(store), a_service(store, "api")
    live = a_deployment(store, web, 1, Status.LIVE)
    failed = a_deployment(store, web, 2, Status.FAILED)
    building = a_deployment(store, api, 3, Status.BUILDING)
    waiting = a_deployment(store, api, 4, Status.WAITING)
    of_preview = store.deployments.create(replace(new(web, 5), environment="pr-7"), NOON)
    ids = [web.id, api.id]
    assert {service: each.id for service, each in store.glances.serving(ids).items()} == {web.id: live.id}
    assert [each.id for each in store.glances.coming(ids)] == [building.id, waiting.id], "what is under way first"
    assert {service: each.id for service, each in store.glances.last(ids).items()} == {
        web.id: failed.id,
        api.id: waiting.id,
    }
    assert [(each.environment, each.status) for each in store.glances.previews([RID])] == [("pr-7", Status.QUEUED)]
    assert store.glances.last_of_previews([RID], 10) == [], "it has no environment any more"
    store.environments.ensure(web.id, "pr-7")
    assert [each.id for each in store.glances.last_of_previews([RID], 10)] == [of_preview.id]
    newest, serving = store.glances.of_previews(web.id)
    assert ({name: each.id for name, each in newest.items()}, serving) == ({"pr-7": of_preview.id}, {})


def test_a_tally_of_production(store: Store) -> None:
    web, api, report = a_service(store), a_service(store, "api"), a_service(store, "report")
    a_deployment(store, web, 1, Status.LIVE)
    unwell = a_deployment(store, api, 2, Status.LIVE)
    store.deployments.set_health(unwell.id, Health.DEGRADED, "instance 1 does not answer", NOON)
    a_deployment(store, report, 3, Status.CRASHED)
    a_deployment(store, web, 4, Status.BUILDING)
    a_deployment(store, api, 5, Status.WAITING)
    store.deployments.create(replace(new(web, 6), environment="pr-7"), NOON)
    assert store.glances.tally({RID}) == Tally(services=3, healthy=1, unwell=2, active=1, pending=1)
    assert store.glances.tally(set()) == Tally()


def test_a_service_counts_as_failed_until_something_else_is_wanted_of_it(store: Store) -> None:
    web, api = a_service(store), a_service(store, "api")
    for service in (web, api):
        a_deployment(store, service, 1, Status.FAILED)
    store.deployments.create(replace(new(web, 2), environment="pr-7"), NOON)
    assert store.glances.tally({RID}).failed == 2
    a_deployment(store, api, 3, Status.LIVE)
    assert store.glances.tally({RID}) == Tally(services=2, healthy=1, failed=1)
