"""`/api/v1/services/<id>/runs`: the history of a cron service, what each run has printed, and one more by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from http import HTTPStatus

from flask import Blueprint, Response, jsonify

from tidegate import schedule
from tidegate.cronrun import CronRun, RunState, RunTrigger, log_name
from tidegate.definition import in_force
from tidegate.permission import Action
from tidegate.repository import PRODUCTION, Service
from webapp.api.common import BEFORE, ENVIRONMENT, LIMIT
from webapp.api.declared import LINES, Endpoint, endpoint, told
from webapp.api.shapes import MAYBE_MOMENT, MAYBE_TEXT, MOMENT, TEXT, WHOLE, many, maybe, named, one_of, record
from webapp.asking import run_now
from webapp.parts import parts
from webapp.problem import Problem
from webapp.viewer import viewer

blueprint = Blueprint("api_runs", __name__, url_prefix="/api/v1/services/<int:service_id>/runs")

_TIMES = ("asked_at", "began_at", "ended_at")
_LIST = (ENVIRONMENT, LIMIT, BEFORE)
_RUN = named(
    "Run",
    record(
        id=WHOLE,
        environment=TEXT,
        trigger=one_of(RunTrigger),
        actor=TEXT,
        state=one_of(RunState),
        reason=TEXT,
        exit_code=maybe(WHOLE),
        deployment=MAYBE_TEXT,
        asked_at=MOMENT,
        began_at=MAYBE_MOMENT,
        ended_at=MAYBE_MOMENT,
    ),
)
#: A part of the list.
_PAGE = record(runs=many(_RUN), next=maybe(WHOLE), scheduled_at=MAYBE_MOMENT)


@endpoint(
    blueprint,
    "GET",
    "",
    Endpoint("Runs of a cron service, newest first", {200: _PAGE}, _LIST, Action.SEE),
)
def index(service_id: int) -> Response:
    """`scheduled_at`: when its schedule has it run next; null where nothing is live, and in previews, which run by hand
    only."""
    service, _ = viewer().service(service_id)
    asked = told(_LIST)
    limit = LIMIT.must(asked)
    place = ENVIRONMENT.of(asked) or PRODUCTION
    found = parts().store.cron_runs.of(service_id, place, limit + 1, BEFORE.of(asked))
    runs, more = found[:limit], found[limit - 1].id if len(found) > limit else None
    return jsonify(runs=[_told(each) for each in runs], next=more, scheduled_at=_scheduled(service, place))


def _scheduled(service: Service, environment: str) -> str | None:
    live = parts().store.deployments.live(service.id, environment) if environment == PRODUCTION else None
    timing = in_force(service, live).schedule if live else None
    return schedule.next_after(timing, datetime.now(UTC)).isoformat() if timing else None


@endpoint(
    blueprint,
    "POST",
    "",
    Endpoint(
        "Runs it by hand, as soon as an active run was stopped", {202: record(run=_RUN)}, (ENVIRONMENT,), Action.RUN
    ),
)
def ask(service_id: int) -> tuple[Response, HTTPStatus]:
    place = ENVIRONMENT.of(told((ENVIRONMENT,))) or PRODUCTION
    return jsonify(run=_told(run_now(viewer(), service_id, place))), HTTPStatus.ACCEPTED


@endpoint(blueprint, "GET", "/<int:run_id>", Endpoint("A run: how it is, or has ended", {200: _RUN}, action=Action.SEE))
def one(service_id: int, run_id: int) -> Response:
    return jsonify(_told(_found(service_id, run_id)))


@endpoint(
    blueprint,
    "GET",
    "/<int:run_id>/logs",
    Endpoint("What a run has printed", {200: record(n=WHOLE, at=MOMENT, text=TEXT)}, action=Action.SEE, kind=LINES),
)
def logs(service_id: int, run_id: int) -> Response:
    return Response("".join(_lines(_found(service_id, run_id))), content_type=LINES)


def _found(service_id: int, run_id: int) -> CronRun:
    """Raises Problem."""
    viewer().service(service_id)
    run = parts().store.cron_runs.get(run_id)
    if run is None or run.service_id != service_id:
        raise Problem(HTTPStatus.NOT_FOUND, f"There is no run {run_id} of this service, or no longer.")
    return run


def _lines(run: CronRun) -> Iterator[str]:
    if run.deployment_id is None:
        return
    for line in parts().store.logs.read(run.deployment_id, step=log_name(run.id)):
        yield json.dumps({"n": line.n, "at": line.at.isoformat(), "text": line.text}) + "\n"


def _told(run: CronRun) -> dict[str, object]:
    words = ("id", "environment", "trigger", "actor", "state", "reason", "exit_code")
    return {
        **{name: getattr(run, name) for name in words},
        "deployment": run.deployment_id,
        **{name: at.isoformat() if (at := getattr(run, name)) else None for name in _TIMES},
    }
