"""What the pages show of a store in which much has happened, and how they are found."""

import re

import pytest
from flask.testing import FlaskClient

from tests.tidegate.store.given import NOON, a_deployment, a_service
from tests.webapp.house import PAGE, House
from tests.webapp.test_deployments_pages import built, page
from tests.webapp.town import Town, settle
from tidegate.deployment import Status
from tidegate.permission import Permission
from tidegate.repository import DEPLOY_FILE

MINE = {"acme/shop": Permission.WRITE, "acme/docs": Permission.READ}


def read(client: FlaskClient, path: str, status: int = 200) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page(client, path, status)).split())


@pytest.fixture
def town(open_house: House) -> Town:
    return settle(open_house.store)


def test_the_overview_tells_how_each_service_is(open_house: House, town: Town) -> None:
    ada = open_house.signed_in("ada", MINE)
    text = read(ada, "/")
    assert "Services 4 Healthy 2 Unwell 1 Under way 1 Waiting 1 Failed 0" in text
    shop = text.partition("acme/shop production")[2]
    assert "pr-12 · waiting" in shop
    assert re.search(r"api Degraded \S{7} .* Instance 1 does not answer Waiting \S{7} Waiting for test and lint", shop)
    assert re.search(r"web web\.apps\.tidegate\.test Healthy \S{7} .* 3 h ago Building", shop)
    assert "site Nothing live Auto-deploy off" in text
    found = read(ada, "/?q=repo")
    assert "report" in found
    assert "web.apps" not in found
    assert "Nothing is called so" in read(ada, "/?q=zebra")
    assert "No services yet" in read(open_house.signed_in("eve", {}), "/")


def test_a_repository_without_a_deploy_file_is_a_click_away_from_one(open_house: House) -> None:
    url = "https://github.test/acme/shop/new/main?filename=tidegate.yml&value=services"
    there = a_service(open_house.store, DEPLOY_FILE)
    open_house.store.services.ensure(there.repository_id, DEPLOY_FILE, {"proposal": "services:", "url": url})
    ada = open_house.signed_in("ada", MINE)
    assert f'href="{url.replace("&", "&amp;")}"' in page(ada, "/")
    assert "Without a deploy file" not in page(open_house.signed_in("eve", {}), "/")
    a_service(open_house.store)
    assert "Without a deploy file" not in page(ada, "/"), "it has one"


def test_services_go_on_on_the_next_page(open_house: House) -> None:
    for number in range(60):
        a_service(open_house.store, f"s{number:02}")
    ada = open_house.signed_in("ada", MINE)
    first, second = page(ada, "/"), page(ada, "/?page=2")
    assert ">s29<" in first
    assert ">s30<" not in first
    assert "?page=2" in first
    assert ">s30<" in second
    assert ">s59<" in second
    assert "?page=3" not in second


def test_events_of_every_kind_and_of_some(open_house: House, town: Town) -> None:
    ada = open_house.signed_in("ada", MINE)
    everything = read(ada, f"/services/{town.web}/events")
    for told in ("Live", "Instance 1 crashed", "The variable GREETING was set", "Building the image"):
        assert told in everything
    failures = read(ada, f"/services/{town.web}/events?kind=failures")
    assert "Instance 1 crashed" in failures
    assert "GREETING" not in failures
    assert "Older events" in failures or "npm run build ended with 2" in failures
    older = re.search(r'href="\?([^"]+before=\d+)"', page(ada, f"/services/{town.web}/events"))
    if older:
        assert "Queued" in read(ada, f"/services/{town.web}/events?{older[1].replace('&amp;', '&')}")
    assert "No events of this kind" in read(ada, f"/services/{town.site}/events?kind=runs")


@pytest.mark.parametrize("end", ["", "/deployments", "/events", "/variables", "/settings", "/runs"])
def test_every_page_of_a_service_in_every_environment(open_house: House, town: Town, end: str) -> None:
    ada = open_house.signed_in("ada", MINE)
    assert 'aria-current="page"' in page(ada, f"/services/{town.report}{end}")
    assert "pr-7" in read(ada, f"/services/{town.web}{end}?environment=pr-7")
    assert "has no environment" in read(ada, f"/services/{town.web}{end}?environment=pr-99", 404)


def test_why_a_commit_is_not_live(open_house: House, town: Town) -> None:
    ada = open_house.signed_in("ada", MINE)
    path = f"/services/{town.web}/why"
    assert "Why is this commit not live?" in read(ada, path)
    told = read(ada, f"{path}?commit={town.commit[:8]}")
    assert f"{town.commit[:7]} in production Failed" in told
    assert "hexadecimal" in read(ada, f"{path}?commit=main", 400)


def test_lists_of_previews_hosts_and_usage(open_house: House, town: Town) -> None:
    ada = open_house.signed_in("ada", MINE)
    previews = read(ada, "/previews")
    assert "acme/shop #12 patch-1 fork" in previews
    assert "Approve web of #12" in previews
    assert "web-pr-7.apps.tidegate.test" in previews
    assert "local Not asked lately local" in read(ada, "/hosts")
    assert "Nothing to see" in read(open_house.signed_in("eve", {}), "/hosts")
    usage = read(open_house.signed_in("ada", MINE), "/usage")
    # Four of production and one of a preview, and one that failed.
    assert "web acme/shop 3 min 33 s" in usage
    assert "site acme/docs none none none" in usage


def test_a_log_is_searched_and_shown_in_parts(open_house: House) -> None:
    failed = built(open_house)
    store = open_house.store
    store.logs.append(failed.id, "run", 4, [(NOON, "listening <on> 3000")])
    ada = open_house.signed_in("ada", MINE)
    path = f"/deployments/{failed.id}"
    found = page(ada, f"{path}?q=LINE+2")
    assert 'id="L3"' in found
    assert 'id="L2"' not in found
    assert "1 lines with “LINE 2”" in found
    assert "listening &lt;on&gt;" in page(ada, f"{path}?part=output")
    assert "listening" not in page(ada, f"{path}?part=build")
    assert "No output like that" in page(ada, f"{path}?q=zebra")


def test_the_theme_is_kept_in_the_browser(open_house: House) -> None:
    client = open_house.signed_in("ada", MINE)
    assert "data-theme" not in page(client, "/")
    chosen = client.post("/theme", data={"theme": "dark", "back": "/previews"}, headers=PAGE)
    assert (chosen.status_code, chosen.location) == (303, "/previews")
    assert '<html lang="en" data-theme="dark">' in page(client, "/")
    away = client.post("/theme", data={"theme": "purple", "back": "//evil.example"}, headers=PAGE)
    assert away.location == "/"
    assert 'data-theme="dark"' in page(client, "/"), "there is no such theme"
    client.post("/theme", data={"theme": "system", "back": "/"}, headers=PAGE)
    assert "data-theme" not in page(client, "/")


def test_as_many_questions_for_thirty_services_as_for_three(open_house: House) -> None:
    from sqlalchemy import event

    ada = open_house.signed_in("ada", MINE)
    engine = open_house.store._database._engine
    counts: list[int] = []
    for most in (3, 30):
        for number in range(most):
            service = a_service(open_house.store, f"s{number:02}")
            a_deployment(open_house.store, service, number * 1000 + most, Status.LIVE)
        asked: list[str] = []

        def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
            asked.append(statement)  # noqa: B023 - of this turn, which takes it away again

        event.listen(engine, "before_cursor_execute", note)
        for path in ("/", "/usage", "/previews", "/deployments"):
            page(ada, path)
        event.remove(engine, "before_cursor_execute", note)
        counts.append(len(asked))
    assert counts[0] == counts[1]
