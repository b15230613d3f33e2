"""`/api/v1/deployments`, and `/api/v1/services/<id>/deploys` of one service: JSON in the words of the store."""

from __future__ import annotations

import json
from http import HTTPStatus

from flask import Blueprint, Response, jsonify

from tidegate.deployment import Deployment
from tidegate.instance import Instance, PhaseRecord
from tidegate.permission import Action
from webapp.api.common import AFTER_LINE, DEPLOYMENT, DONE, LATER, LIMIT, WHOLE_DEPLOYMENT
from webapp.api.declared import LINES, Endpoint, Line, Told, endpoint, told
from webapp.api.orders import order
from webapp.api.shapes import MOMENT, TEXT, WHOLE, page, record
from webapp.asking import ask_cancel
from webapp.blocks import blocks
from webapp.parts import parts
from webapp.viewer import viewer

blueprint = Blueprint("api_deployments", __name__, url_prefix="/api/v1")

_BEFORE = Line("before", "the `next` of the part before")
_LIST = (LIMIT, _BEFORE)
_LINE = record(n=WHOLE, step=TEXT, at=MOMENT, text=TEXT)
_PAGE = page("deployments", DEPLOYMENT, TEXT)


@endpoint(blueprint, "GET", "/deployments", Endpoint("Deployments of all services, newest first", {200: _PAGE}, _LIST))
def index() -> Response:
    """Of the repositories that one works in."""
    asked = told(_LIST)
    found, more = viewer().deployments(_BEFORE.of(asked), LIMIT.must(asked), None)
    return jsonify(deployments=[shown(each) for each in found], next=more)


@endpoint(
    blueprint,
    "GET",
    "/services/<int:service_id>/deploys",
    Endpoint("Deployments of a service, newest first", {200: _PAGE}, _LIST, Action.SEE),
)
def of_service(service_id: int) -> Response:
    asked = told(_LIST)
    found, more = viewer().deployments(_BEFORE.of(asked), LIMIT.must(asked), service_id)
    return jsonify(deployments=[shown(each) for each in found], next=more)


@endpoint(
    blueprint,
    "GET",
    "/deployments/<deployment_id>",
    Endpoint("A deployment, with its steps and instances", {200: WHOLE_DEPLOYMENT}, action=Action.SEE),
)
def one(deployment_id: str) -> Response:
    deployment, repository = viewer().deployment(deployment_id)
    phases = parts().store.phases.of(deployment_id)
    instances = [shown_instance(each) for each in parts().store.instances.of(deployment_id)]
    steps = [_told_phase(phase) for phase in phases]
    return jsonify(**shown(deployment), repository=repository.full_name, steps=steps, instances=instances)


@endpoint(
    blueprint,
    "GET",
    "/deployments/<deployment_id>/logs",
    Endpoint("Its log, a JSON object a line", {200: _LINE}, (AFTER_LINE,), Action.SEE, kind=LINES),
)
def logs(deployment_id: str) -> Response:
    viewer().deployment(deployment_id)
    lines = parts().store.logs.read(deployment_id, after=AFTER_LINE.must(told((AFTER_LINE,))))
    printed = (
        json.dumps({"n": line.n, "step": line.step, "at": line.at.isoformat(), "text": line.text}) + "\n"
        for line in lines
    )
    return Response(blocks(printed), content_type=LINES)


@endpoint(
    blueprint,
    "POST",
    "/deployments/<deployment_id>/cancel",
    Endpoint("Cancels it, unless it is live or has ended", {202: WHOLE_DEPLOYMENT}, action=Action.CANCEL),
)
def cancel(deployment_id: str) -> tuple[Response, HTTPStatus]:
    """A pending deployment is canceled, a running one's worker will hear of it."""
    ask_cancel(viewer(), deployment_id)
    return one(deployment_id), HTTPStatus.ACCEPTED


@endpoint(
    blueprint,
    "POST",
    "/deployments/<deployment_id>/approve",
    Endpoint("Lets the commit of a fork run in its preview", {200: DONE, 202: LATER}, action=Action.APPROVE),
)
def approve(deployment_id: str) -> tuple[Response, HTTPStatus]:
    """That very commit, and no later one."""
    deployment, _ = viewer().deployment(deployment_id)
    there: Told = {"environment": deployment.environment}
    return order(deployment.service_id, Action.APPROVE, there, deployment=deployment_id)


@endpoint(
    blueprint,
    "DELETE",
    "/deployments/<deployment_id>",
    Endpoint(
        "Takes one that has ended out of the history, with its image and its log",
        {200: DONE, 202: LATER},
        action=Action.REMOVE,
    ),
)
def remove(deployment_id: str) -> tuple[Response, HTTPStatus]:
    deployment, _ = viewer().deployment(deployment_id)
    return order(deployment.service_id, Action.REMOVE, {}, deployment=deployment_id)


def shown(deployment: Deployment) -> dict[str, object]:
    times = ("created_at", "started_at", "live_at", "ended_at")
    words = ("id", "service_id", "service", "environment", "sha", "branch", "message", "author", "trigger", "actor")
    return {
        **{name: getattr(deployment, name) for name in (*words, "status", "reason", "fault", "image", "image_id")},
        "health": deployment.health,
        "health_reason": deployment.health_reason,
        "discarded": deployment.discarded,
        **{name: at.isoformat() if (at := getattr(deployment, name)) else None for name in times},
    }


def _told_phase(phase: PhaseRecord) -> dict[str, object]:
    return {
        "step": phase.step,
        "started_at": phase.started_at.isoformat(),
        "ended_at": phase.ended_at.isoformat() if phase.ended_at else None,
        "outcome": phase.outcome,
        "detail": phase.detail,
    }


def shown_instance(instance: Instance) -> dict[str, object]:
    return {
        "index": instance.index,
        "host": instance.host,
        "state": instance.state,
        "reason": instance.reason,
        "restarts": instance.restarts,
        "started_at": instance.started_at.isoformat() if instance.started_at else None,
    }
