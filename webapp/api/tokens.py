"""`/api/v1/tokens`: one's own, made and revoked by who signed in; and `/api/v1/me`: as whom a program asks."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, Response, jsonify

from tidegate.apitoken import ApiToken, Scope
from webapp import tokens
from webapp.api.declared import Endpoint, endpoint
from webapp.api.shapes import MAYBE_MOMENT, MOMENT, TEXT, WHOLE, many, maybe, named, one_of, record
from webapp.asker import Program
from webapp.viewer import viewer

blueprint = Blueprint("api_tokens", __name__, url_prefix="/api/v1")


_TOKEN = record(
    id=WHOLE,
    name=TEXT,
    scope=one_of(Scope),
    repositories=maybe(many(TEXT)),
    created_at=MOMENT,
    expires_at=MOMENT,
    used_at=MAYBE_MOMENT,
)
_OWN = named("Token", _TOKEN)
_MADE = record(**_TOKEN["properties"], token=TEXT)


@endpoint(blueprint, "GET", "/me", Endpoint("As whom you ask", {200: record(login=TEXT, token=maybe(_OWN))}))
def me() -> Response:
    """In whose name it is done; the token by which it was asked, or null."""
    asker = viewer().asker
    return jsonify(login=asker.login, token=_shown(asker.token) if isinstance(asker, Program) else None)


@endpoint(blueprint, "GET", "/tokens", Endpoint("Your tokens", {200: record(tokens=many(_OWN))}, people_only=True))
def index() -> Response:
    """The newest first."""
    return jsonify(tokens=[_shown(each) for each in tokens.of(viewer())])


@endpoint(
    blueprint,
    "POST",
    "/tokens",
    Endpoint("Makes a token; its text is told this once", {201: _MADE}, tokens.TAKES, people_only=True),
)
def make() -> tuple[Response, HTTPStatus]:
    made, text = tokens.make(viewer(), tokens.asked())
    return jsonify(**_shown(made), token=text), HTTPStatus.CREATED


@endpoint(
    blueprint,
    "DELETE",
    "/tokens/<int:token_id>",
    Endpoint("Revokes one of yours, or by a token that itself", {204: None}),
)
def revoke(token_id: int) -> tuple[str, HTTPStatus]:
    tokens.revoke(viewer(), token_id)
    return "", HTTPStatus.NO_CONTENT


def _shown(token: ApiToken) -> dict[str, object]:
    terms = token.terms
    return {
        "id": token.id,
        "name": terms.name,
        "scope": terms.scope,
        "repositories": tokens.repositories_of(token),
        "created_at": token.made_at.isoformat(),
        "expires_at": terms.expires_at.isoformat(),
        "used_at": token.used_at.isoformat() if token.used_at else None,
    }
