"""`/api/v1/deployments`: JSON in the words of the store, errors as problem+json."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http import HTTPStatus

from flask import Blueprint, Response, jsonify, request

from tidegate.deployment import Deployment
from tidegate.instance import Instance, PhaseRecord
from tidegate.permission import Action
from webapp.api.orders import order
from webapp.asking import ask_cancel
from webapp.parts import parts
from webapp.problem import Problem
from webapp.viewer import viewer

blueprint = Blueprint("api_deployments", __name__, url_prefix="/api/v1/deployments")

_MOST = 100


@blueprint.get("")
def index() -> Response:
    """Newest first. Query: `service` (id), `limit` (1 to 100, 30), `before` (the last page's `next`)."""
    limit, service = _whole("limit", 30), _whole("service", None)
    if limit is None or not 1 <= limit <= _MOST:
        raise Problem(HTTPStatus.BAD_REQUEST, f"`limit` is a whole number from 1 to {_MOST}.")
    found, more = viewer().deployments(request.args.get("before"), limit, service)
    return jsonify(deployments=[_told(each) for each in found], next=more)


@blueprint.get("/<deployment_id>")
def one(deployment_id: str) -> Response:
    deployment, repository = viewer().deployment(deployment_id)
    phases = parts().store.phases.of(deployment_id)
    instances = [_told_instance(each) for each in parts().store.instances.of(deployment_id)]
    steps = [_told_phase(phase) for phase in phases]
    return jsonify(**_told(deployment), repository=repository.full_name, steps=steps, instances=instances)


@blueprint.get("/<deployment_id>/logs")
def logs(deployment_id: str) -> Response:
    """One JSON object a line: n, step, at, text. Query: `after` (the number of the last line that you have)."""
    viewer().deployment(deployment_id)
    lines = parts().store.logs.read(deployment_id, after=_whole("after", 0) or 0)
    told = (
        json.dumps({"n": line.n, "step": line.step, "at": line.at.isoformat(), "text": line.text}) + "\n"
        for line in lines
    )
    return Response(_from_the_first(told), content_type="application/x-ndjson")


@blueprint.post("/<deployment_id>/cancel")
def cancel(deployment_id: str) -> tuple[Response, HTTPStatus]:
    """202: a pending deployment is canceled, a running one's worker will hear of it."""
    ask_cancel(viewer(), deployment_id)
    return one(deployment_id), HTTPStatus.ACCEPTED


@blueprint.delete("/<deployment_id>")
def remove(deployment_id: str) -> tuple[Response, HTTPStatus]:
    """Out of the history, with its image and its log: 200 {detail, url}, or 202; 409 where it has not ended."""
    deployment, _ = viewer().deployment(deployment_id)
    return order(deployment.service_id, Action.REMOVE, {}, deployment=deployment_id)


def _whole(name: str, default: int | None) -> int | None:
    value = request.args.get(name)
    if value is None:
        return default
    if not (value.isascii() and value.isdigit() and len(value) < 10):
        raise Problem(HTTPStatus.BAD_REQUEST, f"`{name}` is a whole number.")
    return int(value)


def _from_the_first(lines: Iterator[str]) -> Iterator[str]:
    """The same, but fails here and now where the store is down, while the status can still say so."""
    first = next(lines, "")
    return (line for part in ([first], lines) for line in part)


def _told(deployment: Deployment) -> dict[str, object]:
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


def _told_instance(instance: Instance) -> dict[str, object]:
    return {
        "index": instance.index,
        "host": instance.host,
        "state": instance.state,
        "reason": instance.reason,
        "restarts": instance.restarts,
        "started_at": instance.started_at.isoformat() if instance.started_at else None,
    }
