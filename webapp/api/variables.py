"""`/api/v1/services/<id>/variables`: values that are kept by the server, encrypted, and not by the deploy file.

They are in the store before anybody hears of them; a worker then deploys what is live with them, unless that runs with
them already. Those of one request are set or removed together or not at all, and are one deployment.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
from webapp.api.declared import Endpoint, Flag, Line, Texts, Told, Verbatim, endpoint, told
from webapp.api.shapes import MAYBE_TEXT, TEXT, Schema, many, one_of, record
from webapp.asking import from_our_pages, recorded
from webapp.parts import parts
from webapp.problem import Problem
from webapp.viewer import viewer
from webapp.workers import response

blueprint = Blueprint("api_variables", __name__, url_prefix="/api/v1/services")

#: Characters of a name, of a value, and of the names of one request; Linux takes no value of more than 128 KiB
#: (MAX_ARG_STRLEN at https://man7.org/linux/man-pages/man2/execve.2.html).
_SHORT, _LONG, _NAMES = 200, 100_000, 2000
#: How many of one request, and its bytes.
_MANY, _BYTES = 100, 2**20
_NAME = Line("name", "a variable's name", _SHORT)
_VALUE = Verbatim("value", "its value", _LONG, required=False)
_VALUES = Texts("values", "in place of both, several values by their names", _VALUE, _MANY)
_SECRET = Flag("secret", "shown to nobody", usual=True)
_GONE = Line("name", "a variable's name, or several with commas between them", _NAMES, required=True)
_LIST, _PUT, _REMOVE = (ENVIRONMENT,), (_NAME, _VALUE, _VALUES, _SECRET, ENVIRONMENT), (_GONE, ENVIRONMENT)
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
    blueprint,
    "PUT",
    _PATH,
    Endpoint("Sets one or several, and deploys what is live with them", _CHANGED, _PUT, Action.VARIABLES),
)
def put(service_id: int) -> tuple[Response, HTTPStatus]:
    """All of them, or none where one can't be set."""
    from_our_pages()
    if {"value", "values"} & request.args.keys():
        raise Problem(HTTPStatus.BAD_REQUEST, "Send the value in the body: addresses are written to logs.")
    request.max_content_length = _BYTES
    asked = told(_PUT)
    service, environment, repository = _theirs(service_id, asked)
    given = _given(asked)
    kind: Kind = "secret" if _SECRET.of(asked) else "plain"
    with _telling(repository, service, environment, list(given), "set"):
        for name, value in given.items():
            parts().store.variables.set(service.id, environment, name, value, kind, datetime.now(UTC))
    return _ask(repository, service, environment, list(given), removed=False)


@endpoint(
    blueprint,
    "DELETE",
    _PATH,
    Endpoint("Removes one or several, and deploys what is live without them", _CHANGED, _REMOVE, Action.VARIABLES),
)
def remove(service_id: int) -> tuple[Response, HTTPStatus]:
    """Fine where it isn't set."""
    from_our_pages()
    asked = told(_REMOVE)
    service, environment, repository = _theirs(service_id, asked)
    names = [_named(each.strip()) for each in _GONE.must(asked).split(",")]
    with _telling(repository, service, environment, names, "removed"):
        for name in names:
            parts().store.variables.delete(service.id, environment, name)
    return _ask(repository, service, environment, names, removed=True)


def _theirs(service_id: int, asked: Told) -> tuple[Service, str, Repository]:
    """Raises Problem."""
    service, repository = viewer().service(service_id)
    viewer().demand(Action.VARIABLES, repository)
    environment = ENVIRONMENT.of(asked) or PRODUCTION
    there = parts().store.environments.of_repository(repository.id, environment)
    if service.id not in {each.service_id for each in there}:
        raise Problem(HTTPStatus.NOT_FOUND, f"{service.name} has no environment `{environment}`.")
    return service, environment, repository


def _given(asked: Told) -> dict[str, str]:
    """Values by their names. Raises Problem."""
    several = _VALUES.of(asked)
    if several is None:
        return {_named(_NAME.must(asked)): _VALUE.must(asked)}
    if {_NAME.name, _VALUE.name} & asked.keys():
        raise Problem(HTTPStatus.BAD_REQUEST, "Say `values`, or `name` and `value`, and not both.")
    return {_named(name): value for name, value in several.items()}


def _named(name: str) -> str:
    # As tidegate/definition.py has it: 10 MB that a server at rest does without.
    from tidegate.blueprint import rules

    if len(name) > _SHORT:
        raise Problem(HTTPStatus.BAD_REQUEST, f"A variable's name has at most {_SHORT} characters.")
    try:
        return rules.variable_name(name)
    except PydanticCustomError as mistake:
        raise Problem(HTTPStatus.BAD_REQUEST, mistake.message()) from None


@contextmanager
def _telling(
    repository: Repository, service: Service, environment: str, names: Sequence[str], done: str
) -> Iterator[None]:
    """With what is done meanwhile the timeline and the audit log tell of it."""
    several = len(names) > 1
    said = f"{', '.join(names)} {'were' if several else 'was'} {done}"
    with recorded(viewer(), Action.VARIABLES, About(repository.id, service.name, environment), said):
        yield
        text, now = f"the variable{'s' if several else ''} {said}", datetime.now(UTC)
        entry = TimelineEntry(now, "config-changed", text, viewer().login, repository.id, service.name, environment)
        parts().store.timeline.add(entry)


def _ask(
    repository: Repository, service: Service, environment: str, names: list[str], *, removed: bool
) -> tuple[Response, HTTPStatus]:
    """Also where the store had it so before: of that alone it can't be told whether it was deployed."""
    about = {"repository_id": repository.id, "service_id": service.id, "environment": environment}
    changed = {"names": names, "removed": removed, "actor": viewer().login}
    return response(parts().workers.ask(VARIABLE, {**about, **changed}), {})
