"""Pages while something goes on: what stream.py sends, for those who may see it and find a place."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, current_app, render_template, request

from tidegate.deployment import FINAL, Deployment
from tidegate.permission import Action
from webapp import hosts as docker_hosts
from webapp.livelog import LiveLog
from webapp.pages import previews as pulls
from webapp.pages.overview import Group, asked_for, overview
from webapp.pages.place import place
from webapp.pages.services import now
from webapp.pages.summary import summary
from webapp.parts import parts
from webapp.stream import Look
from webapp.viewer import viewer
from webapp.watching import live_log, watched

blueprint = Blueprint("live", __name__)

#: (A key that changes with what is shown, what the template takes, whether it has ended); None: it is gone.
_Seen = tuple[object, Callable[[], dict[str, object]], bool]


@blueprint.get("/deployments/<deployment_id>/log/stream")
def deployment(deployment_id: str) -> Response:
    """What the viewer may see is asked once: a stream lasts for minutes only."""
    _, repository = viewer().deployment(deployment_id)
    may_cancel = viewer().may(Action.CANCEL, repository)
    made, log = parts(), live_log(deployment_id)

    def see() -> _Seen | None:
        found = made.store.deployments.get(deployment_id)
        if found is None:
            return None
        key = (found.version, found.cancel_asked_by, tuple(made.store.phases.of(deployment_id)))
        return key, lambda: summary(made, found, repository, may_cancel=may_cancel), found.status in FINAL

    return _stream(see, "_summary.html", log)


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


@blueprint.get("/previews/stream")
def previews() -> Response:
    made, mine = parts(), pulls.mine(viewer())

    def see() -> _Seen:
        shown = pulls.shown(made, mine)
        key = [(each.repository, each.number, each.record, _serving(each)) for each in shown]
        return key, lambda: pulls.told(made, shown), False

    return _stream(see, "_previews.html")


@blueprint.get("/hosts/stream")
def hosts() -> Response:
    looking, may_admit = docker_hosts.looking(viewer()), viewer().may_hosts()

    def see() -> _Seen:
        found = looking()
        return found, lambda: {"hosts": found, "may_admit": may_admit}, False

    return _stream(see, "_hosts.html")


def _serving(preview: pulls.Shown) -> object:
    return _versions([each for each, _ in preview.services]), [url for _, url in preview.services]


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
    return watched(_look(see, template), log)


def _look(see: Callable[[], _Seen | None], template: str) -> Look:
    """Renders outside of the request, which has ended by then as far as Flask knows; and only what has changed."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - what the proxy stands for
    last: tuple[object, object, bool] | None = None

    def look() -> tuple[object, object, bool] | None:
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
