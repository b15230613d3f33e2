"""`/api/v1/audit`: who asked for what, by which way, for admins; and `/api/v1/sessions`: where one is signed in."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, Response, jsonify

from tidegate.audit import Asked
from tidegate.permission import Action
from webapp.asking import end_sessions, from_our_pages
from webapp.parameters import number, parameters
from webapp.parts import parts
from webapp.viewer import viewer

blueprint = Blueprint("api_audit", __name__, url_prefix="/api/v1")

_MOST, _USUAL = 100, 30
_LAST = 2**31


@blueprint.get("/repositories/<int:repository_id>/audit")
def of_repository(repository_id: int) -> Response:
    """{entries, next}, the newest first. Query: `limit` (1 to 100, 30), `before` (the last page's `next`)."""
    repository = viewer().repository(repository_id)
    viewer().demand(Action.AUDIT, repository)
    return _page([repository.id])


@blueprint.get("/audit")
def index() -> Response:
    """The same, of all repositories that one is an admin of; the operator's tokens: of everything."""
    audited = viewer().audited()
    return _page(None if audited is None else list(audited))


@blueprint.get("/sessions")
def sessions() -> Response:
    """{sessions}: where one is signed in, the newest first."""
    found = parts().store.sessions.of(viewer().person().id, datetime.now(UTC))
    return jsonify(
        sessions=[
            {"browser": each.browser, "began_at": each.began_at.isoformat(), "ends_at": each.ends_at.isoformat()}
            for each in found
        ]
    )


@blueprint.delete("/sessions")
def sign_out() -> Response:
    """Everywhere, here too → {ended}: how many."""
    from_our_pages()
    return jsonify(ended=end_sessions(viewer()))


def _page(repositories: list[int] | None) -> Response:
    told = parameters(("limit", "before"))
    limit = number(told, "limit", 1, _MOST) if "limit" in told else _USUAL
    before = number(told, "before", 1, _LAST) if "before" in told else None
    found = parts().store.audit.page(repositories, limit + 1, before)
    more = found[limit - 1][0] if len(found) > limit else None
    return jsonify(entries=[_told(entry) for _, entry in found[:limit]], next=more)


def _told(entry: Asked) -> dict[str, object]:
    words = ("actor", "via", "token", "action", "detail")
    return {
        "at": entry.at.isoformat(),
        **{name: getattr(entry, name) for name in words},
        **vars(entry.about),
    }
