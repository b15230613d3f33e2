"""`/api/v1/services/<id>/variables`: values that are kept by the server, encrypted, and not by the deploy file.

They are in the store before anybody hears of them; a worker then deploys what is live with them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http import HTTPStatus

from flask import Blueprint, Response, jsonify, request
from pydantic_core import PydanticCustomError

from tidegate.audit import About
from tidegate.blueprint import rules
from tidegate.permission import Action
from tidegate.repository import PRODUCTION, Repository, Service, TimelineEntry
from tidegate.request import VARIABLE
from tidegate.store.variables import Kind
from webapp.asking import from_our_pages, recorded
from webapp.parameters import parameters, text
from webapp.parts import parts
from webapp.problem import Problem
from webapp.viewer import viewer
from webapp.workers import response

blueprint = Blueprint("api_variables", __name__, url_prefix="/api/v1/services")

_LONGEST_NAME = 200
#: Characters: more than a certificate's chain has.
_LONGEST_VALUE = 12_000


@blueprint.get("/<int:service_id>/variables")
def index(service_id: int) -> Response:
    """Query: `environment`. {variables: [{name, kind, value}]}; of a secret or generated one `value` is null."""
    service, environment, _ = _theirs(service_id, parameters(("environment",)))
    found = parts().store.variables.of(service.id, environment)
    return jsonify(
        variables=[
            {"name": name, "kind": kind, "value": value if kind == "plain" else None}
            for name, (kind, value) in found.items()
        ]
    )


@blueprint.put("/<int:service_id>/variables")
def put(service_id: int) -> tuple[Response, HTTPStatus]:
    """{name, value, secret?, environment?} → {detail, deployments}; 202 where no worker has answered yet."""
    from_our_pages()
    if "value" in request.args:
        raise Problem(HTTPStatus.BAD_REQUEST, "Send the value in the body: addresses are written to logs.")
    told = parameters(("name", "value", "secret", "environment"))
    service, environment, repository = _theirs(service_id, told)
    name, value = _name(told), _value(told)
    kind: Kind = "plain" if told.get("secret") in {False, "false"} else "secret"
    with _told(repository, service, environment, f"{name} was set"):
        parts().store.variables.set(service.id, environment, name, value, kind, datetime.now(UTC))
    return _ask(repository, service, environment, name)


@blueprint.delete("/<int:service_id>/variables")
def remove(service_id: int) -> tuple[Response, HTTPStatus]:
    """`name`, `environment` → {detail, deployments}; fine where it isn't set."""
    from_our_pages()
    told = parameters(("name", "environment"))
    service, environment, repository = _theirs(service_id, told)
    name = _name(told)
    with _told(repository, service, environment, f"{name} was removed"):
        parts().store.variables.delete(service.id, environment, name)
    return _ask(repository, service, environment, name)


def _theirs(service_id: int, told: dict[str, str | bool]) -> tuple[Service, str, Repository]:
    """Raises Problem."""
    service, repository = viewer().service(service_id)
    viewer().demand(Action.VARIABLES, repository)
    environment = text(told, "environment", _LONGEST_NAME, "`production`, or `pr-7`") or PRODUCTION
    there = parts().store.environments.of_repository(repository.id, environment)
    if service.id not in {each.service_id for each in there}:
        raise Problem(HTTPStatus.NOT_FOUND, f"{service.name} has no environment `{environment}`.")
    return service, environment, repository


def _name(told: dict[str, str | bool]) -> str:
    name = text(told, "name", _LONGEST_NAME, "a variable's name")
    if name is None:
        raise Problem(HTTPStatus.BAD_REQUEST, "Say which variable: `name`.")
    try:
        return rules.variable_name(name)
    except PydanticCustomError as mistake:
        raise Problem(HTTPStatus.BAD_REQUEST, mistake.message()) from None


def _value(told: dict[str, str | bool]) -> str:
    value = told.get("value")
    if not isinstance(value, str) or "\0" in value or len(value) > _LONGEST_VALUE:
        hint = f"`value` is text without NUL characters, of at most {_LONGEST_VALUE} characters; it may be empty."
        raise Problem(HTTPStatus.BAD_REQUEST, hint)
    return value


@contextmanager
def _told(repository: Repository, service: Service, environment: str, done: str) -> Iterator[None]:
    """With what is done meanwhile the timeline and the audit log tell of it."""
    with recorded(viewer(), Action.VARIABLES, About(repository.id, service.name, environment), done):
        yield
        text, now = f"the variable {done}", datetime.now(UTC)
        entry = TimelineEntry(now, "config-changed", text, viewer().login, repository.id, service.name, environment)
        parts().store.timeline.add(entry)


def _ask(repository: Repository, service: Service, environment: str, name: str) -> tuple[Response, HTTPStatus]:
    about = {"repository_id": repository.id, "service_id": service.id, "environment": environment}
    return response(parts().workers.ask(VARIABLE, {**about, "names": [name], "actor": viewer().login}), {})
