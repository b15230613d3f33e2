"""One's API tokens: made, shown once, listed and revoked."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from tidegate.apitoken import DAYS, MOST_DAYS, ApiToken
from webapp import tokens
from webapp.pages import questions
from webapp.pages.ask import page
from webapp.problem import Problem
from webapp.viewer import viewer

blueprint = Blueprint("tokens", __name__)


@blueprint.get("/tokens")
def index() -> str:
    return _page(None, None)


@blueprint.post("/tokens")
def make() -> tuple[str, HTTPStatus]:
    """No redirect: this answer is the only place where the token's text is."""
    told = {name: value for name, value in tokens.asked().items() if value != ""}  # a browser sends empty fields, too
    return _page(*tokens.make(viewer(), told)), HTTPStatus.CREATED


@blueprint.get("/tokens/<int:token_id>/revoke")
def ask_to_revoke(token_id: int) -> str:
    found = next((each for each in tokens.of(viewer()) if each.id == token_id), None)
    if found is None:
        raise Problem(HTTPStatus.NOT_FOUND, tokens.NO_SUCH)
    return page(questions.revoke_token(found), [("Tokens", "/tokens")], "/tokens")


@blueprint.post("/tokens/<int:token_id>/revoke")
def revoke(token_id: int) -> Response:
    tokens.revoke(viewer(), token_id)
    flash("the token was revoked", "good")
    return redirect(url_for("tokens.index"), HTTPStatus.SEE_OTHER)


def _page(made: ApiToken | None, text: str | None) -> str:
    return render_template(
        "tokens.html",
        tokens=tokens.of(viewer()),
        made=made,
        text=text,
        repositories_of=tokens.repositories_of,
        days=DAYS,
        most_days=MOST_DAYS,
        now=datetime.now(UTC),
    )
