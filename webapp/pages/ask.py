"""A question, shown once before what it asks is done; and where one lands afterwards, told what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus

from flask import Response, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response as BaseResponse

from tidegate.permission import NEEDED, Action
from webapp.pages.place import Place
from webapp.pages.questions import Question
from webapp.viewer import viewer


def asked(here: Place, action: Action, question: Question) -> str:
    """Of a service. Raises Problem: nothing is offered that is refused."""
    viewer().demand(action, here.repository)
    way = [("Services", "/"), (here.service.name, f"/services/{here.service.id}")]
    return page(question, way, here.path(), forces=here.may("force"))


def page(question: Question, way: Sequence[tuple[str, str]], back: str, *, forces: bool = False) -> str:
    """In a dialog where scripts run, else as a page. `way`: (name, path) of the pages that it stands below; `forces`:
    the visitor may do it in spite of a freeze."""
    forcer = NEEDED[Action.FORCE].name.lower()
    return render_template("ask.html", question=question, way=way, back=back, forces=forces, forcer=forcer)


def landed(answer: Response | tuple[Response, HTTPStatus], back: str) -> BaseResponse:
    """Where what came of it is seen, with what the API says of it: at the deployment that it made, else `back`."""
    response, status = answer if isinstance(answer, tuple) else (answer, HTTPStatus.OK)
    body = response.get_json()
    flash(str(body.get("detail", "")).rstrip("."), "waits" if status is HTTPStatus.ACCEPTED else "good")
    made = body.get("deployment")
    return redirect(url_for("deployments.one", deployment_id=made) if made else back, HTTPStatus.SEE_OTHER)
