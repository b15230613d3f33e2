"""API tokens: made once signed in, worth what their maker may do now, gone once revoked."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from tests.tidegate.store.given import REPOSITORY, a_deployment, a_service
from tests.webapp.fake_github import FakeGitHub
from tests.webapp.house import PAGE, House, as_app, bearer
from tidegate.apitoken import Scope, Terms
from tidegate.deployment import Status
from tidegate.events import RepositorySeen
from tidegate.permission import OPERATOR, Permission
from webapp.believed import BELIEVED
from webapp.parts import KEY
from webapp.rights import TokenRights

SHOP = "acme/shop"


@pytest.fixture
def town(open_house: House) -> House:
    """The App has its own token at GitHub."""
    as_app(open_house)
    return open_house


def make(house: House, login: str, permission: Permission, **told: str | int) -> str:
    client = house.signed_in(login, {SHOP: permission})
    made = client.post("/api/v1/tokens", json={"name": "ci", **told})
    assert made.status_code == 201, made.text
    token = made.get_json()["token"]
    assert isinstance(token, str)
    return token


def test_the_whole_way(town: House) -> None:
    deployment = a_deployment(town.store, a_service(town.store))
    client = town.signed_in("ada", {SHOP: Permission.WRITE})
    made = client.post("/api/v1/tokens", json={"name": "ci", "scope": "deploy", "repositories": SHOP, "days": 7})
    told = made.get_json()
    assert made.status_code == 201
    assert (told["name"], told["scope"], told["repositories"], told["used_at"]) == ("ci", "deploy", [SHOP], None)
    path, program = f"/api/v1/deployments/{deployment.id}", town.client()
    assert program.get(path).status_code == 401
    assert program.get(path, headers=bearer(told["token"])).get_json()["id"] == deployment.id
    listed = client.get("/api/v1/tokens")
    assert told["token"] not in listed.text
    assert [(each["id"], each["used_at"] is None) for each in listed.get_json()["tokens"]] == [(told["id"], False)]
    canceled = program.post(f"{path}/cancel", headers=bearer(told["token"]))
    assert (canceled.status_code, canceled.get_json()["status"]) == (202, "canceled")
    kept = town.store.deployments.get(deployment.id)
    assert kept is not None
    assert "ada" in kept.reason
    assert client.delete(f"/api/v1/tokens/{told['id']}").status_code == 204
    refused = program.get(path, headers=bearer(told["token"]))
    assert (refused.status_code, refused.headers["WWW-Authenticate"]) == (
        401,
        'Bearer realm="Tidegate", error="invalid_token"',
    )
    assert client.delete(f"/api/v1/tokens/{told['id']}").status_code == 404


def test_as_whom_a_program_asks(town: House) -> None:
    a_service(town.store)
    secret = make(town, "ada", Permission.READ)
    told = town.client().get("/api/v1/me", headers=bearer(secret)).get_json()
    assert (told["login"], told["token"]["scope"], told["token"]["repositories"]) == ("ada", "read", None)
    assert town.signed_in("bob", {}).get("/api/v1/me").get_json() == {"login": "bob", "token": None}


@pytest.mark.parametrize(
    ("told", "status", "why"),
    [
        ({}, 400, "`name`"),
        ({"name": "ci", "scope": "all"}, 400, "`scope` is one of `read`, `deploy`, `admin`"),
        ({"name": "ci", "days": 0}, 400, "`days`"),
        ({"name": "ci", "days": 367}, 400, "`days`"),
        ({"name": "ci", "repositories": "acme/none"}, 400, "acme/none"),
        ({"name": "ci", "repositories": ""}, 400, "`repositories`"),
        ({"name": "ci", "repositories": "acme/shop, acme/secret"}, 400, "there is no `acme/secret` here"),
        ({"name": "ci", "repository": SHOP}, 400, "There is no parameter `repository`"),
    ],
)
def test_what_can_not_be_meant_is_refused(town: House, told: dict[str, str | int], status: int, why: str) -> None:
    a_service(town.store)
    secret = RepositorySeen(99, REPOSITORY.installation_id, "acme", "secret", "main", private=True)
    town.store.repositories.see(secret, datetime.now(UTC))
    client = town.signed_in("ada", {SHOP: Permission.WRITE})
    answer = client.post("/api/v1/tokens", json=told)
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    assert why in answer.text
    assert town.store.api_tokens.all() == []


def test_it_may_no_more_than_its_maker_may_now(town: House, github: FakeGitHub) -> None:
    service = a_service(town.store)
    secret = make(town, "ada", Permission.MAINTAIN, scope="admin")
    path, program = f"/api/v1/services/{service.id}/deploy-hook", town.client()
    assert program.post(path, headers=bearer(secret)).status_code == 201
    github.rights["ada"] = {SHOP: Permission.WRITE}
    refused = program.post(path, headers=bearer(secret))
    assert refused.status_code == 403
    assert "ada may not do this" in refused.text
    del github.rights["ada"]
    assert program.post(path, headers=bearer(secret)).status_code == 403


def test_what_it_sees_is_believed_for_a_minute(town: House, github: FakeGitHub) -> None:
    parts, passed = town.app.extensions[KEY], 0.0
    rights = TokenRights(parts.token_rights._app, town.store.api_tokens, lambda: passed)
    a_service(town.store)
    (repository,) = town.store.repositories.all()
    github.rights["ada"] = {SHOP: Permission.WRITE}
    terms = Terms("ci", "ada", github.number("ada"), Scope.DEPLOY, None, datetime.now(UTC) + timedelta(days=1))
    token, _ = town.store.api_tokens.make(terms, datetime.now(UTC))
    assert rights.given(token, [repository]) == {repository.id: Permission.WRITE}
    github.rights["ada"] = {}
    passed, asked = BELIEVED - 1, len(github.asked)
    assert rights.of(token, repository) is Permission.WRITE
    assert len(github.asked) == asked
    assert rights.now(token, repository) is Permission.NONE, "what is done is asked for anew"
    passed = BELIEVED
    assert rights.of(token, repository) is Permission.NONE


def test_it_may_no_more_than_it_was_made_for(town: House) -> None:
    deployment = a_deployment(town.store, a_service(town.store))
    secret = make(town, "ada", Permission.ADMIN, scope="read")
    path, program = f"/api/v1/deployments/{deployment.id}", town.client()
    assert program.get(path, headers=bearer(secret)).status_code == 200
    refused = program.post(f"{path}/cancel", headers=bearer(secret))
    assert refused.status_code == 403
    assert "The token `ci` was made for `read`: to cancel takes one for `deploy`." in refused.get_json()["detail"]
    assert town.store.deployments.get(deployment.id) == deployment


def test_lists_have_what_it_is_for(town: House, github: FakeGitHub) -> None:
    deployment = a_deployment(town.store, a_service(town.store), status=Status.SKIPPED)
    docs = RepositorySeen(100, REPOSITORY.installation_id, "acme", "docs", "main", private=True)
    town.store.repositories.see(docs, datetime.now(UTC))
    other = a_deployment(town.store, town.store.services.ensure(100, "site", {"name": "site"}), 2, Status.SKIPPED)
    ada = town.signed_in("ada", {SHOP: Permission.WRITE, "acme/docs": Permission.READ})
    everything, some = (
        ada.post("/api/v1/tokens", json={"name": "ci", **told}).get_json()["token"]
        for told in ({}, {"repositories": "acme/docs"})
    )

    def seen(secret: str) -> list[str]:
        found = town.client().get("/api/v1/deployments", headers=bearer(secret)).get_json()["deployments"]
        return [each["id"] for each in found]

    assert seen(everything) == [other.id, deployment.id]
    assert seen(some) == [other.id]
    assert town.client().get(f"/api/v1/deployments/{deployment.id}", headers=bearer(some)).status_code == 404


def test_a_login_that_passed_to_somebody_else_takes_nothing_with_it(town: House, github: FakeGitHub) -> None:
    deployment = a_deployment(town.store, a_service(town.store))
    secret = make(town, "ada", Permission.READ, scope="admin")
    github.rights["ada"], github.numbers["ada"] = {SHOP: Permission.ADMIN}, 9999
    assert town.client().get(f"/api/v1/deployments/{deployment.id}", headers=bearer(secret)).status_code == 404


@pytest.mark.parametrize("taken", [False, True], ids=["nobody has the old login", "somebody has it"])
def test_who_is_called_otherwise_by_now_has_the_same_tokens(town: House, github: FakeGitHub, *, taken: bool) -> None:
    first, second = (a_deployment(town.store, a_service(town.store), number) for number in (1, 2))
    secret, program = make(town, "ada", Permission.WRITE, scope="deploy"), town.client()
    github.numbers["lovelace"], github.rights["lovelace"] = github.numbers.pop("ada"), github.rights.pop("ada")
    if taken:
        github.rights["ada"], github.numbers["ada"] = {SHOP: Permission.NONE}, 9999
    assert program.post(f"/api/v1/deployments/{first.id}/cancel", headers=bearer(secret)).status_code == 202
    kept = town.store.deployments.get(first.id)
    assert kept is not None
    assert "lovelace" in kept.reason, "the worker asks GitHub by that name, too"
    (token,) = town.store.api_tokens.all()
    assert token.terms.maker == "lovelace"
    github.asked.clear()
    assert program.post(f"/api/v1/deployments/{second.id}/cancel", headers=bearer(secret)).status_code == 202
    assert {path.rpartition("/collaborators")[2] for path in github.asked} == {"/lovelace/permission"}


def test_a_token_makes_and_lists_none_but_ends_itself(town: House) -> None:
    a_service(town.store)
    secret = make(town, "ada", Permission.ADMIN, scope="admin")
    other = make(town, "ada", Permission.ADMIN)
    program = town.client()
    for method, path in (("POST", "/api/v1/tokens"), ("GET", "/api/v1/tokens"), ("GET", "/tokens")):
        answer = program.open(path, method=method, headers=bearer(secret))
        assert (answer.status_code, answer.content_type) == (403, "application/problem+json")
        assert "sign in" in answer.text
    own, others = (
        program.get("/api/v1/me", headers=bearer(each)).get_json()["token"]["id"] for each in (secret, other)
    )
    assert program.delete(f"/api/v1/tokens/{others}", headers=bearer(secret)).status_code == 403
    assert program.delete(f"/api/v1/tokens/{own}", headers=bearer(secret)).status_code == 204
    assert program.get("/api/v1/me", headers=bearer(secret)).status_code == 401


def test_the_operators_needs_no_github(town: House, github: FakeGitHub) -> None:
    deployment = a_deployment(town.store, a_service(town.store))
    until = datetime.now(UTC) + timedelta(days=1)
    terms = Terms("cron", OPERATOR, None, Scope.DEPLOY, frozenset({deployment.repository_id}), until)
    _, secret = town.store.api_tokens.make(terms, datetime.now(UTC))
    github.down = True
    program = town.client()
    assert program.post(f"/api/v1/deployments/{deployment.id}/cancel", headers=bearer(secret)).status_code == 202
    hook = program.get(f"/api/v1/services/{deployment.service_id}/deploy-hook", headers=bearer(secret))
    assert hook.status_code == 403
    assert len(program.get("/api/v1/deployments", headers=bearer(secret)).get_json()["deployments"]) == 1


def test_nobody_revokes_anothers(town: House) -> None:
    a_service(town.store)
    secret = make(town, "ada", Permission.WRITE)
    (made,) = town.store.api_tokens.all()
    eve = town.signed_in("eve", {SHOP: Permission.ADMIN})
    assert eve.delete(f"/api/v1/tokens/{made.id}").status_code == 404
    assert eve.post(f"/tokens/{made.id}/revoke").status_code == 404
    assert eve.get("/api/v1/tokens").get_json() == {"tokens": []}
    assert town.client().get("/api/v1/me", headers=bearer(secret)).status_code == 200


def test_without_github_it_is_said_and_nothing_is_guessed(town: House, github: FakeGitHub) -> None:
    deployment = a_deployment(town.store, a_service(town.store))
    secret = make(town, "ada", Permission.ADMIN, scope="admin")
    github.down = True
    answer = town.client().post(f"/api/v1/deployments/{deployment.id}/cancel", headers=bearer(secret))
    assert (answer.status_code, answer.content_type) == (502, "application/problem+json")
    assert town.store.deployments.get(deployment.id) == deployment


@pytest.mark.parametrize("told", ["Bearer", "Bearer ", "Bearer tg_none", "Basic YTpi", "tg_none", "Bearer é"])
def test_what_is_no_token_opens_nothing_whoever_is_signed_in(town: House, told: str) -> None:
    client = town.signed_in("ada", {})
    answer = client.get("/api/v1/me", headers={"Authorization": told})
    assert (answer.status_code, answer.content_type) == (401, "application/problem+json")
    assert client.get("/api/v1/me").status_code == 200, "and signs nobody out"


def test_on_the_page_without_javascript(town: House) -> None:
    a_service(town.store)
    client = town.signed_in("ada", {SHOP: Permission.WRITE})
    assert "You have none" in client.get("/tokens", headers=PAGE).text
    form = {"name": "<b>ci</b>", "scope": "deploy", "repositories": "", "days": "30"}
    made = client.post("/tokens", data=form, headers=PAGE)
    assert made.status_code == 201
    assert made.headers["Cache-Control"] == "no-store"
    (secret,) = set(re.findall(r"tg_[\w-]{43}", made.text))
    assert "&lt;b&gt;ci&lt;/b&gt;" in made.text
    listed = client.get("/tokens", headers=PAGE)
    assert secret not in listed.text
    assert "all your repositories" in listed.text
    assert "never used" in listed.text
    assert town.client().get("/api/v1/me", headers=bearer(secret)).status_code == 200
    assert "used <time" in client.get("/tokens", headers=PAGE).text
    (action,) = re.findall(r'href="(/tokens/\d+/revoke)"', listed.text)
    assert "Revoke &lt;b&gt;ci&lt;/b&gt;?" in client.get(action, headers=PAGE).text
    assert town.signed_in("eve", {}).get(action).status_code == 404
    assert client.post(action, headers={"Origin": "https://evil.test"}).status_code == 403
    assert client.post(action).location == "/tokens"
    empty = client.get("/tokens", headers=PAGE).text
    assert "The token was revoked" in empty
    assert "You have none" in empty
    assert town.client().get("/api/v1/me", headers=bearer(secret)).status_code == 401


def test_another_site_can_have_none_made(town: House) -> None:
    client = town.signed_in("ada", {})
    for path in ("/tokens", "/api/v1/tokens"):
        assert client.post(path, data={"name": "x"}, headers={"Origin": "https://evil.test"}).status_code == 403
    assert town.store.api_tokens.all() == []


def test_nobody_has_a_thousand(town: House) -> None:
    terms = Terms("ci", "ada", town.number("ada"), Scope.READ, None, datetime.now(UTC) + timedelta(days=1))
    for _ in range(100):
        town.store.api_tokens.make(terms, datetime.now(UTC))
    client = town.signed_in("ada", {})
    assert client.post("/api/v1/tokens", json={"name": "one more"}).status_code == 409
    assert len(town.store.api_tokens.all()) == 100
