"""The list of deployments, and one deployment: what its links on GitHub lead to."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from itertools import islice

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tidegate.deployment import FINAL
from tidegate.markdown import plain
from tidegate.permission import Action
from tidegate.store import LogLine
from webapp.asking import ask_cancel
from webapp.pages.shown import took
from webapp.pages.summary import summary
from webapp.parts import parts
from webapp.viewer import viewer

blueprint = Blueprint("deployments", __name__)

_PAGE = 30
#: Lines of a log on a page; the rest are a link away.
_LINES = 2000


@blueprint.get("/")
def index() -> str:
    service = request.args.get("service", type=int)
    shown, more = viewer().deployments(request.args.get("before"), _PAGE, service)
    return render_template(
        "deployments.html",
        deployments=shown,
        more=more,
        service=service,
        services=viewer().services(),
        took=took,
        now=datetime.now(UTC),
    )


@blueprint.get("/deployments/<deployment_id>")
def one(deployment_id: str) -> str:
    deployment, repository = viewer().deployment(deployment_id)
    after = request.args.get("after", type=int)
    return render_template(
        "deployment.html",
        **summary(parts(), deployment, repository, may_cancel=viewer().may(Action.CANCEL, repository)),
        lines=_lines(deployment_id, after),
        window=_LINES,
        live=after is None and deployment.status not in FINAL,
    )


@blueprint.get("/deployments/<deployment_id>/log")
def log(deployment_id: str) -> Response:
    """The whole log as text."""
    viewer().deployment(deployment_id)
    lines = parts().store.logs.read(deployment_id)
    text = (f"{line.at:%Y-%m-%dT%H:%M:%S.%fZ} {line.step:<10} {plain(line.text)}\n" for line in lines)
    name = f'attachment; filename="tidegate-{deployment_id}.log"'
    return Response(text, content_type="text/plain; charset=utf-8", headers={"Content-Disposition": name})


@blueprint.post("/deployments/<deployment_id>/cancel")
def cancel(deployment_id: str) -> BaseResponse:
    ask_cancel(viewer(), deployment_id)
    return redirect(url_for("deployments.one", deployment_id=deployment_id), HTTPStatus.SEE_OTHER)


def _lines(deployment_id: str, after: int | None) -> list[LogLine]:
    logs = parts().store.logs
    if after is None:
        return logs.tail(deployment_id, _LINES)
    return list(islice(logs.read(deployment_id, after=max(after, 0)), _LINES))
