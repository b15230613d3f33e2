"""What a service's page says: what stops it, where its previews are, and how a script deploys it."""

import re
from dataclasses import replace

from tests.tidegate.store.given import NOON, REPOSITORY, a_deployment, a_lane, a_service, new
from tests.webapp.house import PAGE, House
from tests.webapp.test_deployments_pages import page
from tidegate.cronrun import Over, RunState
from tidegate.deployment import Deployment, Health, Move, Status, Trigger
from tidegate.freeze import Freeze
from tidegate.permission import Permission
from tidegate.repository import Service
from tidegate.store import Store

MINE = {"acme/shop": Permission.WRITE}
RID = REPOSITORY.repository_id


def of_pull(store: Store, service: Service, number: int, sha: str, *, needs_approval: bool = False) -> Deployment:
    """In the preview of a pull request."""
    environment = f"pr-{number}"
    store.environments.ensure(service.id, environment)
    status = Status.WAITING if needs_approval else Status.QUEUED
    made = replace(new(service), environment=environment, sha=sha, status=status, trigger=Trigger.PULL_REQUEST)
    return store.deployments.create(replace(made, needs_approval=needs_approval), NOON)


def come_live(house: House, queued: Deployment) -> None:
    lane = a_lane(house.store, queued)
    house.store.deployments.move(queued.id, Move(Status.DEPLOYING, "starting"), NOON, lane)
    house.store.environments.route(lane, NOON)
    house.store.deployments.move(queued.id, Move(Status.LIVE, "live"), NOON, lane)


