"""`/api/v1/services/<id>/events`: the timeline of a service: all that was decided about it, and that happened to it."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from tidegate.permission import Action
from tidegate.repository import PRODUCTION, TimelineEntry
from webapp.api.common import BEFORE, ENVIRONMENT, LIMIT
from webapp.api.declared import Endpoint, Line, endpoint, told
from webapp.api.shapes import MAYBE_TEXT, MOMENT, TEXT, WHOLE, named, page, record
from webapp.parts import parts
from webapp.viewer import viewer

blueprint = Blueprint("api_events", __name__, url_prefix="/api/v1/services")

_KIND = Line("kind", "only those of that kind, such as `freeze-on`")
_LIST = (ENVIRONMENT, _KIND, LIMIT, BEFORE)
_EVENT = named(
    "Event",
    record(
        at=MOMENT,
        kind=TEXT,
        text=TEXT,
        actor=TEXT,
        service=MAYBE_TEXT,
        environment=MAYBE_TEXT,
        deployment_id=MAYBE_TEXT,
        sha=MAYBE_TEXT,
    ),
)


@endpoint(
    blueprint,
    "GET",
    "/<int:service_id>/events",
    Endpoint("Its timeline, newest first", {200: page("events", _EVENT, WHOLE)}, _LIST, Action.SEE),
)
def index(service_id: int) -> Response:
    """In one environment, what concerns the whole repository among it."""
    service, repository = viewer().service(service_id)
    asked = told(_LIST)
    place, kind = ENVIRONMENT.of(asked) or PRODUCTION, _KIND.of(asked)
    entries, more = parts().store.timeline.page(
        repository.id, service.name, place, LIMIT.must(asked), BEFORE.of(asked), [kind] if kind else []
    )
    return jsonify(events=[_told(each) for each in entries], next=more)


def _told(entry: TimelineEntry) -> dict[str, object]:
    words = ("kind", "text", "actor", "service", "environment", "deployment_id", "sha")
    return {"at": entry.at.isoformat(), **{name: getattr(entry, name) for name in words}}
