"""`/api/v1/usage`, and `/api/v1/services/<id>/usage` of one service: how long steps took, added up ("pipeline
minutes"), and the disks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from flask import Blueprint, Response, jsonify

from tidegate.definition import defined
from tidegate.deployment import Step
from tidegate.permission import Action
from tidegate.repository import Service
from webapp.api.common import AFTER, LIMIT
from webapp.api.declared import Endpoint, Told, Whole, endpoint, told
from webapp.api.shapes import MOMENT, NUMBER, TEXT, WHOLE, Schema, many, maybe, record
from webapp.parts import parts
from webapp.viewer import viewer

blueprint = Blueprint("api_usage", __name__, url_prefix="/api/v1")

_DAYS = Whole("days", "how long ago it begins", 1, 366, 30)
_DISK = record(name=TEXT, mount_path=TEXT, size_gb=WHOLE)
_FIELDS: dict[str, Schema] = {"build_seconds": NUMBER, "pre_deploy_seconds": NUMBER, "disk": maybe(_DISK)}
_USED = record(since=MOMENT, **_FIELDS)
_ONE = record(id=WHOLE, name=TEXT, repository_id=WHOLE, **_FIELDS)
_LIST = (_DAYS, LIMIT, AFTER)


@endpoint(
    blueprint,
    "GET",
    "/usage",
    Endpoint(
        "The same of all services, by repository and name",
        {200: record(since=MOMENT, services=many(_ONE), next=maybe(WHOLE))},
        _LIST,
    ),
)
def index() -> Response:
    """Of the repositories that one works in."""
    asked, store = told(_LIST), parts().store
    begin, limit, since = AFTER.of(asked) or 0, LIMIT.must(asked), _since(asked)
    found = store.glances.services(viewer().given(), "", begin, limit + 1)
    seconds = store.phases.metered_of([each.id for each in found[:limit]], since)
    return jsonify(
        since=since.isoformat(),
        services=[
            {
                "id": each.id,
                "name": each.name,
                "repository_id": each.repository_id,
                **_used(each, seconds.get(each.id, {})),
            }
            for each in found[:limit]
        ],
        next=begin + limit if len(found) > limit else None,
    )


@endpoint(
    blueprint,
    "GET",
    "/services/<int:service_id>/usage",
    Endpoint("How long its builds and pre-deploy commands took, and its disk", {200: _USED}, (_DAYS,), Action.SEE),
)
def usage(service_id: int) -> Response:
    """Of what began since and has ended."""
    service, _ = viewer().service(service_id)
    since = _since(told((_DAYS,)))
    return jsonify(since=since.isoformat(), **_used(service, parts().store.phases.metered(service.id, since)))


def _since(asked: Told) -> datetime:
    return datetime.now(UTC) - timedelta(days=_DAYS.must(asked))


def _used(service: Service, seconds: Mapping[str, float]) -> dict[str, object]:
    """`seconds`: by step."""
    disk = defined(service.definition).disk
    return {
        "build_seconds": round(seconds.get(Step.BUILD, 0.0), 3),
        "pre_deploy_seconds": round(seconds.get(Step.PRE_DEPLOY, 0.0), 3),
        "disk": disk and {"name": disk.name, "mount_path": disk.mount_path, "size_gb": disk.size_gb},
    }
