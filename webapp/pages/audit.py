"""The audit log: who asked for what, when, and by which way, for the admins of what it was asked of."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for

from tidegate.audit import Asked, Sought, Via
from tidegate.permission import Action
from webapp import audit
from webapp.pages.numbered import numbered
from webapp.viewer import viewer

blueprint = Blueprint("audit", __name__)

_PAGE = 40
_LONGEST = 100
#: What is done in a repository. To see something isn't on the log; `force` stands beside what it was for.
ACTIONS = tuple(each for each in Action if each not in {Action.SEE, Action.AUDIT, Action.FORCE})
_WAYS = {
    Via.PAGE: "on these pages",
    Via.API: "by the API, in a browser",
    Via.TOKEN: "by the API",
    Via.COMMAND: "by the tidegate command on the server",
    Via.BUTTON: "by a button on GitHub",
    Via.COMMENT: "by a comment on GitHub",
    Via.DEPLOYMENT: "by a deployment made at GitHub",
    Via.HOOK: "by the deploy hook",
}


@blueprint.get("/audit")
def index() -> str:
    """Query: `actor`, `action`, `repository` (its number), as the form has them; `before`, the page before's last
    number. Raises Problem: they are no admin of that repository."""
    actor, action = (_told(name) for name in ("actor", "action"))
    repository = numbered(request, "repository")
    found = audit.part(viewer(), repository, Sought(actor, action), _PAGE, numbered(request, "before"))
    older = found.more and url_for("audit.index", repository=repository, actor=actor, action=action, before=found.more)
    return render_template(
        "audit.html",
        found=found,
        actor=actor,
        action=action,
        repository=repository,
        older=older,
        repositories=audit.repositories(viewer()),
        actions=ACTIONS,
        way=way,
    )


def way(entry: Asked) -> str:
    """By which it was asked, in words."""
    return f"{_WAYS[entry.via]}, with the token {entry.token}" if entry.token else _WAYS[entry.via]


def _told(name: str) -> str | None:
    return request.args.get(name, "").strip()[:_LONGEST] or None
