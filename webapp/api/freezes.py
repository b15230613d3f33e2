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
from webapp.asking import from_our_pages
from webapp.parameters import parameters, text
from webapp.parts import parts
from webapp.problem import Problem
from webapp.viewer import Viewer, viewer
from webapp.workers import response

blueprint = Blueprint("api_freezes", __name__, url_prefix="/api/v1/repositories")

_LONGEST_REASON = 500
_LONGEST_NAME = 100


@blueprint.get("/<int:repository_id>/freeze")
def index(repository_id: int) -> Response:
    """The widest first: {freezes: [{service, environment, reason, author, since, detail}]}; null stands for all."""
    repository = viewer().repository(repository_id)
    return jsonify(freezes=[_told(each) for each in parts().store.freezes.of_repository(repository.id)])


@blueprint.put("/<int:repository_id>/freeze")
def put(repository_id: int) -> tuple[Response, HTTPStatus]:
    """{reason, service?, environment?} → {detail}; 202 where no worker has answered yet. Replaces one of the same
    service and environment."""
    repository = _theirs(viewer(), repository_id)
    told = parameters(("reason", "service", "environment"))
    reason = text(told, "reason", _LONGEST_REASON, "why, for those whose commits stay where they are")
    if reason is None:
        raise Problem(HTTPStatus.BAD_REQUEST, "Say why: `reason`.")
    service, environment = _scope(told)
    _known(repository, service, environment)
    return _ask(repository, {"service": service, "environment": environment, "reason": reason}, f"frozen: {reason}")


@blueprint.delete("/<int:repository_id>/freeze")
def remove(repository_id: int) -> tuple[Response, HTTPStatus]:
    """`service` and `environment` as they were frozen → {detail}; fine where nothing is."""
    repository = _theirs(viewer(), repository_id)
    service, environment = _scope(parameters(("service", "environment")))
    return _ask(repository, {"service": service, "environment": environment}, "no longer frozen")


def _theirs(asker: Viewer, repository_id: int) -> Repository:
    """Raises Problem."""
    from_our_pages()
    repository = asker.repository(repository_id)
    asker.demand(Action.FREEZE, repository)
    return repository


def _scope(told: dict[str, str | bool]) -> tuple[str | None, str | None]:
    service = text(told, "service", _LONGEST_NAME, "a service's name")
    return service, text(told, "environment", _LONGEST_NAME, f"`{PRODUCTION}`, or `pr-7` for pull request 7")


def _known(repository: Repository, service: str | None, environment: str | None) -> None:
    """Whoever misspells what they freeze must not take it for frozen. Raises Problem."""
    names = {each.name for each in parts().store.services.of_repository(repository.id)} - {DEPLOY_FILE}
    if service is not None and service not in names:
        raise Problem(HTTPStatus.NOT_FOUND, f"{sentence(wording.no_such_service(service, names))}.")
    if environment not in {None, PRODUCTION} and preview.number_of(environment or "") is None:
        raise Problem(HTTPStatus.NOT_FOUND, f"`environment` is `{PRODUCTION}`, or `pr-7` for pull request 7.")


def _ask(repository: Repository, told: dict[str, str | None], detail: str) -> tuple[Response, HTTPStatus]:
    named = About(repository.id, told["service"], told["environment"])
    parts().store.audit.add(viewer().asks(Action.FREEZE, named, detail))
    about = {"repository_id": repository.id, "actor": viewer().login}
    return response(parts().workers.ask(FREEZE, {**about, **told}), {})


def _told(each: Freeze) -> dict[str, object]:
    return {
        "service": each.service,
        "environment": each.environment,
        "reason": each.reason,
        "author": each.author,
        "since": each.since.isoformat(),
        "detail": freeze.told(each),
    }
