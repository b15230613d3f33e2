"""The runs of a cron service: when each began, how it ended, and what it printed."""

from __future__ import annotations

from collections import deque
from datetime import UTC, datetime
from http import HTTPStatus

from flask import Blueprint, render_template, request

from tidegate import schedule
from tidegate.cronrun import log_name
from webapp.pages.numbered import numbered
from webapp.pages.place import place
from webapp.problem import Problem

blueprint = Blueprint("runs", __name__)

_PAGE = 30
_LINES = 2000


@blueprint.get("/services/<int:service_id>/runs")
def index(service_id: int) -> str:
    here, now = place(service_id), datetime.now(UTC)
    found = here.made.store.cron_runs.of(service_id, here.environment, _PAGE + 1, numbered(request, "before"))
    runs, more = found[:_PAGE], found[_PAGE - 1].id if len(found) > _PAGE else None
    timing = here.definition.schedule
    coming = schedule.next_after(timing, now) if timing and here.live else None
    return render_template("runs.html", place=here, runs=runs, more=more, coming=coming, now=now)


@blueprint.get("/services/<int:service_id>/runs/<int:run_id>")
def one(service_id: int, run_id: int) -> str:
    run = place(service_id).made.store.cron_runs.get(run_id)
    if run is None or run.service_id != service_id:
        raise Problem(HTTPStatus.NOT_FOUND, f"There is no run {run_id} of this service, or no longer.")
    here = place(service_id, run.environment, gone=True)
    kept = here.made.store.logs.read(run.deployment_id, step=log_name(run.id)) if run.deployment_id else iter(())
    lines = deque(kept, maxlen=_LINES)
    return render_template("run.html", place=here, run=run, lines=lines, more=len(lines) == _LINES)
