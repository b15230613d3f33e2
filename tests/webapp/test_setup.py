"""From a fresh server to a GitHub App: only for who knows the secret, only in one browser, and once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from standin.client import StandIn
from standin.process import running
from tests.webapp.fresh import FreshHouse, ask, at_github
from tests.webapp.house import PAGE
from tidegate import setup
from tidegate.store import StoreDown
from webapp.parts import KEY
from webapp.signature import sign


@pytest.fixture(scope="module")
def standin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    with running(tmp_path_factory.mktemp("standin"), "--no-app", "--no-limits") as told:
        control = StandIn(told["url"])
        control.create_user("acme", kind="Organization")
        yield control
        control.close()


@pytest.fixture
def house(tmp_path: Path, standin: StandIn) -> Iterator[FreshHouse]:
    made = FreshHouse.build(tmp_path, GITHUB_API_URL=f"{standin.url}/api/v3", GITHUB_WEB_URL=standin.url)
    yield made
    standin.clear_faults()
    made.store.close()


def test_the_whole_way(house: FreshHouse) -> None:
    browser = house.admitted()
    page = ask(browser, "/setup")
    assert setup.secret(house.settings) not in page.text
    assert f"form-action 'self' https: {house.settings.github.web_url};" in page.headers["Content-Security-Policy"]
    made = ask(browser, at_github(page.text))
    assert (made.status_code, made.location) == (303, "/setup")
    app = house.store.own_app.get()
    assert app is not None
    assert app.page == f"{house.settings.github.web_url}/apps/{app.slug}"
    assert app.private_key.startswith("-----BEGIN RSA PRIVATE KEY-----")
    after = ask(browser, "/setup").text
    assert f'href="{app.page}/installations/new"' in after
    asked = parse_qs(urlsplit(browser.get("/login/github").location).query)
    assert asked["client_id"] == [app.client_id]
    body = json.dumps({"zen": "Keep it logically awesome."}).encode()
    headers = {"X-GitHub-Event": "ping", "X-GitHub-Delivery": "1", "Content-Type": "application/json"}
    for secret, status in ((app.webhook_secret, 202), ("another", 401)):
        signed = {**headers, "X-Hub-Signature-256": sign(secret.encode(), body)}
        assert browser.post("/webhooks/github", data=body, headers=signed).status_code == status


def test_an_organization_can_own_it(house: FreshHouse, standin: StandIn) -> None:
    browser = house.admitted()
    assert ask(browser, at_github(ask(browser, "/setup?organization=acme").text)).status_code == 303
    app = house.store.own_app.get()
    assert app is not None
    assert httpx.get(f"{house.settings.github.api_url}/apps/{app.slug}").json()["owner"]["login"] == "acme"


@pytest.mark.parametrize("name", ["../settings", "a b", "a/b?x="])
def test_an_organization_s_name_leads_nowhere_else(house: FreshHouse, name: str) -> None:
    answer = house.admitted().get("/setup", query_string={"organization": name}, headers=PAGE)
    assert answer.status_code == 400
    assert "<form" not in answer.text


def test_a_stranger_who_comes_first_gets_no_further_than_the_question(house: FreshHouse) -> None:
    stranger = house.browser()
    assert ask(stranger, "/").location == "/setup"
    asked = ask(stranger, "/setup")
    assert "set-up secret" in asked.text
    assert "manifest" not in asked.text
    for wrong in ("", "guess", "é", setup.secret(house.settings)[:-1]):
        assert stranger.post("/setup", data={"secret": wrong}, headers=PAGE).status_code == 403
        assert stranger.get("/setup", query_string={"secret": wrong}, headers=PAGE).status_code == 403
    assert ask(stranger, "/setup/made?code=mine&state=").status_code == 403
    assert ask(stranger, "/setup").text == asked.text
    right = stranger.post("/setup", data={"secret": f" {setup.secret(house.settings)} "}, headers=PAGE)
    assert right.location == "/setup"
    assert "manifest" in ask(stranger, "/setup").text


def test_an_answer_counts_in_the_browser_that_asked(house: FreshHouse) -> None:
    browser, other = house.admitted(), house.admitted()
    back = at_github(ask(browser, "/setup").text)
    for wrong in (back.replace("state=", "state=x"), back.partition("&state")[0]):
        assert ask(browser, wrong).status_code == 403
    assert ask(other, back).status_code == 403
    assert house.store.own_app.get() is None
    assert ask(browser, back).status_code == 303


def test_a_code_that_is_used_up_is_told_and_another_can_be_had(house: FreshHouse) -> None:
    browser = house.admitted()
    back = at_github(ask(browser, "/setup").text)
    code = parse_qs(urlsplit(back).query)["code"][0]
    httpx.post(f"{house.settings.github.api_url}/app-manifests/{code}/conversions").raise_for_status()
    refused = ask(browser, back)
    assert refused.status_code == 410
    assert "begin again" in refused.text
    assert ask(browser, at_github(ask(browser, "/setup").text)).status_code == 303


def test_the_second_claim_is_refused(house: FreshHouse) -> None:
    first, second = house.admitted(), house.admitted()
    ours, theirs = at_github(ask(first, "/setup").text), at_github(ask(second, "/setup").text)
    assert ask(first, ours).status_code == 303
    app = house.store.own_app.get()
    refused = ask(second, theirs)
    assert refused.status_code == 409
    assert "delete it there" in refused.text
    assert house.store.own_app.get() == app


def test_of_two_claims_at_once_one_counts(house: FreshHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both were let in before either was recorded."""
    first, second = house.admitted(), house.admitted()
    ours, theirs = at_github(ask(first, "/setup").text), at_github(ask(second, "/setup").text)
    monkeypatch.setattr(house.front, "_look", lambda: None)
    monkeypatch.setattr(house.store.own_app, "get", lambda: None)
    assert ask(first, ours).status_code == 303
    refused = ask(second, theirs)
    assert refused.status_code == 409
    assert "tidegate-tidegate-test" in refused.text, "which App is to be deleted"


