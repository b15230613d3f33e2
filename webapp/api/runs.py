"""`/api/v1/services/<id>/runs`: the history of a cron service, what each run has printed, and one more by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http import HTTPStatus

from flask import Blueprint, Response, jsonify

from tidegate.cronrun import CronRun, log_name
from tidegate.repository import PRODUCTION
from webapp.asking import run_now
from webapp.parameters import number, parameters, text
from webapp.parts import parts
from webapp.problem import Problem
from webapp.viewer import viewer

blueprint = Blueprint("api_runs", __name__, url_prefix="/api/v1/services/<int:service_id>/runs")

_MOST, _USUAL = 100, 30
_LONGEST_NAME = 100
_LAST = 2**31
_TIMES = ("asked_at", "began_at", "ended_at")


@blueprint.get("")
def index(service_id: int) -> Response:
    """{runs, next}, newest first. `environment` (production), `limit` (1 to 100, 30), `before` (a run's id)."""
    viewer().service(service_id)
    told = parameters(("environment", "limit", "before"))
    limit = number(told, "limit", 1, _MOST) if "limit" in told else _USUAL
    before = number(told, "before", 1, _LAST) if "before" in told else None
    found = parts().store.cron_runs.of(service_id, _environment(told), limit + 1, before)
    runs, more = found[:limit], len(found) > limit
    return jsonify(runs=[_told(each) for each in runs], next=runs[-1].id if more else None)


@blueprint.post("")
def ask(service_id: int) -> tuple[Response, HTTPStatus]:
    """{environment?} → 202 {run}: it begins as soon as an active one was stopped."""
    told = parameters(("environment",))
    return jsonify(run=_told(run_now(viewer(), service_id, _environment(told)))), HTTPStatus.ACCEPTED


@blueprint.get("/<int:run_id>/logs")
def logs(service_id: int, run_id: int) -> Response:
    """What it has printed, one JSON object a line: n, at, text."""
    viewer().service(service_id)
    run = parts().store.cron_runs.get(run_id)
    if run is None or run.service_id != service_id:
        raise Problem(HTTPStatus.NOT_FOUND, f"There is no run {run_id} of this service, or no longer.")
    return Response("".join(_lines(run)), content_type="application/x-ndjson")


def _lines(run: CronRun) -> Iterator[str]:
    if run.deployment_id is None:
        return
    for line in parts().store.logs.read(run.deployment_id, step=log_name(run.id)):
        yield json.dumps({"n": line.n, "at": line.at.isoformat(), "text": line.text}) + "\n"


def _environment(told: dict[str, str | bool]) -> str:
    hint = f"`{PRODUCTION}`, or `pr-7` for pull request 7"
    return text(told, "environment", _LONGEST_NAME, hint) or PRODUCTION


def _told(run: CronRun) -> dict[str, object]:
    words = ("id", "environment", "trigger", "actor", "state", "reason", "exit_code")
    return {
        **{name: getattr(run, name) for name in words},
        "deployment": run.deployment_id,
        **{name: at.isoformat() if (at := getattr(run, name)) else None for name in _TIMES},
    }
