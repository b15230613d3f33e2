"""`/api/v1/services/<id>/…`: deploys by hand, again, back. A worker carries them out, and asks GitHub once more whether
they may."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, Response, jsonify

from tidegate.audit import About
from tidegate.permission import Action
from tidegate.repository import PRODUCTION
from tidegate.request import ORDER
from webapp.asking import from_our_pages, turn_auto_deploy
from webapp.parameters import flag, parameters, text
from webapp.parts import parts
from webapp.problem import Problem
from webapp.viewer import viewer
from webapp.workers import response

blueprint = Blueprint("api_orders", __name__, url_prefix="/api/v1/services")

_LONGEST_NAME = 100
_LONGEST_REF = 255


@blueprint.post("/<int:service_id>/deployments")
def deploy(service_id: int) -> tuple[Response, HTTPStatus]:
    """{commit?, clearCache?, force?} → 201 {deployment, sha, url, detail}; 202 where no worker has answered yet.

    `commit`: a SHA, whole or short, a branch or a tag, which turns auto-deploy off; left out, the linked branch's
    latest.
    """
    told = parameters(("commit", "clearCache", "force"))
    commit = text(told, "commit", _LONGEST_REF, "a commit, a branch or a tag, such as `1a2b3c4` or `main`")
    return order(service_id, Action.DEPLOY, told, commit=commit)


@blueprint.post("/<int:service_id>/redeploy")
def redeploy(service_id: int) -> tuple[Response, HTTPStatus]:
    """{deployment?, environment?, clearCache?, force?} → as deploy()."""
    return _again(service_id, Action.REDEPLOY, "clearCache")


@blueprint.post("/<int:service_id>/restart")
def restart(service_id: int) -> tuple[Response, HTTPStatus]:
    """{environment?, force?} → as deploy()."""
    told = parameters(("environment", "force"))
    return order(service_id, Action.RESTART, told)


@blueprint.post("/<int:service_id>/rollback")
def rollback(service_id: int) -> tuple[Response, HTTPStatus]:
    """{deployment?, environment?, force?} → as deploy(). `deployment`: one that was live; left out, the one before."""
    return _again(service_id, Action.ROLLBACK)


@blueprint.put("/<int:service_id>/auto-deploy")
def turn(service_id: int) -> Response:
    """{on} → {on, detail}."""
    on = flag(parameters(("on",)), "on", default=True)
    return jsonify(on=on, detail=turn_auto_deploy(viewer(), service_id, on=on))


@blueprint.delete("/<int:service_id>")
def remove(service_id: int) -> tuple[Response, HTTPStatus]:
    """{confirm, disks?} → 200 {detail, url}, or 202. `confirm`: the service's name, so that nobody removes another than
    they mean. Its history is kept, and its disks are unless `disks` is true."""
    told = parameters(("confirm", "disks"))
    service, _ = viewer().service(service_id)
    if text(told, "confirm", _LONGEST_NAME, "the service's name") != service.name:
        detail = f"Say what is removed, with all that it runs, in every environment: `confirm` is `{service.name}`."
        raise Problem(HTTPStatus.BAD_REQUEST, detail)
    return order(service_id, Action.REMOVE, told)


def _again(service_id: int, action: Action, *more: str) -> tuple[Response, HTTPStatus]:
    told = parameters(("deployment", "environment", "force", *more))
    deployment = text(told, "deployment", _LONGEST_NAME, "a deployment's id")
    return order(service_id, action, told, deployment=deployment)


def order(
    service_id: int, action: Action, told: dict[str, str | bool], **what: str | None
) -> tuple[Response, HTTPStatus]:
    """What a worker answers, to somebody who may. Raises Problem."""
    from_our_pages()
    service, repository = viewer().service(service_id)
    force = flag(told, "force")
    for each in (action, *((Action.FORCE,) if force else ())):
        viewer().demand(each, repository)
    environment = text(told, "environment", _LONGEST_NAME, f"`{PRODUCTION}`, or `pr-7` for pull request 7")
    about = {
        "repository_id": repository.id,
        "service_id": service.id,
        "environment": environment or PRODUCTION,
        "action": action,
        "actor": viewer().login,
        "clear_cache": flag(told, "clearCache"),
        "force": force,
        "disks": flag(told, "disks"),
    }
    # Before a worker hears of it: nothing is done that isn't on the log.
    named = About(repository.id, service.name, environment or PRODUCTION, what.get("deployment"))
    detail = ", ".join(each for each in (what.get("commit"), "past a freeze" if force else None) if each)
    parts().store.audit.add(viewer().asks(action, named, detail))
    answer = parts().workers.ask(ORDER, {**about, **what})
    made, site = answer.body.get("deployment"), parts().settings.url
    page = f"{site}/deployments/{made}" if made else f"{site}/services/{service.id}"
    return response(answer, {"url": page})
