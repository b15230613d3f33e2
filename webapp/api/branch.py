"""`/api/v1/services/<id>/commits`: the latest of its linked branch, to choose from which to deploy."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from tidegate.definition import in_force
from tidegate.permission import Action
from tidegate.repository import PRODUCTION
from webapp.api.declared import Endpoint, endpoint
from webapp.api.shapes import MAYBE_TEXT, MOMENT, TEXT, many, named, one_of, record
from webapp.commits import Checks
from webapp.parts import parts
from webapp.viewer import viewer

blueprint = Blueprint("api_branch", __name__, url_prefix="/api/v1/services")

_COMMIT = named(
    "Commit",
    record(sha=TEXT, message=TEXT, author=TEXT, at=MOMENT, checks=one_of(Checks), deployment=MAYBE_TEXT),
)


@endpoint(
    blueprint,
    "GET",
    "/<int:service_id>/commits",
    Endpoint(
        "The latest commits of its branch, with how their checks are",
        {200: record(branch=TEXT, commits=many(_COMMIT))},
        action=Action.DEPLOY,
    ),
)
def index(service_id: int) -> Response:
    """Fifteen, the newest first, asked of GitHub. Checks of ours don't count; `deployment` is the last of it in
    production."""
    service, repository = viewer().service(service_id)
    viewer().demand(Action.DEPLOY, repository)
    live = parts().store.deployments.live(service.id, PRODUCTION)
    branch = in_force(service, live).linked_branch(repository.default_branch)
    found = viewer().commits(repository, branch)
    became = parts().store.deployments.of_commits(service.id, PRODUCTION, [each.sha for each in found])
    return jsonify(
        branch=branch,
        commits=[
            {
                **vars(each),
                "at": each.at.isoformat(),
                "deployment": became[each.sha].id if each.sha in became else None,
            }
            for each in found
        ],
    )
