"""Each endpoint by each kind of token: what its maker may do now, and its scope, as docs/permissions.md has both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from tests.tidegate.store.given import NOON, REPOSITORY, a_deployment, a_service
from tests.tidegate.test_permission import table
from tests.webapp.house import House, bearer
from tests.webapp.test_permissions import ENDPOINTS, OPEN, Endpoint, allowed
from tidegate.apitoken import Scope, Terms
from tidegate.deployment import Status
from tidegate.permission import OPERATOR, Action, Permission
from webapp.api.declared import DECLARED
from webapp.api.openapi import PREFIX

#: By scope, the actions that the document says it is enough for, but for those of the scopes before it.
DOCUMENTED = {
    row[0].strip("`"): set(Action) if row[1] == "all of them" else {Action(word) for word in row[1].split(", ")}
    for row in table("| Scope |")[1:]
}
#: Who made a token for all that there is.
MAKERS = ("read", "triage", "write", "maintain")


@dataclass(frozen=True)
class Kind:
    """A token of somebody who has `makers` in the repository (None: of the operator). `opens`: it is good for anything;
    `here`: for this repository."""

    name: str
    makers: str | None
    scope: Scope
    opens: bool = True
    here: bool = True

    def may(self, action: Action) -> bool:
        scopes = list(DOCUMENTED)
        enough = set().union(*(DOCUMENTED[each] for each in scopes[: scopes.index(self.scope) + 1]))
        return (self.makers is None or allowed(action, self.makers)) and action in enough

    def __str__(self) -> str:
        return self.name


KINDS = [
    *(Kind(f"{scope} of an admin", "admin", scope) for scope in Scope),
    *(
        Kind(f"admin of one who has {makers}", makers, Scope.ADMIN)
        for makers in ("read", "triage", "write", "maintain")
    ),
    *(Kind(f"{scope} of the operator", None, scope) for scope in (Scope.READ, Scope.ADMIN)),
    Kind("deploy of a reader", "read", Scope.DEPLOY),
    Kind("admin of a stranger", "stranger", Scope.ADMIN, here=False),
    Kind("admin for another repository", "admin", Scope.ADMIN, here=False),
    Kind("expired", "admin", Scope.ADMIN, opens=False),
    Kind("revoked", "admin", Scope.ADMIN, opens=False),
]
ANY, NONE, OPERATORS = {each.name for each in KINDS if each.opens}, set[str](), {"admin of the operator"}
#: Of what is about no repository: the tokens that it takes.
OWN = {
    ("GET", "/api/v1/deployments"): ANY,
    ("GET", "/api/v1/services"): ANY,
    ("GET", "/api/v1/repositories"): ANY,
    ("GET", "/api/v1/usage"): ANY,
    ("GET", "/api/v1/hosts"): ANY,
    ("PUT", "/api/v1/hosts/<name>"): OPERATORS,
    ("GET", "/api/v1/audit"): ANY,
    ("GET", "/api/v1/me"): ANY,
    ("GET", "/api/v1/tokens"): NONE,
    ("POST", "/api/v1/tokens"): NONE,
    ("DELETE", "/api/v1/tokens/<int:token_id>"): NONE,
    ("GET", "/api/v1/sessions"): NONE,
    ("DELETE", "/api/v1/sessions"): NONE,
}


@dataclass
class Town:
    house: House
    program: FlaskClient
    secrets: dict[str, str]


@pytest.fixture(scope="module")
def town(lasting_house: House) -> Town:
    assert lasting_house.github is not None
    for makers in (*MAKERS, "admin"):
        lasting_house.github.rights[makers] = {"acme/shop": Permission[makers.upper()]}
    return Town(lasting_house, lasting_house.client(), {each.name: a_token(lasting_house, each) for each in KINDS})


def a_token(house: House, kind: Kind) -> str:
    elsewhere = frozenset({REPOSITORY.repository_id + 1}) if "another" in kind.name else None
    maker, number = (kind.makers, house.number(kind.makers)) if kind.makers else (OPERATOR, None)
    now = datetime.now(UTC)
    until = now + timedelta(days=-1 if kind.name == "expired" else 1)
    made, secret = house.store.api_tokens.make(Terms("ci", maker, number, kind.scope, elsewhere, until), now)
    if kind.name == "revoked":
        house.store.api_tokens.revoke(made.id)
    return secret


def expected(kind: Kind, endpoint: Endpoint) -> int:
    if not kind.opens:
        return 401
    if not kind.here:
        return 404
    return endpoint.ok if kind.may(endpoint.action) else 403


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_each_endpoint_by_a_token(town: Town, kind: Kind) -> None:
    store, found = town.house.store, {}
    for endpoint in ENDPOINTS:
        service = a_service(store)
        store.hooks.put(service.id, "a key", "grace", NOON)
        ended = endpoint.rule.endswith("/stream")
        deployment = a_deployment(store, service, 1, Status.SKIPPED if ended else Status.WAITING)
        answer = town.program.open(**endpoint.request(deployment), headers=bearer(town.secrets[kind.name]))
        found[str(endpoint)] = answer.status_code
        answer.close()
        if answer.status_code in {401, 403, 404} and endpoint.ok not in {401, 403, 404}:
            assert store.deployments.get(deployment.id) == deployment, f"{endpoint}: nothing was done"
            assert store.hooks.key(service.id) == "a key"
    assert found == {str(each): expected(kind, each) for each in ENDPOINTS}


@pytest.mark.parametrize("kind", [None, *KINDS], ids=lambda kind: str(kind or "nobody"))
def test_what_is_of_no_repository(town: Town, kind: Kind | None) -> None:
    """A list has what one may see; what is one's own takes a sign-in."""
    headers = bearer(town.secrets[kind.name]) if kind else {}
    opens = kind is not None and kind.opens
    found = {}
    for method, rule in OWN:
        body = {"POST": {"name": "x"}, "PUT": {"admission": "open"}}.get(method)
        path = rule.replace("<int:token_id>", "0").replace("<name>", "local")
        answer = town.program.open(path, method=method, json=body, headers=headers)
        found[method, rule] = answer.status_code
    name = kind.name if kind else ""
    assert found == {each: (200 if name in taken else 403) if opens else 401 for each, taken in OWN.items()}


def test_nothing_of_the_api_is_left_out(town: Town) -> None:
    """What is new has a row here, or in the matrix of people, which is that of tokens too."""
    rules = {rule for _, rule in OWN}
    assert rules == {rule for rule in OPEN if rule.startswith(PREFIX)} - {f"{PREFIX}openapi.json"}


def test_the_description_tells_the_permission_that_is_asked_for(town: Town) -> None:
    expecting = {(each.method, each.rule): each.action for each in ENDPOINTS if each.rule.startswith(PREFIX)}
    told = {}
    for rule in town.house.app.url_map.iter_rules():
        declared = DECLARED.get(town.house.app.view_functions[rule.endpoint])
        if declared is not None and declared.action is not None:
            (method,) = (rule.methods or set()) - {"HEAD", "OPTIONS"}
            told[method, rule.rule] = declared.action
    assert told == expecting
