"""`/api/v1/services/<id>/metering`: how long a service's steps took, added up ("pipeline minutes")."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import Blueprint, Response, jsonify

from tidegate.deployment import Step
from webapp.parameters import number, parameters
from webapp.parts import parts
from webapp.viewer import viewer

blueprint = Blueprint("api_metering", __name__, url_prefix="/api/v1/services")

_DAYS, _MOST_DAYS = 30, 366


@blueprint.get("/<int:service_id>/metering")
def metering(service_id: int) -> Response:
    """Query: `days` (30) → {since, build_seconds, pre_deploy_seconds}, of what began since and has ended."""
    service, _ = viewer().service(service_id)
    told = parameters(("days",), numbers=("days",))
    days = number(told, "days", 1, _MOST_DAYS) if "days" in told else _DAYS
    since = datetime.now(UTC) - timedelta(days=days)
    seconds = parts().store.phases.metered(service.id, since)
    return jsonify(
        since=since.isoformat(),
        build_seconds=round(seconds.get(Step.BUILD, 0.0), 3),
        pre_deploy_seconds=round(seconds.get(Step.PRE_DEPLOY, 0.0), 3),
    )
