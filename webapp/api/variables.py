"""`/api/v1/services/<id>/variables`: values that are kept by the server, encrypted, and not by the deploy file.

They are in the store before anybody hears of them; a worker then deploys what is live with them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http import HTTPStatus
from typing import get_args

from flask import Blueprint, Response, jsonify, request
from pydantic_core import PydanticCustomError

from tidegate.audit import About
from tidegate.permission import Action
from tidegate.repository import PRODUCTION, Repository, Service, TimelineEntry
from tidegate.request import VARIABLE
from tidegate.store.variables import Kind
from webapp.api.common import ENVIRONMENT, LATER
from webapp.api.declared import Endpoint, Flag, Line, Told, Verbatim, endpoint, told
from webapp.api.shapes import MAYBE_TEXT, TEXT, Schema, many, one_of, record
from webapp.asking import from_our_pages, recorded
from webapp.parts import parts
from webapp.problem import Problem
from webapp.viewer import viewer
from webapp.workers import response

blueprint = Blueprint("api_variables", __name__, url_prefix="/api/v1/services")

_NAME = Line("name", "a variable's name", 200, required=True)
#: More characters than a certificate's chain has.
_VALUE = Verbatim("value", "its value", 12_000)
_SECRET = Flag("secret", "shown to nobody", usual=True)
_LIST, _PUT, _REMOVE = (ENVIRONMENT,), (_NAME, _VALUE, _SECRET, ENVIRONMENT), (_NAME, ENVIRONMENT)
_VARIABLE = record(name=TEXT, kind=one_of(get_args(Kind)), value=MAYBE_TEXT)
_CHANGED: dict[int, Schema | None] = {200: record(detail=TEXT, deployments=many(TEXT)), 202: LATER}
_PATH = "/<int:service_id>/variables"


@endpoint(
    blueprint,
    "GET",
    _PATH,
    Endpoint("Its variables", {200: record(variables=many(_VARIABLE))}, _LIST, Action.VARIABLES),
)
def index(service_id: int) -> Response:
    """Of a secret or generated one `value` is null."""
    service, environment, _ = _theirs(service_id, told(_LIST))
    found = parts().store.variables.of(service.id, environment)
    return jsonify(
        variables=[
            {"name": name, "kind": kind, "value": value if kind == "plain" else None}
            for name, (kind, value) in found.items()
        ]
    )


@endpoint(
    blueprint, "PUT", _PATH, Endpoint("Sets one, and deploys what is live with it", _CHANGED, _PUT, Action.VARIABLES)
)
def put(service_id: int) -> tuple[Response, HTTPStatus]:
    from_our_pages()
    if "value" in request.args:
        raise Problem(HTTPStatus.BAD_REQUEST, "Send the value in the body: addresses are written to logs.")
    asked = told(_PUT)
    service, environment, repository = _theirs(service_id, asked)
    name, value = _name(asked), _VALUE.must(asked)
    kind: Kind = "secret" if _SECRET.of(asked) else "plain"
    with _telling(repository, service, environment, f"{name} was set"):
        parts().store.variables.set(service.id, environment, name, value, kind, datetime.now(UTC))
    return _ask(repository, service, environment, name)


@endpoint(
    blueprint,
    "DELETE",
    _PATH,
    Endpoint("Removes one, and deploys what is live without it", _CHANGED, _REMOVE, Action.VARIABLES),
)
def remove(service_id: int) -> tuple[Response, HTTPStatus]:
    """Fine where it isn't set."""
    from_our_pages()
    asked = told(_REMOVE)
    service, environment, repository = _theirs(service_id, asked)
    name = _name(asked)
    with _telling(repository, service, environment, f"{name} was removed"):
        parts().store.variables.delete(service.id, environment, name)
    return _ask(repository, service, environment, name)


def _theirs(service_id: int, asked: Told) -> tuple[Service, str, Repository]:
    """Raises Problem."""
    service, repository = viewer().service(service_id)
    viewer().demand(Action.VARIABLES, repository)
    environment = ENVIRONMENT.of(asked) or PRODUCTION
    there = parts().store.environments.of_repository(repository.id, environment)
    if service.id not in {each.service_id for each in there}:
        raise Problem(HTTPStatus.NOT_FOUND, f"{service.name} has no environment `{environment}`.")
    return service, environment, repository


def _name(asked: Told) -> str:
    # As tidegate/definition.py has it: 10 MB that a server at rest does without.
    from tidegate.blueprint import rules

    try:
        return rules.variable_name(_NAME.must(asked))
    except PydanticCustomError as mistake:
        raise Problem(HTTPStatus.BAD_REQUEST, mistake.message()) from None


@contextmanager
def _telling(repository: Repository, service: Service, environment: str, done: str) -> Iterator[None]:
    """With what is done meanwhile the timeline and the audit log tell of it."""
    with recorded(viewer(), Action.VARIABLES, About(repository.id, service.name, environment), done):
        yield
        text, now = f"the variable {done}", datetime.now(UTC)
        entry = TimelineEntry(now, "config-changed", text, viewer().login, repository.id, service.name, environment)
        parts().store.timeline.add(entry)


def _ask(repository: Repository, service: Service, environment: str, name: str) -> tuple[Response, HTTPStatus]:
    about = {"repository_id": repository.id, "service_id": service.id, "environment": environment}
    return response(parts().workers.ask(VARIABLE, {**about, "names": [name], "actor": viewer().login}), {})
