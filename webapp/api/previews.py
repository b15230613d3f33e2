"""`/api/v1/repositories/<id>/previews`: the environments of pull requests, and why one isn't there; made and removed by
hand, which a worker carries out, who asks GitHub once more whether they may."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, Response, jsonify

from tidegate.audit import About
from tidegate.permission import Action
from tidegate.preview import Preview, environment_of
from tidegate.request import PREVIEW
from webapp.api.common import BEFORE, DEPLOYMENT, DONE, LATER, LIMIT
from webapp.api.declared import Endpoint, Flag, endpoint, told
from webapp.api.deployments import shown
from webapp.api.lookup import url_of
from webapp.api.shapes import MAYBE_TEXT, MOMENT, TEXT, WHOLE, YES_OR_NO, many, named, page, record
from webapp.asking import from_our_pages
from webapp.parts import parts
from webapp.problem import Problem
from webapp.viewer import viewer
from webapp.workers import response

blueprint = Blueprint("api_previews", __name__, url_prefix="/api/v1/repositories")

_ONE = "/<int:repository_id>/previews/<int:number>"
#: The highest number of a pull request that the store can have.
_LAST = 2**31 - 1
_FORCE = Flag("force", "past a freeze, for admins")
_ALL = Flag("all", "those that are gone, too")
_LIST = (LIMIT, BEFORE, _ALL)
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
    before, limit, wanted = BEFORE.of(asked), LIMIT.must(asked), _ALL.of(asked)
    found = [
        each
        for each in reversed(parts().store.previews.of_repository(repository.id))
        if (before is None or each.number < before) and (wanted or each.absent is None)
    ]
    more = found[limit - 1].number if len(found) > limit else None
    return jsonify(previews=[_told(each) for each in found[:limit]], next=more)


@endpoint(
    blueprint,
    "PUT",
    _ONE,
    Endpoint("Makes a preview, whatever the deploy file says", {200: DONE, 202: LATER}, (_FORCE,), Action.PREVIEW),
)
def make(repository_id: int, number: int) -> tuple[Response, HTTPStatus]:
    """Of a pull request that is open; also one that was removed by hand."""
    return _ask(repository_id, number, wanted=True, force=_FORCE.of(told((_FORCE,))))


@endpoint(
    blueprint,
    "DELETE",
    _ONE,
    Endpoint("Removes a preview, with all that it runs", {200: DONE, 202: LATER}, action=Action.PREVIEW),
)
def remove(repository_id: int, number: int) -> tuple[Response, HTTPStatus]:
    """Until the next push to the pull request. Fine where it is gone."""
    return _ask(repository_id, number, wanted=False)


def _ask(repository_id: int, number: int, *, wanted: bool, force: bool = False) -> tuple[Response, HTTPStatus]:
    """What a worker answers, to somebody who may. Raises Problem."""
    from_our_pages()
    repository = viewer().repository(repository_id)
    if number > _LAST:
        raise Problem(HTTPStatus.NOT_FOUND, "No pull request has such a number.")
    for each in (Action.PREVIEW, *((Action.FORCE,) if force else ())):
        viewer().demand(each, repository)
    about = About(repository.id, environment=environment_of(number))
    parts().store.audit.add(viewer().asks(Action.PREVIEW, about, "made" if wanted else "removed"))
    told = {"repository_id": repository.id, "number": number, "wanted": wanted, "force": force}
    return response(parts().workers.ask(PREVIEW, {**told, "actor": viewer().login}), {})


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
