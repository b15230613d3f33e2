"""`/api/v1/deployments/<id>/logs/stream`: a deployment's log while it grows, and the deployment as it moves on."""

from __future__ import annotations

from flask import Blueprint, Response

from tidegate.deployment import FINAL
from tidegate.permission import Action
from webapp.api.common import AFTER_LINE
from webapp.api.declared import EVENTS, Endpoint, endpoint, told
from webapp.api.deployments import shown
from webapp.api.shapes import TEXT, Schema, one_of
from webapp.parts import parts
from webapp.viewer import viewer
from webapp.watching import live_log, watched

blueprint = Blueprint("api_logstream", __name__, url_prefix="/api/v1/deployments")

#: Of each event, as those describe them who can: OpenAPI 3.1 itself knows no streams.
_EVENT: Schema = {
    "type": "object",
    "properties": {
        "event": one_of(("status", "line", "end")),
        "data": {"type": "string", "contentMediaType": "application/json"},
        "id": TEXT,
    },
    "required": ["event", "data"],
}


@endpoint(
    blueprint,
    "GET",
    "/<deployment_id>/logs/stream",
    Endpoint("Its log while it grows, as server-sent events", {200: _EVENT}, (AFTER_LINE,), Action.SEE, kind=EVENTS),
)
def follow(deployment_id: str) -> Response:
    """`status`: the deployment, whenever it has moved on; `line`: the next lines of its log; `end`: it has ended. Who
    is sent away after some minutes comes back with the number of their last line, in `after` or `Last-Event-ID`."""
    viewer().deployment(deployment_id)
    told((AFTER_LINE,))
    store = parts().store

    def look() -> tuple[object, object, bool] | None:
        found = store.deployments.get(deployment_id)
        return None if found is None else ((found.version, found.health), shown(found), found.status in FINAL)

    return watched(look, live_log(deployment_id))
