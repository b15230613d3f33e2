"""The API's own description is valid, tells of every endpoint, and holds for whatever is asked."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import HealthCheck, given, settings
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis import checks
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode

from tests.tidegate.store.given import NOON, a_deployment, a_service
from tests.webapp.house import House, bearer
from tidegate.apitoken import Scope, Terms
from tidegate.deployment import Status
from tidegate.permission import OPERATOR, Permission
from webapp.api.declared import DECLARED
from webapp.api.openapi import PREFIX, describe

#: Requests to each endpoint that are as described, and as many that are not.
EXAMPLES = 3
CHECKS = (
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
)


def test_it_is_valid(lasting_house: House) -> None:
    OpenAPIV31SpecValidator(describe(lasting_house.app)).validate()


def test_it_tells_of_every_endpoint(lasting_house: House) -> None:
    served = {
        rule.rule: lasting_house.app.view_functions[rule.endpoint] in DECLARED
        for rule in lasting_house.app.url_map.iter_rules()
        if rule.rule.startswith(PREFIX)
    }
    assert [rule for rule, told in served.items() if not told] == [f"{PREFIX}openapi.json"]
    described = describe(lasting_house.app)["paths"]
    assert sum(len(methods) for methods in described.values()) == len(DECLARED)
    names = [each["operationId"] for methods in described.values() for each in methods.values()]
    assert len(set(names)) == len(names)


def test_the_document_has_every_endpoint(lasting_house: House) -> None:
    """And no other; what their parts are called there doesn't matter."""
    document = (Path(__file__).parents[2] / "docs" / "http.md").read_text()
    told = {
        (method, plain(path))
        for method, path in re.findall(r"^\| `([A-Z]+) (/api/v1/[^`]*)` \|", document, re.MULTILINE)
    }
    described = describe(lasting_house.app)["paths"]
    assert told == {(method.upper(), plain(path)) for path, methods in described.items() for method in methods}


def plain(path: str) -> str:
    return re.sub(r"<[^>]*>|{[^}]*}", "…", path)


def operations(app: Any) -> Iterator[Any]:
    schema = schemathesis.openapi.from_wsgi(f"{PREFIX}openapi.json", app)
    for found in schema.get_all_operations():
        assert isinstance(found, Ok), found
        yield found.ok()


def test_whatever_is_asked_is_answered_as_described(lasting_house: House) -> None:
    """By who may do everything: of what there is, and of what there isn't; what is allowed, and what is not."""
    there = what_there_is(lasting_house)
    by_token, by_cookie = bearer(an_operators(lasting_house)), {"Cookie": f"tidegate={a_cookie(lasting_house)}"}
    numbers = itertools.count()

    def holds(operation: Any, mode: GenerationMode, headers: dict[str, str]) -> None:
        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(operation.as_strategy(generation_mode=mode))
        def ask(case: Any) -> None:
            told = case.path_parameters or {}
            known = next(numbers) % 4 != 0
            case.path_parameters = {name: there[name] if known else value for name, value in told.items()}
            case.call_and_validate(headers=headers, checks=CHECKS)

        ask()

    for operation in operations(lasting_house.app):
        people_only = operation.definition.raw.get("security") == [{"session": []}]
        for mode in GenerationMode:
            holds(operation, mode, by_cookie if people_only else by_token)
    assert next(numbers) > 3 * len(DECLARED)


def what_there_is(house: House) -> dict[str, object]:
    """By the names of the paths' parts."""
    service = a_service(house.store)
    for number in range(3):
        a_deployment(house.store, service, number + 1, Status.WAITING)
    deployment = a_deployment(house.store, service, 9, Status.SKIPPED)
    return {
        "deployment_id": deployment.id,
        "service_id": service.id,
        "repository_id": service.repository_id,
        "run_id": 1,
        "token_id": 0,
        "sha": deployment.sha,
        "endpoint_id": an_address(house, service.repository_id),
        "message_id": "none",
        "number": 7,
        "name": "local",
    }


def an_address(house: House, repository_id: int) -> str:
    """That is told of what happens."""
    ada = house.signed_in("ada", {"acme/shop": Permission.ADMIN})
    told = {"channel": "webhook", "address": "https://example.com/hook"}
    made = ada.post(f"{PREFIX}repositories/{repository_id}/notifications", json=told)
    return str(made.get_json()["id"])


def an_operators(house: House) -> str:
    terms = Terms("all", OPERATOR, None, Scope.ADMIN, None, NOON.replace(year=9999))
    return house.store.api_tokens.make(terms, NOON)[1]


def a_cookie(house: House) -> str:
    found = house.signed_in("ada", {"acme/shop": Permission.ADMIN}).get_cookie("tidegate")
    assert found is not None
    return found.value