def test_while_github_is_down_the_code_is_kept_for_another_try(house: FreshHouse, standin: StandIn) -> None:
    browser = house.admitted()
    back = at_github(ask(browser, "/setup").text)
    for kind in ("status", "drop"):
        standin.fault(kind, method="POST", path="/conversions", times=1)
        failed = ask(browser, back)
        assert failed.status_code == 502
        assert "Reload this page" in failed.text
    assert ask(browser, back).status_code == 303
    assert house.store.own_app.get() is not None


def test_while_the_store_is_down_the_code_is_not_spent(house: FreshHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    def down() -> None:
        raise StoreDown("gone")

    browser = house.admitted()
    back = at_github(ask(browser, "/setup").text)
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(house.store.own_app, "get", down)
        assert ask(browser, back).status_code == 503
    assert ask(browser, back).status_code == 303


def test_what_else_is_asked_of_a_fresh_server(house: FreshHouse) -> None:
    browser = house.browser()
    assert browser.get("/healthz").json == {"status": "ok"}
    assert browser.get("/readyz").status_code == 200
    for answer in (browser.post("/webhooks/github", data=b"{}"), browser.get("/api/v1/services")):
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
        assert "tidegate setup" in answer.json["detail"]  # type: ignore[index]


def test_while_the_store_is_down_it_says_that_it_is_alive_and_takes_nothing(
    house: FreshHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def down() -> None:
        asked.append("look")
        raise StoreDown("gone")

    monkeypatch.setattr(house.front, "_look", down)
    browser = house.browser()
    assert browser.get("/healthz").status_code == 200
    assert asked == []
    assert browser.post("/webhooks/github", data=b"{}").status_code == 503
    assert asked == ["look"]


def test_where_nobody_can_reach_it_the_page_says_so(tmp_path: Path, standin: StandIn) -> None:
    place = {"GITHUB_API_URL": f"{standin.url}/api/v3", "TIDEGATE_URL": "http://localhost:8000"}
    for mode, told in (("push", True), ("poll", False)):
        house = FreshHouse.build(tmp_path / mode, TIDEGATE_WEBHOOKS=mode, **place)
        assert ("TIDEGATE_WEBHOOKS=poll" in ask(house.admitted(), "/setup").text) is told
        house.store.close()


def test_the_end_of_the_server_reaches_the_product_behind_it(house: FreshHouse) -> None:
    house.front.stopping = lambda: True
    browser = house.admitted()
    ask(browser, at_github(ask(browser, "/setup").text))
    ask(browser, "/setup")
    assert house.front._product is not None
    assert house.front._product.extensions[KEY].places.stopping()
