"""Who asked for what, by which way: on the log with what was done, and shown to admins."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.tidegate.store.given import NOON, REPOSITORY, a_deployment, a_service
from tests.webapp.house import House, as_app, bearer
from tidegate.apitoken import Scope, Terms
from tidegate.audit import About, Asked, Via
from tidegate.permission import OPERATOR, Permission
from tidegate.repository import PRODUCTION
from webapp.parts import KEY

ADMIN = {"acme/shop": Permission.ADMIN}
OWN = f"/api/v1/repositories/{REPOSITORY.repository_id}/audit"


@pytest.fixture
def town(open_house: House) -> House:
    """The App has its own token at GitHub; no worker answers."""
    as_app(open_house)
    open_house.app.extensions[KEY].workers.patience = 0.0
    return open_house


Row = tuple[str, str, dict[str, Any], str, str, str | None, str | None]

ASKED: list[Row] = [
    ("POST", "{deployment}/cancel", {}, "cancel", "", "web", PRODUCTION),
    ("DELETE", "{deployment}", {}, "remove", "", "web", PRODUCTION),
    ("POST", "{service}/deploy-hook", {}, "hook", "the deploy hook was made", "web", None),
    ("PUT", "{service}/instances", {"count": 3}, "scale", "to 3", "web", PRODUCTION),
    ("PUT", "{service}/auto-deploy", {"on": False}, "auto-deploy", "off", "web", PRODUCTION),
    ("PUT", "{service}/variables", {"name": "KEY", "value": "s3cret"}, "variables", "KEY was set", "web", PRODUCTION),
    ("DELETE", "{service}/variables", {"name": "KEY"}, "variables", "KEY was removed", "web", PRODUCTION),
    ("POST", "{service}/restart", {"force": True}, "restart", "past a freeze", "web", PRODUCTION),
    ("POST", "{service}/rollback", {"environment": "pr-7"}, "rollback", "", "web", "pr-7"),
    ("PUT", "{repository}/freeze", {"reason": "release"}, "freeze", "frozen: release", None, None),
    ("DELETE", "{repository}/freeze", {"environment": "pr-7"}, "freeze", "no longer frozen", None, "pr-7"),
]


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: f"{asked[0]} {asked[1]}")
def test_what_is_asked_for_is_on_the_log(
    town: House, asked: tuple[str, str, dict[str, Any], str, str, Any, Any]
) -> None:
    method, path, body, action, detail, service, environment = asked
    deployment = a_deployment(town.store, a_service(town.store))
    paths = {
        "deployment": f"/api/v1/deployments/{deployment.id}",
        "service": f"/api/v1/services/{deployment.service_id}",
        "repository": f"/api/v1/repositories/{deployment.repository_id}",
    }
    client = town.signed_in("ada", ADMIN)
    answer = client.open(path.format(**paths), method=method, json=body)
    assert answer.status_code < 300, answer.text
    (entry,) = client.get(OWN).get_json()["entries"]
    assert (entry["actor"], entry["via"], entry["token"]) == ("ada", "api", None)
    assert (entry["action"], entry["detail"]) == (action, detail)
    assert (entry["service"], entry["environment"]) == (service, environment)
    assert entry["deployment_id"] == (deployment.id if "deployment" in path.split("/")[0] else None)
    assert "s3cret" not in str(entry)


def test_by_which_way_and_by_which_token(town: House) -> None:
    deployment = a_deployment(town.store, a_service(town.store))
    client = town.signed_in("ada", ADMIN)
    made = client.post("/api/v1/tokens", json={"name": "ci", "scope": "admin"}).get_json()
    hook = f"services/{deployment.service_id}/deploy-hook"
    client.post(f"/{hook}")
    town.client().post(f"/api/v1/{hook}", headers=bearer(made["token"]))
    told = client.get(OWN).get_json()["entries"]
    assert [(each["via"], each["token"]) for each in told] == [("token", f"ci ({made['id']})"), ("page", None)]


def test_what_is_refused_or_too_late_is_not_on_it(town: House) -> None:
    deployment = a_deployment(town.store, a_service(town.store))
    path = f"/api/v1/deployments/{deployment.id}/cancel"
    assert town.signed_in("eve", {"acme/shop": Permission.READ}).post(path).status_code == 403
    ada = town.signed_in("ada", ADMIN)
    assert [ada.post(path).status_code for _ in range(2)] == [202, 409]
    assert len(ada.get(OWN).get_json()["entries"]) == 1


def test_page_by_page_by_those_who_may(town: House) -> None:
    a_service(town.store)
    for number in range(5):
        about = About(REPOSITORY.repository_id, "web")
        town.store.audit.add(Asked(NOON, "ada", Via.COMMENT, "deploy", str(number), about))
    town.store.audit.add(Asked(NOON, "eve", Via.PAGE, "deploy", "elsewhere", About(99)))
    ada, bob = town.signed_in("ada", ADMIN), town.signed_in("bob", {"acme/shop": Permission.MAINTAIN})
    for path in (OWN, "/api/v1/audit"):
        first = ada.get(path, query_string={"limit": 3}).get_json()
        second = ada.get(path, query_string={"limit": 3, "before": first["next"]}).get_json()
        assert [each["detail"] for each in first["entries"] + second["entries"]] == ["4", "3", "2", "1", "0"]
        assert second["next"] is None
    assert bob.get(OWN).status_code == 403
    assert bob.get("/api/v1/audit").get_json() == {"entries": [], "next": None}
    assert ada.get("/api/v1/audit?limit=0").status_code == 400


def test_the_operators_token_sees_what_is_of_no_repository(town: House) -> None:
    town.signed_in("ada", ADMIN)
    until = datetime.now(UTC) + timedelta(days=1)
    whole, reading = (
        town.store.api_tokens.make(Terms("ops", OPERATOR, None, scope, None, until), NOON)[1]
        for scope in (Scope.ADMIN, Scope.READ)
    )
    (entry,) = town.client().get("/api/v1/audit", headers=bearer(whole)).get_json()["entries"]
    assert (entry["actor"], entry["action"], entry["via"]) == ("ada", "sign-in", "page")
    assert town.client().get("/api/v1/audit", headers=bearer(reading)).get_json()["entries"] == []


def test_some_of_it_is_found_by_who_asked_and_for_what(town: House) -> None:
    a_service(town.store)
    for actor, action in (("ada", "deploy"), ("eve", "deploy"), ("eve", "freeze")):
        about = About(REPOSITORY.repository_id, "web")
        town.store.audit.add(Asked(NOON, actor, Via.COMMENT, action, f"{actor} {action}", about))
    ada = town.signed_in("ada", ADMIN)
    for query, found in (
        ({"actor": "EVE"}, ["eve freeze", "eve deploy"]),
        ({"action": "deploy"}, ["eve deploy", "ada deploy"]),
        ({"actor": "ada", "action": "freeze"}, []),
    ):
        for path in (OWN, "/api/v1/audit"):
            told = ada.get(path, query_string=query).get_json()["entries"]
            assert [each["detail"] for each in told] == found
    assert ada.get(OWN, query_string={"actor": ""}).status_code == 400
