"""`/api/v1/repositories/<id>/commits/<sha>/why`: why a commit is not live."""

from __future__ import annotations

import re
from http import HTTPStatus

from flask import Blueprint, Response, jsonify

from tidegate import why
from tidegate.permission import Action
from tidegate.store.commit_facts import facts
from webapp.api.declared import Endpoint, Line, endpoint, told
from webapp.api.shapes import MAYBE_TEXT, TEXT, YES_OR_NO, many, record
from webapp.parts import parts
from webapp.problem import Problem
from webapp.viewer import viewer

blueprint = Blueprint("api_commits", __name__, url_prefix="/api/v1/repositories/<int:repository_id>/commits")

_SHA = re.compile(r"[0-9a-f]{4,40}")
_WHOLE = 40


_SERVICE = Line("service", "only of that service, by its name")
_ANSWER = record(
    service=TEXT,
    environment=TEXT,
    live=YES_OR_NO,
    kind=TEXT,
    headline=TEXT,
    evidence=many(TEXT),
    todo=TEXT,
    deployment=MAYBE_TEXT,
)


@endpoint(
    blueprint,
    "GET",
    "/<sha>/why",
    Endpoint("Why a commit is not live", {200: record(sha=TEXT, answers=many(_ANSWER))}, (_SERVICE,), Action.SEE),
)
def tell(repository_id: int, sha: str) -> Response:
    """One for each service in production, and for each other environment that the commit was looked at for.

    `sha` may be short, of a commit that is known; one that nobody has heard of is told by its whole SHA.
    """
    repository = viewer().repository(repository_id)
    whole = whole_sha(repository.id, sha.lower())
    found = facts(parts().store, repository, whole, _SERVICE.of(told((_SERVICE,))))
    return jsonify(sha=whole, answers=[_told(why.why(each)) for each in found])


def whole_sha(repository_id: int, given: str) -> str:
    """Raises Problem."""
    if not _SHA.fullmatch(given):
        raise Problem(HTTPStatus.BAD_REQUEST, "A commit's SHA has 4 to 40 hexadecimal digits.")
    if len(given) == _WHOLE:
        return given
    found = [sha for each, sha in parts().store.commits.beginning(given) if each == repository_id]
    if len(found) == 1:
        return found[0]
    if found:
        raise Problem(HTTPStatus.CONFLICT, "Several commits begin so: give more of it.")
    raise Problem(HTTPStatus.NOT_FOUND, "Nothing was heard of it: give its whole SHA.")


def _told(answer: why.Answer) -> dict[str, object]:
    return {
        "service": answer.service,
        "environment": answer.environment,
        "live": answer.live,
        "kind": answer.kind,
        "headline": answer.headline,
        "evidence": answer.evidence,
        "todo": answer.todo,
        "deployment": answer.deployment,
    }
