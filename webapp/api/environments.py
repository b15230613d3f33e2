"""`/api/v1/repositories/<id>/environments`: how each environment is, with its services."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from tidegate.deployment import Health
from tidegate.permission import Action
from tidegate.store.wellbeing import Member
from webapp.api.declared import Endpoint, endpoint
from webapp.api.shapes import MAYBE_MOMENT, MAYBE_TEXT, TEXT, WHOLE, many, maybe, one_of, record
from webapp.parts import parts
from webapp.viewer import viewer

blueprint = Blueprint("api_environments", __name__, url_prefix="/api/v1/repositories")


_HEALTH = maybe(one_of(Health))
_MEMBER = record(
    id=WHOLE, name=TEXT, health=_HEALTH, reason=TEXT, deployment=MAYBE_TEXT, sha=MAYBE_TEXT, live_at=MAYBE_MOMENT
)
_ENVIRONMENT = record(name=TEXT, health=_HEALTH, reason=TEXT, services=many(_MEMBER))


@endpoint(
    blueprint,
    "GET",
    "/<int:repository_id>/environments",
    Endpoint(
        "Its environments, and how each service is there",
        {200: record(environments=many(_ENVIRONMENT))},
        action=Action.SEE,
    ),
)
def index(repository_id: int) -> Response:
    """By name; `health` is null where nothing is live."""
    repository = viewer().repository(repository_id)
    return jsonify(
        environments=[
            {
                "name": each.name,
                "health": each.wellbeing.health,
                "reason": each.wellbeing.reason,
                "services": [_told(member) for member in each.members],
            }
            for each in parts().store.wellbeing.of_repository(repository.id)
        ]
    )


def _told(member: Member) -> dict[str, object]:
    return {
        "id": member.service_id,
        "name": member.name,
        "health": member.wellbeing.health,
        "reason": member.wellbeing.reason,
        "deployment": member.live and member.live.id,
        "sha": member.live and member.live.sha,
        "live_at": member.live.live_at.isoformat() if member.live and member.live.live_at else None,
    }
