"""`/api/v1/services/<id>/…`: deploys by hand, again, back. A worker carries them out, and asks GitHub once more whether
they may."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, Response, jsonify

from tidegate.audit import About
from tidegate.permission import Action
from tidegate.repository import PRODUCTION
from tidegate.request import ORDER
from webapp.api.common import DONE, ENVIRONMENT, LATER, ORDERED
from webapp.api.declared import Endpoint, Flag, Line, Told, endpoint, told
from webapp.api.shapes import TEXT, YES_OR_NO, Schema, record
from webapp.asking import from_our_pages, turn_auto_deploy
from webapp.deploy_hook import image
from webapp.parts import parts
from webapp.problem import Problem
from webapp.viewer import viewer
from webapp.workers import response

blueprint = Blueprint("api_orders", __name__, url_prefix="/api/v1/services")

_COMMIT = Line("commitId", "a commit, a branch or a tag, such as `1a2b3c4` or `main`", 255)
_IMAGE = Line("imageUrl", "for `runtime: image`: the image to run, of which only the tag or digest may differ", 600)
_CLEAR = Flag("clearCache", "built anew", words={"clear": True, "do_not_clear": False})
_DEPLOY = Line("deployId", "a deployment's id")
_FORCE = Flag("force", "past a freeze, for admins")
_ON = Flag("on", "whether pushes deploy by themselves", usual=True)
_CONFIRM = Line("confirm", "the service's name", required=True)
_DISKS = Flag("disks", "with what is on its disks")

_NEW = (_COMMIT, _IMAGE, _CLEAR, _FORCE)
_REDEPLOY = (_DEPLOY, ENVIRONMENT, _FORCE, _CLEAR)
_ROLLBACK = (_DEPLOY, ENVIRONMENT, _FORCE)
_RESTART = (ENVIRONMENT, _FORCE)
_REMOVE = (_CONFIRM, _DISKS)
_MADE: dict[int, Schema | None] = {201: ORDERED, 202: LATER}


@endpoint(
    blueprint, "POST", "/<int:service_id>/deploys", Endpoint("Deploys a commit or an image", _MADE, _NEW, Action.DEPLOY)
)
def deploy(service_id: int) -> tuple[Response, HTTPStatus]:
    """`commitId`: a SHA, whole or short, a branch or a tag, which turns auto-deploy off; left out, the linked branch's
    latest."""
    asked = told(_NEW)
    return order(service_id, Action.DEPLOY, asked, commit=_COMMIT.of(asked), image=image(_IMAGE.of(asked)))


@endpoint(
    blueprint,
    "POST",
    "/<int:service_id>/redeploy",
    Endpoint("Deploys what is live, or one of its deployments, with today's values", _MADE, _REDEPLOY, Action.REDEPLOY),
)
def redeploy(service_id: int) -> tuple[Response, HTTPStatus]:
    asked = told(_REDEPLOY)
    return order(service_id, Action.REDEPLOY, asked, deployment=_DEPLOY.of(asked))


@endpoint(
    blueprint,
    "POST",
    "/<int:service_id>/restart",
    Endpoint("Starts new instances of exactly what is live", _MADE, _RESTART, Action.RESTART),
)
def restart(service_id: int) -> tuple[Response, HTTPStatus]:
    return order(service_id, Action.RESTART, told(_RESTART))


@endpoint(
    blueprint,
    "POST",
    "/<int:service_id>/rollback",
    Endpoint("Goes back to what was live before, or to any that was, unbuilt", _MADE, _ROLLBACK, Action.ROLLBACK),
)
def rollback(service_id: int) -> tuple[Response, HTTPStatus]:
    """`deployId`: one that was live; left out, the one before."""
    asked = told(_ROLLBACK)
    return order(service_id, Action.ROLLBACK, asked, deployment=_DEPLOY.of(asked))


@endpoint(
    blueprint,
    "PUT",
    "/<int:service_id>/auto-deploy",
    Endpoint("Turns automatic deploys on or off", {200: record(on=YES_OR_NO, detail=TEXT)}, (_ON,), Action.AUTO_DEPLOY),
)
def turn(service_id: int) -> Response:
    on = _ON.of(told((_ON,)))
    return jsonify(on=on, detail=turn_auto_deploy(viewer(), service_id, on=on))


@endpoint(
    blueprint,
    "DELETE",
    "/<int:service_id>",
    Endpoint("Removes a service with all that it runs", {200: DONE, 202: LATER}, _REMOVE, Action.REMOVE),
)
def remove(service_id: int) -> tuple[Response, HTTPStatus]:
    """`confirm`: the service's name, so that nobody removes another than they mean. Its history is kept, and its disks
    are unless `disks` is true."""
    asked = told(_REMOVE)
    service, _ = viewer().service(service_id)
    if _CONFIRM.of(asked) != service.name:
        detail = f"Say what is removed, with all that it runs, in every environment: `confirm` is `{service.name}`."
        raise Problem(HTTPStatus.BAD_REQUEST, detail)
    return order(service_id, Action.REMOVE, asked)


def order(service_id: int, action: Action, asked: Told, **what: str | None) -> tuple[Response, HTTPStatus]:
    """What a worker answers, to somebody who may. Raises Problem."""
    from_our_pages()
    service, repository = viewer().service(service_id)
    force = _FORCE.of(asked)
    for each in (action, *((Action.FORCE,) if force else ())):
        viewer().demand(each, repository)
    environment = ENVIRONMENT.of(asked)
    about = {
        "repository_id": repository.id,
        "service_id": service.id,
        "environment": environment or PRODUCTION,
        "action": action,
        "actor": viewer().login,
        "clear_cache": _CLEAR.of(asked),
        "force": force,
        "disks": _DISKS.of(asked),
    }
    # Before a worker hears of it: nothing is done that isn't on the log.
    named = About(repository.id, service.name, environment or PRODUCTION, what.get("deployment"))
    detail = ", ".join(
        each for each in (what.get("commit"), what.get("image"), "past a freeze" if force else None) if each
    )
    parts().store.audit.add(viewer().asks(action, named, detail))
    answer = parts().workers.ask(ORDER, {**about, **what})
    made, site = answer.body.get("deployment"), parts().settings.url
    page = f"{site}/deployments/{made}" if made else f"{site}/services/{service.id}"
    return response(answer, {"url": page})
