"""The audit log as a page: to whom the API shows it, and no more of it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest
from flask.testing import FlaskClient

from tests.tidegate.store.given import NOON, REPOSITORY, a_deployment, a_service
from tests.webapp.house import PAGE, House, as_app, bearer
from tidegate.apitoken import Scope, Terms
from tidegate.audit import About, Asked, Via
from tidegate.events import RepositorySeen
from tidegate.permission import OPERATOR, Permission

ADMIN = {"acme/shop": Permission.ADMIN}
HERE, DOCS = REPOSITORY.repository_id, RepositorySeen(100, 8, "acme", "docs", "main", private=True)
ONE = Asked(NOON, "ada", Via.COMMENT, "deploy", "entry 0", About(HERE, "web", "production"))


@pytest.fixture
def town(open_house: House) -> House:
    """Two repositories, of which each has entries, and so has the installation."""
    a_service(open_house.store)
    open_house.store.repositories.see(DOCS, NOON)
    for entry in (
        replace(ONE, detail="of shop"),
        replace(ONE, detail="of docs", about=About(DOCS.repository_id, "site")),
        replace(ONE, detail="of neither", action="sign-in", about=About()),
    ):
        open_house.store.audit.add(entry)
    return open_house


def read(client: FlaskClient, **query: object) -> str:
    answer = client.get("/audit", query_string=query, headers=PAGE)
    assert answer.status_code == 200, answer.text
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


def details(client: FlaskClient) -> list[str]:
    told = client.get("/api/v1/audit", query_string={"limit": 100}).get_json()["entries"]
    return [each["detail"] for each in told]


def test_what_is_shown_is_what_the_api_tells(town: House) -> None:
    for held in Permission:
        bob = town.signed_in(f"bob-{held}", {"acme/shop": held, "acme/docs": Permission.MAINTAIN})
        page, admin = read(bob), held is Permission.ADMIN
        assert details(bob) == (["of shop"] if admin else [])
        assert ("of shop" in page, "of docs" in page, "of neither" in page) == (admin, False, False)
        assert ("Nothing to see" in page) is not admin
        for number in (HERE, DOCS.repository_id):
            paths = f"/audit?repository={number}", f"/api/v1/repositories/{number}/audit"
            by_page, by_api = (bob.get(path).status_code for path in paths)
            assert by_page == by_api
        assert bob.get("/audit?repository=5").status_code == 404, "as if there were none"


def test_nobody_sees_it_who_did_not_sign_in(town: House) -> None:
    assert town.client().get("/audit").status_code == 401
    assert town.client().get("/audit", headers=PAGE).location == "/login?back=%2Faudit"


def test_the_operators_token_sees_what_is_of_no_repository(town: House) -> None:
    terms = Terms("ops", OPERATOR, None, Scope.ADMIN, None, NOON.replace(year=9999))
    _, secret = town.store.api_tokens.make(terms, NOON)
    page = town.client().get("/audit", headers=bearer(secret) | PAGE).text
    assert [each in page for each in ("of shop", "of docs", "of neither", "the installation")] == [True] * 4


def test_by_which_way_and_of_what(town: House) -> None:
    as_app(town)
    deployment = a_deployment(town.store, a_service(town.store))
    ada = town.signed_in("ada", ADMIN)
    made = ada.post("/api/v1/tokens", json={"name": "ci", "scope": "admin"}).get_json()
    canceled = f"/api/v1/deployments/{deployment.id}/cancel"
    assert town.client().post(canceled, headers=bearer(made["token"])).status_code == 202
    page = re.sub(r" \d+ \w+ ago", "", read(ada))
    by_token = f"ada by the API, with the token ci ({made['id']}) cancel"
    assert f"{by_token} acme/shop web in production, this deployment" in page
    assert "ada by a comment on GitHub deploy of shop acme/shop web in production 2026-03-01 12:00:00 UTC" in page
    assert f'href="/deployments/{deployment.id}"' in ada.get("/audit", headers=PAGE).text


def test_page_by_page_of_what_is_sought(town: House) -> None:
    for number in range(100):
        actor, action = ("eve", "freeze") if number % 2 else ("ada", "deploy")
        at = NOON + timedelta(seconds=number)
        town.store.audit.add(replace(ONE, at=at, actor=actor, action=action, detail=f"entry {number}."))
    ada = town.signed_in("ada", ADMIN)
    query: dict[str, object] = {"actor": "Eve", "action": "freeze", "repository": HERE, "before": ""}
    first = ada.get("/audit", query_string=query, headers=PAGE).text
    assert "entry 99." in first
    assert "<option selected>freeze</option>" in first
    assert f'<option value="{HERE}" selected>acme/shop</option>' in first
    (older,) = re.findall(r'href="(/audit\?[^"]*before=\d+)"', first)
    second = ada.get(unescape(older), headers=PAGE).text
    numbers = [int(each) for each in re.findall(r"entry (\d+)\.", first + second)]
    assert numbers == list(range(99, 0, -2))
    assert "Older entries" not in second
    assert "Nobody asked for such a thing" in read(ada, actor="zoe")
    assert "entry 98." in read(ada, actor="", action="", repository="")
