"""The pages of a server that has no App yet: who knows the set-up secret has GitHub make one.

The secret stands on the server's terminal, so that a stranger who finds the fresh server first gets no further than
being asked for it. `state` ties GitHub's answer to the browser that asked.
"""

from __future__ import annotations

import hmac
import json
import logging
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus

import yaml
from flask import Blueprint, current_app, make_response, redirect, render_template, request, session
from werkzeug.wrappers import Response

from tidegate import setup, setup_words
from tidegate.settings import Settings, Webhooks
from tidegate.store import Store
from webapp.conversion import CodeRefused, convert
from webapp.headers import POLICY, policy
from webapp.people import Unreachable
from webapp.problem import Problem

KEY = "tidegate-setup"
#: In the session: the `state` of whoever told the secret.
_STATE = "setup_state"

blueprint = Blueprint("setup", __name__)
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SetUp:
    settings: Settings
    store: Store


def _own() -> SetUp:
    found = current_app.extensions[KEY]
    assert isinstance(found, SetUp)
    return found


@blueprint.get(setup.PAGE)
def begin() -> Response:
    if "secret" in request.args:
        return _admit(request.args["secret"])
    if _STATE not in session:
        return make_response(render_template("setup_secret.html"))
    settings, organization = _own().settings, request.args.get("organization", "").strip() or None
    if organization and not setup.is_organization(organization):
        raise Problem(HTTPStatus.BAD_REQUEST, "That is no name of an organization at GitHub. Go back and correct it.")
    told = setup.manifest(yaml.safe_load(setup.MANIFEST.read_text()), settings)
    page = render_template(
        "setup.html",
        manifest=json.dumps(told),
        action=setup.new_app_url(settings.github.web_url, organization, session[_STATE]),
        organization=organization,
        settings=settings,
        unheard=settings.webhooks is Webhooks.PUSH and not setup.is_public(settings.url),
    )
    response = make_response(page)
    # GitHub may lead whoever isn't signed in there on to where its people sign in, which counts as posting there.
    response.headers[POLICY] = policy("https:", settings.github.web_url)
    return response


@blueprint.post(setup.PAGE)
def told_secret() -> Response:
    return _admit(request.form.get("secret", ""))


def _admit(told: str) -> Response:
    """On, with the secret out of the address and the history."""
    if not setup.is_secret(_own().settings, told):
        session.clear()
        raise Problem(HTTPStatus.FORBIDDEN, setup_words.REFUSED)
    session.setdefault(_STATE, secrets.token_urlsafe(24))
    return redirect(setup.PAGE, HTTPStatus.SEE_OTHER)


@blueprint.get(setup.MADE)
def made() -> Response:
    """Where GitHub sends the browser with its code. A code that couldn't be exchanged because GitHub is down may be
    tried again: so the state goes with its success, or its refusal."""
    own, state = _own(), session.get(_STATE)
    if state is None or not hmac.compare_digest(state.encode(), request.args.get("state", "").encode()):
        raise Problem(HTTPStatus.FORBIDDEN, setup_words.FOREIGN)
    # Before the code is spent, since GitHub hands the keys over once: this also finds a store that is down.
    if own.store.own_app.get() is not None:
        raise Problem(HTTPStatus.CONFLICT, setup_words.ALREADY)
    try:
        app = convert(own.settings.github.api_url, request.args.get("code", ""))
    except CodeRefused:
        session[_STATE] = secrets.token_urlsafe(24)
        raise Problem(HTTPStatus.GONE, setup_words.CODE_REFUSED) from None
    except Unreachable as trouble:
        raise Problem(HTTPStatus.BAD_GATEWAY, setup_words.unreachable(str(trouble)), {"Retry-After": "10"}) from None
    session.clear()
    if not own.store.own_app.claim(app, datetime.now(UTC)):
        raise Problem(HTTPStatus.CONFLICT, setup_words.twice(app.page))
    log.info("the GitHub App %s (%d) is ours", app.slug, app.id)
    return redirect(setup.PAGE, HTTPStatus.SEE_OTHER)
