"""Signing in and out."""

from __future__ import annotations

import hmac
from datetime import UTC, datetime
from http import HTTPStatus

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from tidegate.audit import Asked, Via
from webapp.asking import end_sessions, from_our_pages
from webapp.oauth import CALLBACK, Attempt, Denied, exchange
from webapp.pages import questions
from webapp.pages.ask import page as ask
from webapp.pages.frame import local
from webapp.parts import parts
from webapp.problem import Problem
from webapp.rights import Person
from webapp.viewer import viewer

blueprint = Blueprint("login", __name__)


@blueprint.get("/login")
def page() -> str:
    return render_template("login.html", back=local(request.args.get("back")))


@blueprint.get("/login/github")
def begin() -> Response:
    attempt = Attempt.new()
    parts().sessions.begin(attempt, local(request.args.get("back")))
    return redirect(attempt.url(parts().settings.github, _callback()), HTTPStatus.SEE_OTHER)


@blueprint.get(CALLBACK)
def end() -> Response:
    begun = parts().sessions.attempt()
    state = request.args.get("state", "")
    if begun is None or not hmac.compare_digest(begun[0].state.encode(), state.encode()):
        raise Problem(
            HTTPStatus.BAD_REQUEST, "This sign-in was not begun in this browser, or was begun twice. Sign in again."
        )
    attempt, back = begun
    try:
        if "code" not in request.args:
            raise Denied(request.args.get("error_description", "GitHub sent no code"))
        people = parts().people
        token, lives = exchange(people, parts().settings.github, attempt, request.args["code"], _callback())
        person = Person(*people.who(token), token)
    except Denied as denied:
        raise Problem(HTTPStatus.FORBIDDEN, f"GitHub did not sign you in: {denied}. Sign in again.") from denied
    made = parts()
    with made.store.together():
        made.sessions.enter(person, lives, request.user_agent.string)
        made.store.audit.add(Asked(datetime.now(UTC), person.login, Via.PAGE, "sign-in"))
    return redirect(back, HTTPStatus.SEE_OTHER)


@blueprint.post("/logout")
def leave() -> Response:
    if parts().sessions.is_own(request):
        parts().sessions.leave()
    return redirect("/login", HTTPStatus.SEE_OTHER)


@blueprint.get("/sessions")
def sessions() -> str:
    """Where one is signed in."""
    now = datetime.now(UTC)
    return render_template("sessions.html", sessions=parts().store.sessions.of(viewer().person().id, now))


@blueprint.get("/logout/everywhere")
def ask_to_leave_everywhere() -> str:
    viewer().person()
    return ask(questions.sign_out_everywhere(), [("Sessions", "/sessions")], "/sessions")


@blueprint.post("/logout/everywhere")
def leave_everywhere() -> Response:
    """In this browser, too."""
    from_our_pages()
    end_sessions(viewer())
    return redirect("/login", HTTPStatus.SEE_OTHER)


def _callback() -> str:
    return parts().settings.url + CALLBACK
