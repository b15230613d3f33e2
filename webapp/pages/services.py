"""A service: what runs, what stops it, its previews, what was deployed, and everything that was decided about it."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from tidegate import preview, wording
from tidegate.deployment import RUNNING, Deployment
from tidegate.freeze import Freeze
from tidegate.permission import Action
from tidegate.repository import DEPLOY_FILE, PRODUCTION, Service
from tidegate.store.wellbeing import environments
from webapp.asking import hook_url, renew_hook
from webapp.pages.shown import took
from webapp.parts import parts
from webapp.viewer import viewer

blueprint = Blueprint("services", __name__)

_DEPLOYMENTS = 20
_ENTRIES = 50
_RUNS = 10


@blueprint.get("/services/<int:service_id>")
def one(service_id: int) -> str:
    service, repository = viewer().service(service_id)
    made = parts()
    live = made.store.deployments.live(service_id, PRODUCTION)
    shown, more = viewer().deployments(None, _DEPLOYMENTS, service_id)
    return render_template(
        "service.html",
        service=service,
        repository=repository,
        repository_url=f"{made.settings.github.web_url}/{repository.full_name}",
        live=live,
        live_url=_url(live),
        whole=next(iter(environments(made.store, repository.id, PRODUCTION)), None),
        removed=_removed(service),
        freezes=_freezes(service),
        previews=_previews(service),
        may_hook=viewer().may(Action.HOOK, repository),
        runs=made.store.cron_runs.of(service_id, PRODUCTION, _RUNS),
        deployments=shown,
        more=more,
        timeline=made.store.timeline.of_service(repository.id, service.name, _ENTRIES),
        took=took,
        now=datetime.now(UTC),
    )


@blueprint.get("/services/<int:service_id>/deploy-hook")
def hook(service_id: int) -> str:
    service, _, url = hook_url(viewer(), service_id)
    return render_template("deploy_hook.html", service=service, url=url)


@blueprint.post("/services/<int:service_id>/deploy-hook")
def renew(service_id: int) -> Response:
    renew_hook(viewer(), service_id)
    return redirect(url_for("services.hook", service_id=service_id), HTTPStatus.SEE_OTHER)


def _url(deployment: Deployment | None) -> str | None:
    """Where it serves, if it does."""
    if deployment is None:
        return None
    return parts().settings.public_url(deployment.service, deployment.environment, deployment.definition)


def _removed(service: Service) -> str | None:
    """Nothing of it runs anywhere, or is about to."""
    there = parts().store.environments.of_repository(service.repository_id)
    places = [each for each in there if each.service_id == service.id and each.removed is None]
    return None if places or service.name == DEPLOY_FILE else wording.SERVICE_REMOVED


def _freezes(service: Service) -> list[Freeze]:
    """Those that hold for it somewhere, the widest first."""
    found = parts().store.freezes.of_repository(service.repository_id)
    return [each for each in found if each.service in {None, service.name}]


def _previews(service: Service) -> list[tuple[int, Deployment, str | None]]:
    """(pull request, its preview's newest deployment of the service, the URL where it serves), the latest first."""
    made = parts()
    found: list[tuple[int, Deployment, str | None]] = []
    for place in made.store.environments.of_repository(service.repository_id):
        number = preview.number_of(place.name)
        if number is None or place.service_id != service.id:
            continue
        live = made.store.deployments.live(service.id, place.name)
        newest = made.store.deployments.last(service.id, place.name)
        if newest is not None:
            serves = live is not None and live.status in RUNNING
            found.append((number, newest, _url(live) if serves else None))
    return sorted(found, key=lambda each: each[0], reverse=True)
