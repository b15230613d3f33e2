"""A deployment's page while it goes on: what stream.py sends, for those who may see it and find a place."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, Flask, Response, current_app, render_template, request

from tidegate.deployment import FINAL
from tidegate.permission import Action
from tidegate.repository import Repository
from webapp.livelog import LiveLog
from webapp.pages.summary import summary
from webapp.parts import Parts, parts
from webapp.problem import Problem
from webapp.stream import Look, events
from webapp.viewer import viewer

blueprint = Blueprint("live", __name__)

_MOST_DIGITS = 9


@blueprint.get("/deployments/<deployment_id>/log/stream")
def stream(deployment_id: str) -> Response:
    """What the viewer may see is asked once: a stream lasts for minutes only."""
    _, repository = viewer().deployment(deployment_id)
    may_cancel = viewer().may(Action.CANCEL, repository)
    last = request.headers.get("Last-Event-ID") or request.args.get("after", "0")
    if not (last.isascii() and last.isdigit() and len(last) <= _MOST_DIGITS):
        raise Problem(HTTPStatus.BAD_REQUEST, "`after` is the number of the last line that you have.")
    made = parts()
    look = _look(current_app._get_current_object(), made, deployment_id, repository, may_cancel=may_cancel)  # type: ignore[attr-defined]  # noqa: SLF001
    leave = made.places.take()
    made.metrics.streams.inc()
    told = events(LiveLog(made.store, made.redis, deployment_id, int(last)), look, made.places.stopping)
    # X-Accel-Buffering: nginx would hold lines back.
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    answer = Response(told, content_type="text/event-stream", headers=headers)
    # Called even where the watcher left before the first line, when a generator's own `finally` would not run.
    answer.call_on_close(leave)
    answer.call_on_close(made.metrics.streams.dec)
    return answer


def _look(app: Flask, made: Parts, deployment_id: str, repository: Repository, *, may_cancel: bool) -> Look:
    """Renders outside of the request, which has ended by then as far as Flask knows."""
    last: tuple[object, str, bool] | None = None

    def look() -> tuple[object, str, bool] | None:
        nonlocal last
        deployment = made.store.deployments.get(deployment_id)
        if deployment is None:
            return None
        key = (deployment.version, deployment.cancel_asked_by, tuple(made.store.phases.of(deployment_id)))
        if last is None or last[0] != key:
            with app.app_context():
                html = render_template("_summary.html", **summary(made, deployment, repository, may_cancel=may_cancel))
            last = key, html, deployment.status in FINAL
        return last

    return look
