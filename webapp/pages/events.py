"""Everything that was decided about a service or has happened to it, a page at a time, of all kinds or of some."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from tidegate.deployment import Health, Status
from webapp.pages.numbered import numbered
from webapp.pages.place import place

blueprint = Blueprint("events", __name__)

_PAGE = 40
#: What one may look for: by name, the kinds of entries (SEMANTICS 10).
KINDS = {
    "deploys": (
        *Status,
        "resumed",
        "approved",
        "cancel_asked",
        "rollback-refused",
        "redeploy-refused",
        "restart-refused",
    ),
    "failures": (Status.FAILED, Status.CRASHED, "instance-crashed", "instance-unhealthy", "purge-failed", "run-failed"),
    "health": (
        *Health,
        *("instance-crashed", "instance-unhealthy", "instance-recovered", "instance-restarted", "instance-outgrown"),
        *("instance-stopped", "instance-recalled", "instance-completed", "host-unreachable", "host-back"),
    ),
    "scaling": ("scaled", "instance-added", "instance-joined", "instance-leaving"),
    "settings": (
        *("config-changed", "auto-deploy-on", "auto-deploy-off", "freeze-on", "freeze-off", "deploy-hook", "unlisted"),
        *("service-removed", "deployment-removed", "disk-removed", "disk-over-size", "repository-gone"),
        *("repository-back", "notifications-changed", "notifications-off", "refused"),
    ),
    "previews": ("preview-created", "preview-removed"),
    "runs": ("run-asked", "run-failed", "run-canceled"),
}


@blueprint.get("/services/<int:service_id>/events")
def index(service_id: int) -> str:
    """Query: `kind`, one of KINDS; `before`, the page before's last number."""
    here = place(service_id)
    kind = request.args.get("kind", "")
    kinds, before = KINDS.get(kind, ()), numbered(request, "before")
    timeline, named = here.made.store.timeline, here.service.name
    entries, more = timeline.page(here.repository.id, named, here.environment, _PAGE, before, kinds)
    return render_template("events.html", place=here, entries=entries, more=more, kind=kind, kinds=list(KINDS))
