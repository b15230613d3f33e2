"""`/api/v1/services/<id>/usage`: how long a service's steps took, added up ("pipeline minutes"), and its disk."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import Blueprint, Response, jsonify

from tidegate.definition import defined
from tidegate.deployment import Step
from tidegate.permission import Action
from webapp.api.declared import Endpoint, Whole, endpoint, told
from webapp.api.shapes import MOMENT, NUMBER, TEXT, WHOLE, maybe, record
from webapp.parts import parts
from webapp.viewer import viewer

blueprint = Blueprint("api_usage", __name__, url_prefix="/api/v1/services")

_DAYS = Whole("days", "how long ago it begins", 1, 366, 30)
_DISK = record(name=TEXT, mount_path=TEXT, size_gb=WHOLE)
_USED = record(since=MOMENT, build_seconds=NUMBER, pre_deploy_seconds=NUMBER, disk=maybe(_DISK))


@endpoint(
    blueprint,
    "GET",
    "/<int:service_id>/usage",
    Endpoint("How long its builds and pre-deploy commands took, and its disk", {200: _USED}, (_DAYS,), Action.SEE),
)
def usage(service_id: int) -> Response:
    """Of what began since and has ended."""
    service, _ = viewer().service(service_id)
    since = datetime.now(UTC) - timedelta(days=_DAYS.must(told((_DAYS,))))
    seconds = parts().store.phases.metered(service.id, since)
    disk = defined(service.definition).disk
    return jsonify(
        since=since.isoformat(),
        build_seconds=round(seconds.get(Step.BUILD, 0.0), 3),
        pre_deploy_seconds=round(seconds.get(Step.PRE_DEPLOY, 0.0), 3),
        disk=disk and {"name": disk.name, "mount_path": disk.mount_path, "size_gb": disk.size_gb},
    )
