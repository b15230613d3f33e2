"""`/api/v1/tokens`: one's own, made and revoked by who signed in; and `/api/v1/me`: as whom a program asks."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, Response, jsonify

from tidegate.apitoken import ApiToken
from webapp import tokens
from webapp.asker import Program
from webapp.viewer import viewer

blueprint = Blueprint("api_tokens", __name__, url_prefix="/api/v1")


@blueprint.get("/me")
def me() -> Response:
    """{login, token}: in whose name it is done; the token by which it was asked, or null."""
    asker = viewer().asker
    return jsonify(login=asker.login, token=_told(asker.token) if isinstance(asker, Program) else None)


@blueprint.get("/tokens")
def index() -> Response:
    """{tokens}, the newest first."""
    return jsonify(tokens=[_told(each) for each in tokens.of(viewer())])


@blueprint.post("/tokens")
def make() -> tuple[Response, HTTPStatus]:
    """{name, scope?, repositories?, days?} → 201 {token, …}: the only time that its text is told."""
    made, text = tokens.make(viewer(), tokens.asked())
    return jsonify(**_told(made), token=text), HTTPStatus.CREATED


@blueprint.delete("/tokens/<int:token_id>")
def revoke(token_id: int) -> tuple[str, HTTPStatus]:
    """204; from then on it is refused."""
    tokens.revoke(viewer(), token_id)
    return "", HTTPStatus.NO_CONTENT


def _told(token: ApiToken) -> dict[str, object]:
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
