"""The list of deployments, and one deployment: what its links on GitHub lead to."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from http import HTTPStatus
from itertools import groupby

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tidegate import configuration
from tidegate.deployment import FINAL, Deployment
from tidegate.markdown import plain
from tidegate.permission import Action
from tidegate.snapshot import Snapshot
from tidegate.store import CannotOpen
from webapp.api import deployments as api
from webapp.asking import ask_cancel
from webapp.blocks import blocks
from webapp.pages import log as log_pages
from webapp.pages import questions
from webapp.pages.ask import asked, landed
from webapp.pages.place import place
from webapp.pages.shown import took
from webapp.pages.summary import summary
from webapp.parts import parts
from webapp.viewer import viewer

blueprint = Blueprint("deployments", __name__)

_PAGE = 30


@blueprint.get("/deployments")
def index() -> str:
    shown, more = viewer().deployments(request.args.get("before"), _PAGE, None)
    return render_template("deployments.html", deployments=shown, more=more, took=took, now=datetime.now(UTC))


@blueprint.get("/deployments/<deployment_id>")
def one(deployment_id: str) -> str:
    deployment, repository = viewer().deployment(deployment_id)
    wish = log_pages.wish(request)
    lines = log_pages.lines(parts().store.logs, deployment_id, wish)
    return render_template(
        "deployment.html",
        place=place(deployment.service_id, deployment.environment, gone=True),
        **summary(parts(), deployment, repository, may_cancel=viewer().may(Action.CANCEL, repository)),
        lines=lines,
        steps=groupby(lines, lambda line: line.step),
        window=log_pages.WINDOW,
        wish=wish,
        log_parts=log_pages.PARTS,
        live=wish.after is None and not wish.filtered and deployment.status not in FINAL,
    )


@blueprint.get("/deployments/<deployment_id>/configuration")
def settings(deployment_id: str) -> str:
    """With what it runs, beside what was live before it. Values only where they are this person's to see."""
    deployment, repository = viewer().deployment(deployment_id)
    store, hide = parts().store, not viewer().may(Action.VARIABLES, repository)
    before = store.deployments.live_before(deployment)
    return render_template(
        "configuration.html",
        place=place(deployment.service_id, deployment.environment, gone=True),
        **summary(parts(), deployment, repository, may_cancel=False),
        before=before,
        settings=configuration.settings(deployment.definition or {}, before.definition if before else None),
        variables=configuration.variables(_snapshot(deployment), _snapshot(before) if before else None, hide=hide),
        hide=hide,
    )


@blueprint.get("/deployments/<deployment_id>/log")
def log(deployment_id: str) -> Response:
    """The whole log as text."""
    viewer().deployment(deployment_id)
    lines = parts().store.logs.read(deployment_id)
    text = (f"{line.at:%Y-%m-%dT%H:%M:%S.%fZ} {line.step:<10} {plain(line.text)}\n" for line in lines)
    name = f'attachment; filename="tidegate-{deployment_id}.log"'
    return Response(blocks(text), content_type="text/plain; charset=utf-8", headers={"Content-Disposition": name})


@blueprint.get("/deployments/<deployment_id>/cancel")
def ask_to_cancel(deployment_id: str) -> str:
    deployment, _ = viewer().deployment(deployment_id)
    here = place(deployment.service_id, deployment.environment, gone=True)
    return asked(here, Action.CANCEL, questions.cancel(deployment))


@blueprint.post("/deployments/<deployment_id>/cancel")
def cancel(deployment_id: str) -> BaseResponse:
    ask_cancel(viewer(), deployment_id)
    return redirect(url_for("deployments.one", deployment_id=deployment_id), HTTPStatus.SEE_OTHER)


@blueprint.get("/deployments/<deployment_id>/remove")
def ask_to_remove(deployment_id: str) -> str:
    deployment, _ = viewer().deployment(deployment_id)
    here = place(deployment.service_id, deployment.environment, gone=True)
    return asked(here, Action.REMOVE, questions.remove_deployment(deployment))


@blueprint.post("/deployments/<deployment_id>/remove")
def remove(deployment_id: str) -> BaseResponse:
    return landed(api.remove(deployment_id), url_for("deployments.one", deployment_id=deployment_id))


def _snapshot(deployment: Deployment) -> Snapshot | None:
    """None also where it was encrypted with a key that is no more."""
    with suppress(CannotOpen):
        return parts().store.snapshots.of(deployment.id)
    return None
