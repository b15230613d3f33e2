"""`/api/v1/repositories/<id>/environments`: how each environment is, with its services."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from tidegate.store.wellbeing import Member, environments
from webapp.parts import parts
from webapp.viewer import viewer

blueprint = Blueprint("api_environments", __name__, url_prefix="/api/v1/repositories")


@blueprint.get("/<int:repository_id>/environments")
def index(repository_id: int) -> Response:
    """{environments: [{name, health, reason, services: [{id, name, health, reason, deployment, sha}]}]}, by name;
    `health` is null where nothing is live."""
    repository = viewer().repository(repository_id)
    return jsonify(
        environments=[
            {
                "name": each.name,
                "health": each.wellbeing.health,
                "reason": each.wellbeing.reason,
                "services": [_told(member) for member in each.members],
            }
            for each in environments(parts().store, repository.id)
        ]
    )


def _told(member: Member) -> dict[str, object]:
    return {
        "id": member.service.id,
        "name": member.service.name,
        "health": member.wellbeing.health,
        "reason": member.wellbeing.reason,
        "deployment": member.live and member.live.id,
        "sha": member.live and member.live.sha,
    }
