"""A service: what runs, what stops it, its previews, what was deployed, and everything that was decided about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tidegate import preview
from tidegate.deployment import RUNNING, Deployment
from tidegate.instance import GONE, Instance
from tidegate.permission import Action
from webapp.asking import hook_url, renew_hook
from webapp.pages import charts, questions
from webapp.pages.ask import asked
from webapp.pages.charts import Chart
from webapp.pages.place import Place, place
from webapp.pages.shown import took
from webapp.readings import readings
from webapp.viewer import viewer

blueprint = Blueprint("services", __name__)

_DEPLOYMENTS = 30
_ENTRIES = 12


@dataclass(frozen=True)
class Shown:
    """An instance with its charts, where it was read at least twice."""

    instance: Instance
    cpu: Chart | None
    memory: Chart | None


@blueprint.get("/services/<int:service_id>")
def one(service_id: int) -> str:
    here = place(service_id)
    timeline = here.made.store.timeline
    wholes = here.made.store.wellbeing.of_repository(here.repository.id, here.environment)
    return render_template(
        "service.html",
        place=here,
        **now(here),
        whole=next(iter(wholes), None),
        previews=[] if here.is_preview else _previews(here),
        timeline=timeline.page(here.repository.id, here.service.name, here.environment, _ENTRIES)[0],
    )


def now(here: Place) -> dict[str, object]:
    """What _service_now.html takes beside the place: the part of the page that is shown anew when it changes."""
    found = here.made.store.instances.of(here.live.id) if here.live else []
    there, at = [each for each in found if each.state not in GONE], datetime.now(UTC)
    limit = here.definition.memory_bytes()
    read = readings(here.made.redis, there)
    pairs = zip(there, read, strict=True)
    return {"instances": [Shown(each, charts.cpu(of, at), charts.memory(of, limit, at)) for each, of in pairs]}


@blueprint.get("/services/<int:service_id>/deployments")
def deployments(service_id: int) -> str:
    """Of all its environments, newest first."""
    here = place(service_id)
    shown, more = viewer().deployments(request.args.get("before"), _DEPLOYMENTS, service_id)
    at = datetime.now(UTC)
    return render_template("service_deployments.html", place=here, deployments=shown, more=more, took=took, now=at)


@blueprint.get("/services/<int:service_id>/deploy-hook")
def hook(service_id: int) -> str:
    _, _, url = hook_url(viewer(), service_id)
    return render_template("deploy_hook.html", place=place(service_id), url=url)


@blueprint.get("/services/<int:service_id>/deploy-hook/renew")
def ask_to_renew(service_id: int) -> str:
    here = place(service_id)
    return asked(here, Action.HOOK, questions.renew_hook(here))


@blueprint.post("/services/<int:service_id>/deploy-hook")
def renew(service_id: int) -> Response:
    renew_hook(viewer(), service_id)
    flash("the deploy hook has a new address", "good")
    return redirect(url_for("services.hook", service_id=service_id), HTTPStatus.SEE_OTHER)


def _previews(here: Place) -> list[tuple[int, Deployment, str | None]]:
    """(pull request, its preview's newest deployment of the service, the URL where it serves), the latest first."""
    made, found = here.made, list[tuple[int, Deployment, str | None]]()
    newest, live = made.store.glances.of_previews(here.service.id)
    for name, last in newest.items():
        number, serving = preview.number_of(name), live.get(name)
        if number is None or name not in {each.name for each in here.environments}:
            continue
        serves = serving is not None and serving.status in RUNNING
        url = made.settings.public_url(last.service, name, serving.definition) if serving and serves else None
        found.append((number, last, url))
    return sorted(found, key=lambda each: each[0], reverse=True)