def words(text: str) -> str:
    """As one reads it."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def test_a_freeze_says_who_why_and_since_when(open_house: House) -> None:
    service, freezes = a_service(open_house.store), open_house.store.freezes
    a_service(open_house.store, "api")
    freezes.put(Freeze(RID, None, None, "release <week>", "grace", NOON))
    freezes.put(Freeze(RID, "web", "production", "the pager is broken", "alan", NOON))
    freezes.put(Freeze(RID, "api", None, "not about web", "kurt", NOON))
    text = page(open_house.signed_in("ada", MINE), f"/services/{service.id}")
    assert "The repository is frozen by grace since 2026-03-01 12:00 UTC: release &lt;week&gt;" in words(text)
    assert "web in production is frozen by alan since 2026-03-01 12:00 UTC: the pager is broken" in words(text)
    assert "not about web" not in text


def test_what_is_not_frozen_says_nothing_of_it(open_house: House) -> None:
    service = a_service(open_house.store)
    text = page(open_house.signed_in("ada", MINE), f"/services/{service.id}")
    assert "frozen" not in text
    assert "<h2>Previews" not in text
    assert "<strong>Auto-deploy" not in text


def test_auto_deploy_off_says_so_with_its_reason(open_house: House) -> None:
    service = a_service(open_house.store)
    open_house.store.services.auto_deploy_off(service.id, "auto-deploy is off since the branch `main` was deleted")
    text = page(open_house.signed_in("ada", MINE), f"/services/{service.id}")
    assert "Auto-deploy Auto-deploy is off since the branch main was deleted" in words(text)


def test_each_preview_with_its_newest_commit_and_where_it_serves(open_house: House) -> None:
    web, api = a_service(open_house.store), a_service(open_house.store, "api")
    come_live(open_house, of_pull(open_house.store, web, 7, "a" * 40))
    newest = of_pull(open_house.store, web, 7, "b" * 40)
    of_pull(open_house.store, web, 12, "c" * 40)
    of_pull(open_house.store, api, 3, "d" * 40)
    a_deployment(open_house.store, web, 9)
    client = open_house.signed_in("ada", MINE)
    listed = page(client, f"/services/{web.id}").partition("<h2>Previews</h2>")[2].partition("</ol>")[0]
    first, second = listed.split("</li>")[:2]
    assert ("#12" in first, "#7" in second) == (True, True), "the latest first"
    assert "#3" not in listed, "another service's"
    assert f"/deployments/{newest.id}" in second
    assert 'href="http://web-pr-7.apps.tidegate.test"' in second
    assert "apps.tidegate.test" not in first, "nothing serves there yet"
    assert "Production" not in listed


def test_what_waits_for_an_approval_says_where_to_give_it(open_house: House) -> None:
    service = a_service(open_house.store)
    waiting = of_pull(open_house.store, service, 7, "a" * 40, needs_approval=True)
    client = open_house.signed_in("ada", MINE)
    text = page(client, f"/deployments/{waiting.id}")
    assert "It waits for an approval: approve it here , or press Approve on its check run" in words(text)
    assert "/acme/shop/pull/7/checks" in text
    assert "pr-7" in page(client, "/")
    open_house.store.deployments.approve(waiting.id, "grace", NOON)
    assert "waits for an approval" not in words(page(client, f"/deployments/{waiting.id}"))


def test_what_waits_for_checks_needs_no_approval(open_house: House) -> None:
    waiting = a_deployment(open_house.store, a_service(open_house.store), 1, Status.WAITING)
    assert "approval" not in page(open_house.signed_in("ada", MINE), f"/deployments/{waiting.id}")


def test_the_deploy_hook_is_made_and_replaced_by_those_who_may(open_house: House) -> None:
    service = a_service(open_house.store)
    path = f"/services/{service.id}/deploy-hook"
    writer = open_house.signed_in("ada", MINE)
    keeper = open_house.signed_in("grace", {"acme/shop": Permission.MAINTAIN})
    assert path not in page(writer, f"/services/{service.id}")
    refused = page(writer, path, 403)
    assert "ada may not do this: hook takes the permission <code>maintain</code>" in refused
    assert path in page(keeper, f"/services/{service.id}")
    assert "There is none yet" in page(keeper, path)
    assert keeper.post(path, headers={**PAGE, "Origin": "http://web.apps.tidegate.test"}).status_code == 403
    assert keeper.post(path, headers=PAGE).status_code == 303
    key = open_house.store.hooks.key(service.id)
    assert key
    assert f"{open_house.url}/hooks/deploy/{key}" in page(keeper, path)
    assert "the old one is refused at once" in words(page(keeper, f"{path}/renew")).lower()
    assert f"{path}/renew" in page(keeper, path)
    assert keeper.post(path, headers=PAGE).status_code == 303
    replaced = page(keeper, path)
    assert key not in replaced
    assert "The deploy hook has a new address" in replaced
    told = [(entry.text, entry.actor) for entry in open_house.store.timeline.of_service(RID, "web", 10)]
    assert told == [
        ("the deploy hook has a new address; the old one is refused", "grace"),
        ("the deploy hook was made", "grace"),
    ]


def test_what_is_live_and_unwell_says_so_with_the_reason(open_house: House) -> None:
    service = a_service(open_house.store)
    made = a_deployment(open_house.store, service)
    come_live(open_house, made)
    pages = (f"/services/{service.id}", f"/deployments/{made.id}")
    client = open_house.signed_in("ada", MINE)
    for path in pages:
        assert "Unhealthy" not in page(client, path)
    open_house.store.deployments.set_health(made.id, Health.UNHEALTHY, "instance 1 ran out of <memory>", NOON)
    for path in pages:
        assert "Unhealthy Instance 1 ran out of &lt;memory&gt;" in words(page(client, path))
    open_house.store.deployments.set_health(made.id, Health.HEALTHY, "", NOON)
    for path in pages:
        assert "Unhealthy Instance" not in words(page(client, path))


def test_what_has_no_address_shows_none(open_house: House) -> None:
    service = a_service(open_house.store)
    for kind, shown in (("web", True), ("private", False)):
        made = open_house.store.deployments.create(replace(new(service), definition={"type": kind}), NOON)
        come_live(open_house, made)
        client = open_house.signed_in("ada", MINE)
        for path in (f"/services/{service.id}", f"/deployments/{made.id}"):
            assert ("Serves at" in page(client, path)) is shown, (path, kind)
        open_house.store.deployments.move(made.id, Move(Status.DRAINING, "replaced"), NOON)


def test_how_all_of_production_is_stands_beside_one_service(open_house: House) -> None:
    web, api = a_service(open_house.store), a_service(open_house.store, "api")
    client = open_house.signed_in("ada", MINE)
    assert "All of production" not in page(client, f"/services/{web.id}"), "nothing is live"
    a_deployment(open_house.store, web, 1, Status.LIVE)
    down = a_deployment(open_house.store, api, 2, Status.LIVE)
    assert "All of production Healthy" in words(page(client, f"/services/{web.id}"))
    open_house.store.deployments.set_health(down.id, Health.UNHEALTHY, "instance 1 does not answer", NOON)
    told = "api: instance 1 does not answer (1 of 2 services are well)"
    assert f"All of production Degraded: {told}" in words(page(client, f"/services/{web.id}"))

    (production,) = client.get(f"/api/v1/repositories/{RID}/environments").get_json()["environments"]
    assert (production["name"], production["health"], production["reason"]) == ("production", "degraded", told)
    assert [(each["name"], each["health"], each["id"]) for each in production["services"]] == [
        ("api", "unhealthy", api.id),
        ("web", "healthy", web.id),
    ]
    assert production["services"][0]["deployment"] == down.id


def test_a_cron_service_shows_its_last_runs(open_house: House) -> None:
    service = a_service(open_house.store, "report")
    ada = open_house.signed_in("ada", MINE)
    assert "Runs" not in page(ada, f"/services/{service.id}")
    cron = {"name": "report", "type": "cron", "schedule": "0 * * * *"}
    open_house.store.services.ensure(RID, "report", cron)
    live = a_deployment(open_house.store, service, status=Status.LIVE)
    run = open_house.store.cron_runs.ask(live, "grace", NOON)
    open_house.store.cron_runs.claim(run.id, live.id, "local")
    open_house.store.cron_runs.end(run.id, Over(RunState.FAILED, "exited with code 3", 3), NOON)
    text = page(ada, f"/services/{service.id}/runs")
    assert f"Run {run.id} Failed Exited with code 3 deployment Manual by grace" in words(text)
    assert "Failed" in page(ada, f"/services/{service.id}/runs/{run.id}")
    assert "There is no run 99" in page(ada, f"/services/{service.id}/runs/99", 404)
    assert f'href="/deployments/{live.id}"' in text
