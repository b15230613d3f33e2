"""What comes after the set-up: the App is installed, and its first repository brings a deploy file.

For everybody, signed in or not: it tells nothing but which App this server is, as the sign-in does.
"""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, render_template, request

from tidegate import setup, setup_words
from tidegate.store import CannotOpen
from webapp.parts import parts
from webapp.problem import Problem

blueprint = Blueprint("installing", __name__)


@blueprint.get(setup.PAGE)
def next_steps() -> str:
    page = _page()
    return render_template(
        "installing.html",
        page=page,
        install=setup.install_url(page) if page else None,
        installed=bool(parts().store.repositories.installations()),
        just_now=request.args.get("setup_action") == "install",
    )


@blueprint.get(setup.MADE)
def made_again() -> str:
    """Whoever else comes back from GitHub with a code: that App is nobody's."""
    raise Problem(HTTPStatus.CONFLICT, setup_words.ALREADY)


def _page() -> str | None:
    """The App's at GitHub, where we had it made: the environment doesn't tell one."""
    made = parts()
    try:
        kept = made.store.own_app.get()
    except CannotOpen:
        return None
    return kept.page if kept and kept.id == made.settings.github.app_id else None
