"""A service: what runs, what was deployed, and everything that was decided about it."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, render_template

from tidegate.hostname import default_host
from tidegate.repository import PRODUCTION
from webapp.pages.shown import took
from webapp.parts import parts
from webapp.viewer import viewer

blueprint = Blueprint("services", __name__)

_DEPLOYMENTS = 20
_ENTRIES = 50


@blueprint.get("/services/<int:service_id>")
def one(service_id: int) -> str:
    service, repository = viewer().service(service_id)
    made = parts()
    shown, more = viewer().deployments(None, _DEPLOYMENTS, service_id)
    return render_template(
        "service.html",
        service=service,
        repository=repository,
        repository_url=f"{made.settings.github.web_url}/{repository.full_name}",
        live=made.store.deployments.live(service_id, PRODUCTION),
        live_url=made.settings.service_url(default_host(service.name, PRODUCTION, made.settings.domain)),
        deployments=shown,
        more=more,
        timeline=made.store.timeline.of_service(repository.id, service.name, _ENTRIES),
        took=took,
        now=datetime.now(UTC),
    )
