"""What stands around every page: the way to the others, light or dark, and where this one is."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, Flask, current_app, has_request_context, redirect, request
from werkzeug.wrappers import Response

from webapp.parts import parts

blueprint = Blueprint("frame", __name__)

#: Of the main pages: the name, and the endpoint.
_MAIN = (
    ("Services", "overview.index"),
    ("Deployments", "deployments.index"),
    ("Previews", "previews.index"),
    ("Hosts", "hosts.index"),
    ("Usage", "usage.index"),
    ("Tokens", "tokens.index"),
    ("Audit", "audit.index"),
)
#: Pages that stand below another main page than their blueprint's name says.
_BELOW_SERVICES = {
    *("services", "orders", "variables", "service_settings", "runs", "events", "commits", "why"),
    "notifications",
}
_COOKIE = "tidegate-theme"
_THEMES = ("light", "dark", "system")
_YEAR = 365 * 24 * 3600


def register(app: Flask) -> None:
    app.context_processor(lambda: {"navigation": navigation, "theme": theme(), "here": here()})


def navigation() -> list[tuple[str, str, bool]]:
    """(name, path, whether this page is it or below it), of those that there are."""
    there = {rule.endpoint: rule.rule for rule in current_app.url_map.iter_rules()}
    noun = "overview" if request.blueprint in _BELOW_SERVICES else request.blueprint
    return [(name, there[each], each.partition(".")[0] == noun) for name, each in _MAIN if each in there]


def theme() -> str:
    chosen = request.cookies.get(_COOKIE) if has_request_context() else None
    return chosen if chosen in _THEMES else "system"


def here() -> str:
    """Where to come back to after something that is asked for from every page."""
    return request.full_path.rstrip("?") if has_request_context() and request.method == "GET" else "/"


def local(path: str | None) -> str:
    """A path of ours: never an address that leads elsewhere, such as //evil.example or /\\evil.example."""
    safe = path and path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if path and safe else "/"


@blueprint.post("/theme")
def choose() -> Response:
    """Kept in the browser: the server's pages then come in it, so that nothing flashes."""
    back = redirect(local(request.form.get("back")), HTTPStatus.SEE_OTHER)
    chosen = request.form.get("theme")
    if chosen in _THEMES and parts().sessions.is_own(request):
        secure = parts().settings.url.startswith("https://")
        back.set_cookie(_COOKIE, chosen, max_age=_YEAR, secure=secure, httponly=True, samesite="Lax")
    return back
