"""`/api/v1/audit`: who asked for what, by which way, for admins; and `/api/v1/sessions`: where one is signed in."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, Response, jsonify

from tidegate.audit import Asked, Sought, Via
from tidegate.permission import Action
from webapp import audit
from webapp.api.common import BEFORE, LIMIT
from webapp.api.declared import Endpoint, Line, endpoint, told
from webapp.api.shapes import MAYBE_TEXT, MOMENT, TEXT, WHOLE, many, maybe, named, one_of, page, record
from webapp.asking import end_sessions, from_our_pages
from webapp.parts import parts
from webapp.viewer import viewer

blueprint = Blueprint("api_audit", __name__, url_prefix="/api/v1")

_ACTOR = Line("actor", "who asked, by their login")
_ACTION = Line("action", "what was asked for, such as `deploy`")
_LIST = (LIMIT, BEFORE, _ACTOR, _ACTION)
_ENTRY = record(
    at=MOMENT,
    actor=TEXT,
    via=one_of(Via),
    token=MAYBE_TEXT,
    action=TEXT,
    detail=TEXT,
    repository_id=maybe(WHOLE),
    repository=MAYBE_TEXT,
    service=MAYBE_TEXT,
    environment=MAYBE_TEXT,
    deployment_id=MAYBE_TEXT,
)
_PAGE = page("entries", named("AuditEntry", _ENTRY), WHOLE)
_SESSION = record(browser=TEXT, began_at=MOMENT, ends_at=MOMENT)


@endpoint(
    blueprint,
    "GET",
    "/repositories/<int:repository_id>/audit",
    Endpoint("Who asked for what, by which way, newest first", {200: _PAGE}, _LIST, Action.AUDIT),
)
def of_repository(repository_id: int) -> Response:
    return _page(repository_id)


@endpoint(
    blueprint, "GET", "/audit", Endpoint("The same of all repositories that you are an admin of", {200: _PAGE}, _LIST)
)
def index() -> Response:
    """For the operator's tokens: of everything."""
    return _page(None)


@endpoint(
    blueprint,
    "GET",
    "/sessions",
    Endpoint("Where you are signed in", {200: record(sessions=many(_SESSION))}, people_only=True),
)
def sessions() -> Response:
    found = parts().store.sessions.of(viewer().person().id, datetime.now(UTC))
    return jsonify(
        sessions=[
            {"browser": each.browser, "began_at": each.began_at.isoformat(), "ends_at": each.ends_at.isoformat()}
            for each in found
        ]
    )


@endpoint(
    blueprint,
    "DELETE",
    "/sessions",
    Endpoint("Signs you out everywhere, here too", {200: record(ended=WHOLE)}, people_only=True),
)
def sign_out() -> Response:
    from_our_pages()
    return jsonify(ended=end_sessions(viewer()))


def _page(repository_id: int | None) -> Response:
    asked = told(_LIST)
    sought = Sought(_ACTOR.of(asked), _ACTION.of(asked))
    found = audit.part(viewer(), repository_id, sought, LIMIT.must(asked), BEFORE.of(asked))
    return jsonify(entries=[_shown(each, found.name(each)) for each in found.entries], next=found.more)


def _shown(entry: Asked, repository: str | None) -> dict[str, object]:
    words = ("actor", "via", "token", "action", "detail")
    return {
        "at": entry.at.isoformat(),
        **{name: getattr(entry, name) for name in words},
        **vars(entry.about),
        "repository": repository,
    }
