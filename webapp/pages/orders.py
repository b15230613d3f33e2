"""What is done with a service from its pages: each is asked once, carried out as the API does, and told."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tidegate.deployment import Deployment
from tidegate.permission import Action
from webapp.api import orders as api
from webapp.asking import run_now, scale_to
from webapp.pages import questions
from webapp.pages.ask import asked, landed
from webapp.pages.place import Place, place
from webapp.pages.questions import Question
from webapp.parameters import number, parameters, text
from webapp.parts import parts
from webapp.problem import Problem
from webapp.viewer import viewer

blueprint = Blueprint("orders", __name__)

#: Of a service; each is a path below its page.
_ACTIONS = (Action.DEPLOY, Action.REDEPLOY, Action.RESTART, Action.ROLLBACK, Action.AUTO_DEPLOY, Action.APPROVE)
_LONGEST = 255


def ask(service_id: int, action: Action) -> str:
    """What it will do, and a button. Query: `environment`, `deployment`, `commit`, `clearCache`, `on`."""
    here = place(service_id)
    viewer().demand(action, here.repository)
    return asked(here, action, _question(here, action))


def do(service_id: int, action: Action) -> BaseResponse:
    if action is Action.AUTO_DEPLOY:
        return landed(api.turn(service_id), _page(service_id))
    told = parameters(("commit", "clearCache", "deployment", "environment", "force"))
    what = {name: text(told, name, _LONGEST, "one that the page told") for name in ("commit", "deployment")}
    answer, meant = api.order(service_id, action, told, **what), what["deployment"]
    # What is approved is the very deployment that waited; of the others the answer names the one that they made.
    approved = url_for("deployments.one", deployment_id=meant) if meant and action is Action.APPROVE else None
    return landed(answer, approved or place(service_id, gone=True).path())


for each in _ACTIONS:
    path = f"/services/<int:service_id>/{each}"
    blueprint.add_url_rule(path, f"ask_{each}", partial(ask, action=each), methods=["GET"])
    blueprint.add_url_rule(path, f"do_{each}", partial(do, action=each), methods=["POST"])


@blueprint.post("/services/<int:service_id>/instances")
def scale(service_id: int) -> BaseResponse:
    told = parameters(("count", "environment"), numbers=("count",))
    here = place(service_id, text(told, "environment", _LONGEST, "an environment of the service"))
    flash(scale_to(viewer(), service_id, here.environment, number(told, "count", 1, _LONGEST)), "good")
    return redirect(here.path(), HTTPStatus.SEE_OTHER)


@blueprint.get("/services/<int:service_id>/run")
def ask_run(service_id: int) -> str:
    here = place(service_id)
    return asked(here, Action.RUN, questions.run(here))


@blueprint.post("/services/<int:service_id>/runs")
def run(service_id: int) -> BaseResponse:
    here = place(service_id)
    made = run_now(viewer(), service_id, here.environment)
    flash(f"run {made.id} begins as soon as one that is under way has ended", "good")
    return redirect(here.path("/runs"), HTTPStatus.SEE_OTHER)


def _page(service_id: int) -> str:
    return url_for("services.one", service_id=service_id)


def _question(here: Place, action: Action) -> Question:
    meant = _meant(here)
    match action:
        case Action.DEPLOY:
            commit = request.args.get("commit", "")[:_LONGEST] or None
            return questions.deploy(here, commit, clear_cache=request.args.get("clearCache") == "true")
        case Action.REDEPLOY:
            return questions.redeploy(here, meant)
        case Action.RESTART:
            return questions.restart(here)
        case Action.AUTO_DEPLOY:
            return questions.auto_deploy(here, on=request.args.get("on") == "true")
        case Action.APPROVE if meant is not None and meant.needs_approval:
            return questions.approve(here, meant)
        case Action.ROLLBACK:
            return questions.rollback(here, meant or _before(here))
    raise Problem(HTTPStatus.CONFLICT, "There is nothing to approve: it was approved, or has ended.")


def _meant(here: Place) -> Deployment | None:
    """The deployment that the query names. Raises Problem."""
    named = request.args.get("deployment")
    found = viewer().deployment(named)[0] if named else None
    if found is not None and found.service_id != here.service.id:
        raise Problem(HTTPStatus.NOT_FOUND, f"{here.service.name} has no such deployment.")
    return found


def _before(here: Place) -> Deployment | None:
    """What was live before what is live."""
    live = here.live
    return parts().store.deployments.previous_live(live.service_id, live.environment, live) if live else None
