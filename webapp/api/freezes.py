"""`/api/v1/repositories/<id>/freeze`: stops what deploys by itself: of a repository, a service, an environment.

A worker carries it out, since what waits or is queued ends with it and GitHub is told; it asks GitHub once more whether
they may.
"""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, Response, jsonify

from tidegate import freeze, preview, wording
from tidegate.audit import About
from tidegate.freeze import Freeze
from tidegate.markdown import sentence
from tidegate.permission import Action
from tidegate.repository import DEPLOY_FILE, PRODUCTION, Repository
from tidegate.request import FREEZE
from webapp.api.common import DONE, ENVIRONMENT, FROZEN, LATER
from webapp.api.declared import Endpoint, Line, endpoint, told
from webapp.api.shapes import many, record
from webapp.asking import from_our_pages
from webapp.parts import parts
from webapp.problem import Problem
from webapp.viewer import Viewer, viewer
from webapp.workers import response

blueprint = Blueprint("api_freezes", __name__, url_prefix="/api/v1/repositories")


_REASON = Line("reason", "why, for those whose commits stay where they are", 500, required=True)
_SERVICE = Line("service", "a service's name")
_PUT, _REMOVE = (_REASON, _SERVICE, ENVIRONMENT), (_SERVICE, ENVIRONMENT)
_PATH = "/<int:repository_id>/freeze"


@endpoint(blueprint, "GET", _PATH, Endpoint("What is frozen", {200: record(freezes=many(FROZEN))}, action=Action.SEE))
def index(repository_id: int) -> Response:
    """The widest first; null stands for all."""
    repository = viewer().repository(repository_id)
    return jsonify(freezes=[shown(each) for each in parts().store.freezes.of_repository(repository.id)])


@endpoint(
    blueprint,
    "PUT",
    _PATH,
    Endpoint(
        "Stops what deploys by itself: of all, a service, an environment, or both",
        {200: DONE, 202: LATER},
        _PUT,
        Action.FREEZE,
    ),
)
def put(repository_id: int) -> tuple[Response, HTTPStatus]:
    """Replaces one of the same service and environment."""
    repository = _theirs(viewer(), repository_id)
    asked = told(_PUT)
    reason, service, environment = _REASON.must(asked), _SERVICE.of(asked), ENVIRONMENT.of(asked)
    _known(repository, service, environment)
    return _ask(repository, {"service": service, "environment": environment, "reason": reason}, f"frozen: {reason}")


@endpoint(
    blueprint,
    "DELETE",
    _PATH,
    Endpoint("Lets it deploy again, as it was frozen", {200: DONE, 202: LATER}, _REMOVE, Action.FREEZE),
)
def remove(repository_id: int) -> tuple[Response, HTTPStatus]:
    """Fine where nothing is."""
    repository = _theirs(viewer(), repository_id)
    asked = told(_REMOVE)
    service, environment = _SERVICE.of(asked), ENVIRONMENT.of(asked)
    return _ask(repository, {"service": service, "environment": environment}, "no longer frozen")


def _theirs(asker: Viewer, repository_id: int) -> Repository:
    """Raises Problem."""
    from_our_pages()
    repository = asker.repository(repository_id)
    asker.demand(Action.FREEZE, repository)
    return repository


def _known(repository: Repository, service: str | None, environment: str | None) -> None:
    """Whoever misspells what they freeze must not take it for frozen. Raises Problem."""
    names = {each.name for each in parts().store.services.of_repository(repository.id)} - {DEPLOY_FILE}
    if service is not None and service not in names:
        raise Problem(HTTPStatus.NOT_FOUND, f"{sentence(wording.no_such_service(service, names))}.")
    if environment not in {None, PRODUCTION} and preview.number_of(environment or "") is None:
        raise Problem(HTTPStatus.NOT_FOUND, f"`environment` is `{PRODUCTION}`, or `pr-7` for pull request 7.")


def _ask(repository: Repository, scope: dict[str, str | None], detail: str) -> tuple[Response, HTTPStatus]:
    named = About(repository.id, scope["service"], scope["environment"])
    parts().store.audit.add(viewer().asks(Action.FREEZE, named, detail))
    about = {"repository_id": repository.id, "actor": viewer().login}
    return response(parts().workers.ask(FREEZE, {**about, **scope}), {})


def shown(each: Freeze) -> dict[str, object]:
    return {
        "service": each.service,
        "environment": each.environment,
        "reason": each.reason,
        "author": each.author,
        "since": each.since.isoformat(),
        "detail": freeze.told(each),
    }
