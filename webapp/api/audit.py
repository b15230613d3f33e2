"""`/api/v1/audit`: who asked for what, by which way, for admins; and `/api/v1/sessions`: where one is signed in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from flask import Blueprint, Response, jsonify

from tidegate.audit import Asked, Via
from tidegate.permission import Action
from webapp.api.common import BEFORE, LIMIT
from webapp.api.declared import Endpoint, endpoint, told
from webapp.api.shapes import MAYBE_TEXT, MOMENT, TEXT, WHOLE, many, maybe, named, one_of, page, record
from webapp.asking import end_sessions, from_our_pages
from webapp.parts import parts
from webapp.viewer import viewer

blueprint = Blueprint("api_audit", __name__, url_prefix="/api/v1")

_LIST = (LIMIT, BEFORE)
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
    repository = viewer().repository(repository_id)
    viewer().demand(Action.AUDIT, repository)
    return _page([repository.id])


@endpoint(
    blueprint, "GET", "/audit", Endpoint("The same of all repositories that you are an admin of", {200: _PAGE}, _LIST)
)
def index() -> Response:
    """For the operator's tokens: of everything."""
    audited = viewer().audited()
    return _page(None if audited is None else list(audited))


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


def _page(repositories: list[int] | None) -> Response:
    asked = told(_LIST)
    limit = LIMIT.must(asked)
    found = parts().store.audit.page(repositories, limit + 1, BEFORE.of(asked))
    more = found[limit - 1][0] if len(found) > limit else None
    about = {entry.about.repository_id for _, entry in found}
    known = parts().store.repositories.some([each for each in about if each is not None])
    names: dict[int | None, str] = {each.id: each.full_name for each in known}
    return jsonify(entries=[_shown(entry, names) for _, entry in found[:limit]], next=more)


def _shown(entry: Asked, names: Mapping[int | None, str]) -> dict[str, object]:
    """`names` are also of repositories that are no longer served, by their ids."""
    words = ("actor", "via", "token", "action", "detail")
    return {
        "at": entry.at.isoformat(),
        **{name: getattr(entry, name) for name in words},
        **vars(entry.about),
        "repository": names.get(entry.about.repository_id),
    }
