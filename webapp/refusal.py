"""Whatever goes wrong in a handler, told as the asker reads it: problem+json to programs, a page to people."""

from __future__ import annotations

from contextlib import suppress
from http import HTTPStatus
from urllib.parse import urlencode

from flask import Flask, Response, redirect, render_template, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from tidegate.markdown import sentence
from tidegate.store import CannotOpen, StoreDown
from webapp import form
from webapp.parts import parts
from webapp.people import TokenRefused, Unreachable
from webapp.problem import CONTENT_TYPE, Problem


def register(app: Flask) -> None:
    form.register(app)
    app.register_error_handler(Problem, refuse)
    app.register_error_handler(HTTPException, lambda error: refuse(_known(error)))
    app.register_error_handler(StoreDown, lambda _: refuse(_STORE_DOWN))
    app.register_error_handler(CannotOpen, lambda why: refuse(_closed(why)))
    app.register_error_handler(Unreachable, lambda error: refuse(_unreachable(error)))
    app.register_error_handler(TokenRefused, _sign_in_again)


def refuse(problem: Problem) -> BaseResponse:
    if not reads_pages():
        return Response(problem.body(), problem.status, problem.headers, content_type=CONTENT_TYPE)
    if problem.status is HTTPStatus.UNAUTHORIZED and request.method == "GET":
        return redirect(f"/login?{urlencode({'back': request.full_path.rstrip('?')})}", HTTPStatus.SEE_OTHER)
    return form.again(problem) or Response(
        render_template("problem.html", problem=problem), problem.status, problem.headers
    )


def reads_pages() -> bool:
    """Browsers ask for HTML by name; a program that takes anything gets problem+json."""
    return not request.path.startswith(("/api/", "/hooks/")) and "text/html" in request.headers.get("Accept", "")


_STORE_DOWN = Problem(
    HTTPStatus.SERVICE_UNAVAILABLE, "The store can't be reached just now. Try again in a moment.", {"Retry-After": "10"}
)


def _closed(why: CannotOpen) -> Problem:
    """A key was dropped too early, which only the operator can mend: said, since it isn't Tidegate that is broken."""
    return Problem(HTTPStatus.INTERNAL_SERVER_ERROR, sentence(str(why)))


def _unreachable(error: Unreachable) -> Problem:
    detail = f"GitHub can't be asked what you may see ({error}). Try again in a moment."
    return Problem(HTTPStatus.BAD_GATEWAY, detail, {"Retry-After": "10"})


def _known(error: HTTPException) -> Problem:
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    allow = error.get_headers()
    headers = {name: value for name, value in allow if name in {"Allow", "Retry-After"}}
    return Problem(status, error.description or status.description, headers)


def _sign_in_again(_: TokenRefused) -> BaseResponse:
    with suppress(StoreDown):  # the cookie goes in any case
        parts().sessions.leave()
    return refuse(Problem(HTTPStatus.UNAUTHORIZED, "GitHub no longer knows your sign-in. Sign in again."))
