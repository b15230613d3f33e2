"""The pages by which people see and do, as rows of the permission matrix: each with what it takes."""

from __future__ import annotations

from tidegate.permission import Action

_SERVICE, _DEPLOYMENT = "/services/<int:service_id>", "/deployments/<deployment_id>"
_NOTIFICATIONS = "/repositories/<int:repository_id>/notifications"
_ENDPOINT = f"{_NOTIFICATIONS}/<endpoint_id>"
_Row = tuple[str, str, Action, int, dict[str, str] | None]


def _see(rule: str, ok: int = 200) -> _Row:
    return "GET", rule, Action.SEE, ok, None


def _asked(rule: str, action: Action, asks: int = 200, does: int = 303, **body: str) -> tuple[_Row, _Row]:
    """The question, and the answer."""
    return ("GET", rule, action, asks, None), ("POST", rule, action, does, body or None)


PAGES: list[_Row] = [
    _see(f"{_SERVICE}/stream"),
    _see(f"{_SERVICE}/deployments"),
    _see(f"{_SERVICE}/events"),
    _see(f"{_SERVICE}/variables"),
    _see(f"{_SERVICE}/settings"),
    _see(f"{_SERVICE}/why"),
    _see(f"{_SERVICE}/runs"),
    _see(f"{_SERVICE}/runs/<int:run_id>", 404),
    _see(f"{_DEPLOYMENT}/configuration"),
    ("GET", f"{_DEPLOYMENT}/cancel", Action.CANCEL, 200, None),
    *_asked(f"{_DEPLOYMENT}/remove", Action.REMOVE),
    ("GET", f"{_SERVICE}/deploy-hook/renew", Action.HOOK, 200, None),
    *_asked("/repositories/<int:repository_id>/previews/<int:number>/remove", Action.PREVIEW),
    ("GET", f"{_SERVICE}/commits", Action.DEPLOY, 200, None),
    *_asked(f"{_SERVICE}/deploy", Action.DEPLOY),
    *_asked(f"{_SERVICE}/redeploy", Action.REDEPLOY),
    *_asked(f"{_SERVICE}/restart", Action.RESTART),
    *_asked(f"{_SERVICE}/rollback", Action.ROLLBACK),
    *_asked(f"{_SERVICE}/auto-deploy", Action.AUTO_DEPLOY, on="false"),
    # Nothing waits for an approval here.
    *_asked(f"{_SERVICE}/approve", Action.APPROVE, asks=409),
    ("POST", f"{_SERVICE}/instances", Action.SCALE, 303, {"count": "3"}),
    ("GET", f"{_SERVICE}/run", Action.RUN, 200, None),
    ("POST", f"{_SERVICE}/runs", Action.RUN, 409, None),
    ("POST", f"{_SERVICE}/variables", Action.VARIABLES, 303, {"name": "TOKEN", "value": "x"}),
    *_asked(f"{_SERVICE}/variables/remove", Action.VARIABLES, name="TOKEN"),
    ("POST", f"{_SERVICE}/freeze", Action.FREEZE, 303, {"reason": "release week"}),
    ("POST", f"{_SERVICE}/unfreeze", Action.FREEZE, 303, None),
    ("POST", f"{_SERVICE}/remove", Action.REMOVE, 303, {"confirm": "web"}),
    ("POST", f"{_SERVICE}/notifications", Action.NOTIFICATIONS, 303, {"wants": "failures"}),
    ("GET", _NOTIFICATIONS, Action.NOTIFICATIONS, 200, None),
    ("POST", _NOTIFICATIONS, Action.NOTIFICATIONS, 303, {"channel": "slack", "address": "https://hooks.example.com/"}),
    # There is no such address: tests/webapp/test_notifications_pages.py has one that there is.
    ("POST", _ENDPOINT, Action.NOTIFICATIONS, 404, None),
    *_asked(f"{_ENDPOINT}/remove", Action.NOTIFICATIONS, asks=404),
    *_asked(f"{_ENDPOINT}/secret", Action.NOTIFICATIONS, asks=404, does=404),
    ("POST", f"{_ENDPOINT}/test", Action.NOTIFICATIONS, 404, None),
    ("GET", f"{_ENDPOINT}/deliveries", Action.NOTIFICATIONS, 404, None),
    ("POST", f"{_ENDPOINT}/deliveries/<message_id>", Action.NOTIFICATIONS, 404, None),
]
#: Lists of what one may see, the colours that one sees them in, and where the App is installed.
OPEN_PAGES = {
    *("/setup", "/setup/made", "/deployments", "/previews", "/hosts", "/usage", "/theme"),
    *("/overview/stream", "/previews/stream", "/hosts/stream"),
    # Of the repositories that one is an admin of: tests/webapp/test_audit_page.py.
    "/audit",
}
