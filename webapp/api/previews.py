"""`/api/v1/repositories/<id>/previews`: the environments of pull requests, and why one isn't there."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from tidegate.permission import Action
from tidegate.preview import Preview
from webapp.api.common import DEPLOYMENT, LIMIT
from webapp.api.declared import Endpoint, Flag, Whole, endpoint, told
from webapp.api.deployments import shown
from webapp.api.lookup import url_of
from webapp.api.shapes import MAYBE_TEXT, MOMENT, TEXT, WHOLE, YES_OR_NO, many, named, page, record
from webapp.parts import parts
from webapp.viewer import viewer

blueprint = Blueprint("api_previews", __name__, url_prefix="/api/v1/repositories")

_BEFORE = Whole("before", "the `next` of the part before", 1, 2**31)
_ALL = Flag("all", "those that are gone, too")
_LIST = (LIMIT, _BEFORE, _ALL)
_PREVIEW = named(
    "Preview",
    record(
        number=WHOLE,
        environment=TEXT,
        head_sha=TEXT,
        head_branch=TEXT,
        fork=YES_OR_NO,
        open=YES_OR_NO,
        pushed_at=MOMENT,
        absent=MAYBE_TEXT,
        approved_by=MAYBE_TEXT,
        services=many(record(deployment=DEPLOYMENT, url=MAYBE_TEXT)),
    ),
)


@endpoint(
    blueprint,
    "GET",
    "/<int:repository_id>/previews",
    Endpoint("Previews, the newest pull request first", {200: page("previews", _PREVIEW, WHOLE)}, _LIST, Action.SEE),
)
def index(repository_id: int) -> Response:
    """`absent` says why one isn't there; of each service what was deployed there last."""
    repository, asked = viewer().repository(repository_id), told(_LIST)
    before, limit, wanted = _BEFORE.of(asked), LIMIT.must(asked), _ALL.of(asked)
    found = [
        each
        for each in reversed(parts().store.previews.of_repository(repository.id))
        if (before is None or each.number < before) and (wanted or each.absent is None)
    ]
    more = found[limit - 1].number if len(found) > limit else None
    return jsonify(previews=[_told(each) for each in found[:limit]], next=more)


def _told(each: Preview) -> dict[str, object]:
    store = parts().store
    places = store.environments.of_repository(each.repository_id, each.environment)
    last = [store.deployments.last(place.service_id, place.name) for place in places]
    words = ("number", "environment", "head_sha", "head_branch", "fork", "open", "absent", "approved_by")
    return {
        **{name: getattr(each, name) for name in words},
        "pushed_at": each.pushed_at.isoformat(),
        "services": [
            {
                "deployment": shown(row),
                "url": url_of(store.deployments.live(row.service_id, row.environment)),
            }
            for row in last
            if row is not None
        ],
    }
