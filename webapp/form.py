"""A form that was refused is shown again: on the page on which it stood, with the refusal and with what was typed.

Which page that is, the browser says (`Referer`, which our pages send to ourselves: headers.py). The page is made as if
it were asked for, within the same request: what was typed is in this one answer, and in no address, cookie or store.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from io import BytesIO
from urllib.parse import unquote, urlsplit

from flask import Flask, Response, current_app, has_request_context, request
from werkzeug.exceptions import HTTPException

from webapp.parts import KEY, parts
from webapp.problem import Problem
from webapp.session import origin_of

#: In the environ of the request by which the page is made; nobody's headers can set it, as in asker.py.
_REFUSED = "tidegate.refused"


@dataclass(frozen=True)
class Refused:
    """`action`: the path to which the form was sent; `page`: where it stands, with its query."""

    problem: Problem
    action: str
    typed: Mapping[str, str]
    page: str


def register(app: Flask) -> None:
    app.context_processor(lambda: {"refused": refused(), "typed_in": typed_in, "came_from": came_from})


def refused() -> Refused | None:
    """What this page is shown again for."""
    return request.environ.get(_REFUSED) if has_request_context() else None


def typed_in(action: str) -> Mapping[str, str]:
    """By field, of the form that is sent to `action`; nothing unless that is the one that was refused."""
    found = refused()
    return found.typed if found is not None and found.action == action else {}


def came_from() -> str | None:
    """The page of ours on which this was asked for, with its query. Nobody comes back to the setup, whose one form
    takes a secret."""
    said, made = urlsplit(request.headers.get("Referer", "")), current_app.extensions.get(KEY)
    if made is None or f"{said.scheme}://{said.netloc}" != origin_of(made.settings.url):
        return None
    return (said.path or "/") + (f"?{said.query}" if said.query else "")


def again(problem: Problem) -> Response | None:
    """The page with its form; None where there is none to go back to: another site sent it, or the page is no more."""
    page = came_from()
    if request.method != "POST" or page is None or not parts().sessions.is_own(request):
        return None
    path, _, query = page.partition("?")
    asked = {
        **request.environ,
        "REQUEST_METHOD": "GET",
        "PATH_INFO": unquote(path, "latin-1"),
        "QUERY_STRING": query,
        "CONTENT_TYPE": "",
        "CONTENT_LENGTH": "0",
        "wsgi.input": BytesIO(),
        _REFUSED: Refused(problem, request.path, _typed(), page),
    }
    with current_app.request_context(asked):
        made = current_app.full_dispatch_request()
    if made.status_code != HTTPStatus.OK or made.mimetype != "text/html":
        made.close()
        return None
    made.status_code = problem.status
    made.headers.extend(problem.headers)
    return made


def _typed() -> dict[str, str]:
    """Nothing where it was too much to read, which is why it is refused then."""
    try:
        return request.form.to_dict()
    except HTTPException:
        return {}
