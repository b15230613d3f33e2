"""Each endpoint by each kind of person: allowed or refused as docs/permissions.md says."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.tidegate.store.given import NOON, REPOSITORY, a_deployment, a_service
from tests.tidegate.test_permission import COLUMNS, HEAD, ROWS
from tests.webapp.house import House
from tests.webapp.page_endpoints import OPEN_PAGES, PAGES
from tidegate.deployment import Deployment, Status
from tidegate.permission import Action, Permission
from tidegate.repository import PRODUCTION


@dataclass(frozen=True)
class Endpoint:
    """`ok`: how it answers those who may, here where no worker does."""

    method: str
    rule: str
    action: Action
    ok: int = 200
    body: dict[str, str] | None = None

    def request(self, of: Deployment) -> dict[str, Any]:
        """As the test client opens it; `of`: the deployment whose service and repository it is about."""
        ids: dict[str, str | int] = {
            "<deployment_id>": of.id,
            "<int:service_id>": of.service_id,
            "<int:repository_id>": of.repository_id,
            "<int:run_id>": 1,
            "<endpoint_id>": "ep_none",
            "<message_id>": "msg_none",
            "<sha>": of.sha,
            "<int:number>": 7,
        }
        path = functools.reduce(lambda path, each: path.replace(each, str(ids[each])), ids, self.rule)
        return {"path": path, "method": self.method, "json": self.body}

    def __str__(self) -> str:
        return f"{self.method} {self.rule}"


_DEPLOYMENT, _API_DEPLOYMENT = "/deployments/<deployment_id>", "/api/v1/deployments/<deployment_id>"
_SERVICE, _API_SERVICE = "/services/<int:service_id>", "/api/v1/services/<int:service_id>"
_NOTIFICATIONS = "/api/v1/repositories/<int:repository_id>/notifications"
_ENDPOINT = f"{_NOTIFICATIONS}/<endpoint_id>"
_PREVIEW = "/api/v1/repositories/<int:repository_id>/previews/<int:number>"
_FREEZE = "/api/v1/repositories/<int:repository_id>/freeze"
ENDPOINTS = [
    Endpoint("GET", _DEPLOYMENT, Action.SEE),
    Endpoint("GET", f"{_DEPLOYMENT}/log", Action.SEE),
    Endpoint("GET", f"{_DEPLOYMENT}/log/stream", Action.SEE),
    Endpoint("POST", f"{_DEPLOYMENT}/cancel", Action.CANCEL, 303),
    Endpoint("GET", _SERVICE, Action.SEE),
    Endpoint("GET", f"{_SERVICE}/deploy-hook", Action.HOOK),
    Endpoint("POST", f"{_SERVICE}/deploy-hook", Action.HOOK, 303),
    Endpoint("GET", _API_DEPLOYMENT, Action.SEE),
    Endpoint("GET", f"{_API_DEPLOYMENT}/logs", Action.SEE),
    Endpoint("GET", f"{_API_DEPLOYMENT}/logs/stream", Action.SEE),
    Endpoint("POST", f"{_API_DEPLOYMENT}/cancel", Action.CANCEL, 202),
    Endpoint("GET", f"{_API_SERVICE}/deploy-hook", Action.HOOK),
    Endpoint("POST", f"{_API_SERVICE}/deploy-hook", Action.HOOK, 201),
    Endpoint("PUT", f"{_API_SERVICE}/instances", Action.SCALE, 200, {"count": "3"}),
    Endpoint("GET", f"{_API_SERVICE}/instances", Action.SEE),
    Endpoint("GET", f"{_API_SERVICE}/commits", Action.DEPLOY),
    Endpoint("GET", f"{_API_SERVICE}/usage", Action.SEE),
    Endpoint("GET", f"{_API_SERVICE}/runs", Action.SEE),
    # A web service has no runs: who may ask is told so, and tests/webapp/test_runs_api.py has one that has.
    Endpoint("POST", f"{_API_SERVICE}/runs", Action.RUN, 409),
    Endpoint("GET", f"{_API_SERVICE}/runs/<int:run_id>", Action.SEE, 404),
    Endpoint("GET", f"{_API_SERVICE}/runs/<int:run_id>/logs", Action.SEE, 404),
    Endpoint("GET", f"{_API_SERVICE}/variables", Action.VARIABLES),
    Endpoint("PUT", f"{_API_SERVICE}/variables", Action.VARIABLES, 202, {"name": "TOKEN", "value": "x"}),
    Endpoint("DELETE", f"{_API_SERVICE}/variables", Action.VARIABLES, 202, {"name": "TOKEN"}),
    Endpoint("GET", f"{_API_SERVICE}/deploys", Action.SEE),
    Endpoint("POST", f"{_API_SERVICE}/deploys", Action.DEPLOY, 202),
    Endpoint("POST", f"{_API_SERVICE}/redeploy", Action.REDEPLOY, 202),
    Endpoint("POST", f"{_API_SERVICE}/restart", Action.RESTART, 202),
    Endpoint("POST", f"{_API_SERVICE}/rollback", Action.ROLLBACK, 202),
    Endpoint("DELETE", _API_SERVICE, Action.REMOVE, 202, {"confirm": "web"}),
    Endpoint("DELETE", _API_DEPLOYMENT, Action.REMOVE, 202),
    Endpoint("POST", f"{_API_DEPLOYMENT}/approve", Action.APPROVE, 202),
    Endpoint("PUT", f"{_API_SERVICE}/auto-deploy", Action.AUTO_DEPLOY, 200, {"on": "true"}),
    Endpoint("GET", f"{_API_DEPLOYMENT}/diff", Action.SEE),
    Endpoint("GET", _API_SERVICE, Action.SEE),
    Endpoint("GET", f"{_API_SERVICE}/events", Action.SEE),
    Endpoint("GET", "/api/v1/repositories/<int:repository_id>/environments", Action.SEE),
    Endpoint("GET", "/api/v1/repositories/<int:repository_id>/previews", Action.SEE),
    Endpoint("PUT", _PREVIEW, Action.PREVIEW, 202),
    Endpoint("DELETE", _PREVIEW, Action.PREVIEW, 202),
    Endpoint("GET", "/api/v1/repositories/<int:repository_id>/audit", Action.AUDIT),
    Endpoint("GET", "/api/v1/repositories/<int:repository_id>/commits/<sha>/why", Action.SEE),
    Endpoint("GET", _FREEZE, Action.SEE),
    Endpoint("PUT", _FREEZE, Action.FREEZE, 202, {"reason": "release week"}),
    Endpoint("DELETE", _FREEZE, Action.FREEZE, 202),
    Endpoint("GET", _NOTIFICATIONS, Action.NOTIFICATIONS),
    Endpoint("POST", _NOTIFICATIONS, Action.NOTIFICATIONS, 400),
    # There is no such address: tests/webapp/test_notifications_api.py has one that there is.
    Endpoint("PUT", _ENDPOINT, Action.NOTIFICATIONS, 404),
    Endpoint("DELETE", _ENDPOINT, Action.NOTIFICATIONS),
    Endpoint("POST", f"{_ENDPOINT}/secret", Action.NOTIFICATIONS, 404),
    Endpoint("POST", f"{_ENDPOINT}/test", Action.NOTIFICATIONS, 404),
    Endpoint("GET", f"{_ENDPOINT}/deliveries", Action.NOTIFICATIONS, 404),
    Endpoint("POST", f"{_ENDPOINT}/deliveries/<message_id>", Action.NOTIFICATIONS, 404),
    Endpoint("GET", f"{_API_SERVICE}/notifications", Action.NOTIFICATIONS),
    Endpoint("PUT", f"{_API_SERVICE}/notifications", Action.NOTIFICATIONS, 200, {"wants": "failures"}),
    *(Endpoint(*each) for each in PAGES),
]
#: What needs no permission in one repository: lists of what one may see, signing in, machines, and the hook's own key.
OPEN = {
    *OPEN_PAGES,
    *("/", "/api/v1/deployments", "/login", "/login/github", "/login/callback", "/logout", "/static/<path:filename>"),
    *("/api/v1/services", "/api/v1/repositories", "/api/v1/usage"),
    # Of no repository, or of all at once: tests/webapp/test_hosts.py.
    *("/api/v1/hosts", "/api/v1/hosts/<name>", "/hosts/<name>/admission"),
    # One's own tokens, for whoever is signed in: tests/webapp/test_tokens.py.
    *("/tokens", "/tokens/<int:token_id>/revoke", "/api/v1/me", "/api/v1/tokens", "/api/v1/tokens/<int:token_id>"),
    # Asks for a secret of its own: tests/webapp/test_setup.py.
    *("/setup", "/setup/made"),
    *("/sessions", "/logout/everywhere", "/api/v1/sessions", "/api/v1/audit"),
    *("/api/v1/openapi.json", "/healthz", "/readyz", "/metrics", "/schema/tidegate.json", "/hooks/deploy/<key>"),
}
PEOPLE = ["nobody", "stranger", *[name for name in COLUMNS if name not in {"anonymous", "other App"}]]


@dataclass
class Town:
    house: House
    clients: dict[str, FlaskClient]


@pytest.fixture(scope="module")
def town(lasting_house: House) -> Town:
    """Everybody has signed in, but for nobody; a stranger has no permission in acme/shop."""
    clients = {"nobody": lasting_house.client(), "stranger": lasting_house.signed_in("stranger", {})}
    for who in PEOPLE[2:]:
        clients[who] = lasting_house.signed_in(who.replace(" ", "-"), {"acme/shop": COLUMNS[who]})
    return Town(lasting_house, clients)


def allowed(action: Action, who: str) -> bool:
    """As the document says."""
    column = HEAD.index({"nobody": "anonymous", "stranger": "anonymous"}.get(who, who))
    return next(row for row in ROWS if row[0] == action)[column] == "yes"


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=str)
def test_everybody_gets_what_the_document_says(town: Town, endpoint: Endpoint, who: str) -> None:
    store = town.house.store
    service = a_service(store)
    place = store.environments.ensure(service.id, PRODUCTION)
    store.hooks.put(service.id, "a key", "grace", NOON)
    # Nobody watches what has ended; and a canceled one can be canceled by nobody else.
    ended = endpoint.rule.endswith("/stream")
    deployment = a_deployment(store, service, 1, Status.SKIPPED if ended else Status.WAITING)
    answer = town.clients[who].open(**endpoint.request(deployment))
    if allowed(endpoint.action, who):
        assert answer.status_code == endpoint.ok, answer.text
        return
    hidden = {"nobody": 401, "stranger": 404}.get(who, 403)
    assert (answer.status_code, answer.content_type) == (hidden, "application/problem+json")
    assert deployment.id not in answer.text
    kept = store.deployments.get(deployment.id)
    assert kept == deployment, "nothing was done"
    assert store.hooks.key(service.id) == "a key"
    assert store.environments.get(service.id, PRODUCTION) == place
    assert store.freezes.of_repository(REPOSITORY.repository_id) == []


def test_every_endpoint_is_in_the_matrix_or_open(town: Town) -> None:
    served = {
        (method, rule.rule)
        for rule in town.house.app.url_map.iter_rules()
        if rule.rule not in OPEN
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert served == {(each.method, each.rule) for each in ENDPOINTS}


@pytest.mark.parametrize("endpoint", [each for each in ENDPOINTS if each.method != "GET"], ids=str)
def test_another_site_cannot_have_it_done(town: Town, endpoint: Endpoint) -> None:
    service = a_service(town.house.store)
    deployment = a_deployment(town.house.store, service, 1, Status.WAITING)
    for headers in ({"Origin": "http://web.apps.tidegate.test"}, {"Sec-Fetch-Site": "same-site"}):
        answer = town.clients["admin"].open(**endpoint.request(deployment), headers=headers)
        assert answer.status_code == 403
        assert "asked for from another site" in answer.text
    assert town.house.store.deployments.get(deployment.id) == deployment


@pytest.mark.parametrize("endpoint", [each for each in ENDPOINTS if each.action is not Action.SEE], ids=str)
def test_what_was_taken_from_somebody_a_moment_ago_is_gone(town: Town, endpoint: Endpoint) -> None:
    """What is shown may be a minute old; what is done is asked for anew."""
    assert town.house.github is not None
    client = town.house.signed_in("leaving", {"acme/shop": Permission.ADMIN})
    service = a_service(town.house.store)
    deployment = a_deployment(town.house.store, service, 1, Status.WAITING)
    assert client.get(f"/deployments/{deployment.id}").status_code == 200
    town.house.github.rights["leaving"] = {"acme/shop": Permission.READ}
    assert client.open(**endpoint.request(deployment)).status_code == 403
