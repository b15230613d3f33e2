"""Pages while something goes on: what stream.py sends, for those who may see it and find a place."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from flask import Blueprint, Response, current_app, render_template, request

from tidegate.deployment import FINAL, Deployment
from tidegate.permission import Action
from webapp.livelog import LiveLog
from webapp.pages.overview import Group, asked_for, overview
from webapp.pages.place import place
from webapp.pages.services import now
from webapp.pages.summary import summary
from webapp.parts import parts
from webapp.problem import Problem
from webapp.stream import Look, events
from webapp.viewer import viewer

blueprint = Blueprint("live", __name__)

_MOST_DIGITS = 9

#: (A key that changes with what is shown, what the template takes, whether it has ended); None: it is gone.
_Seen = tuple[object, Callable[[], dict[str, object]], bool]


@blueprint.get("/deployments/<deployment_id>/log/stream")
def deployment(deployment_id: str) -> Response:
    """What the viewer may see is asked once: a stream lasts for minutes only."""
    _, repository = viewer().deployment(deployment_id)
    may_cancel = viewer().may(Action.CANCEL, repository)
    last = request.headers.get("Last-Event-ID") or request.args.get("after", "0")
    if not (last.isascii() and last.isdigit() and len(last) <= _MOST_DIGITS):
        raise Problem(HTTPStatus.BAD_REQUEST, "`after` is the number of the last line that you have.")
    made = parts()

    def see() -> _Seen | None:
        found = made.store.deployments.get(deployment_id)
        if found is None:
            return None
        key = (found.version, found.cancel_asked_by, tuple(made.store.phases.of(deployment_id)))
        return key, lambda: summary(made, found, repository, may_cancel=may_cancel), found.status in FINAL

    return _stream(see, "_summary.html", LiveLog(made.store, made.redis, deployment_id, int(last)))


@blueprint.get("/services/<int:service_id>/stream")
def service(service_id: int) -> Response:
    first = place(service_id)
    rights = {action: first.may(action) for action in Action}

    def see() -> _Seen:
        here = first.again(lambda action: rights[Action(action)])
        told = now(here)
        key = (here.live and (here.live.id, here.live.version, here.live.health_reason), _versions(here.coming))
        return (key, repr(told["instances"])), lambda: {"place": here, **told}, False

    return _stream(see, "_service_now.html")


@blueprint.get("/overview/stream")
def services() -> Response:
    made, given, asked = parts(), viewer().given(), asked_for(request)

    def see() -> _Seen:
        told = overview(made, given, *asked)
        groups = told["groups"]
        assert isinstance(groups, list)
        return (_states(groups), told["tally"]), lambda: told, False

    return _stream(see, "_overview.html")


def _states(groups: list[Group]) -> object:
    """All that the page tells of them, but for how long ago it was."""
    return [
        (
            row.service.id,
            row.service.auto_deploy_off,
            _versions([each for each in (row.live, row.last, *row.coming) if each]),
        )
        for group in groups
        for row in group.services
    ]


def _versions(deployments: list[Deployment]) -> object:
    return [(each.id, each.version, each.health, each.cancel_asked_by) for each in deployments]


def _stream(see: Callable[[], _Seen | None], template: str, log: LiveLog | None = None) -> Response:
    made = parts()
    look = _look(see, template)
    leave = made.places.take()
    made.metrics.streams.inc()
    # X-Accel-Buffering: nginx would hold lines back.
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    answer = Response(events(log, look, made.places.stopping), content_type="text/event-stream", headers=headers)
    # Called even where the watcher left before the first line, when a generator's own `finally` would not run.
    answer.call_on_close(leave)
    answer.call_on_close(made.metrics.streams.dec)
    return answer


def _look(see: Callable[[], _Seen | None], template: str) -> Look:
    """Renders outside of the request, which has ended by then as far as Flask knows; and only what has changed."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - what the proxy stands for
    last: tuple[object, str, bool] | None = None

    def look() -> tuple[object, str, bool] | None:
        nonlocal last
        seen = see()
        if seen is None:
            return None
        key, told, ended = seen
        if last is None or last[0] != key:
            with app.app_context():
                last = key, render_template(template, **told()), ended
        return last

    return look
