"""The Docker hosts: whether each answers, what it takes, and how many instances it runs; and to say what it takes."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from tidegate.placement import Admission
from webapp import hosts
from webapp.api import hosts as api
from webapp.pages import questions
from webapp.pages.ask import landed, page
from webapp.problem import Problem
from webapp.viewer import viewer

blueprint = Blueprint("hosts", __name__)


@blueprint.get("/hosts")
def index() -> str:
    """For whoever is signed in and works in a repository."""
    return render_template("hosts.html", hosts=hosts.known(viewer()), may_admit=viewer().may_hosts())


@blueprint.get("/hosts/<name>/admission")
def ask(name: str) -> str:
    """Query: `admission`. Raises Problem."""
    found, known = hosts.one(viewer(), name), hosts.known(viewer())
    told = request.args.get("admission")
    if told not in set(Admission):
        raise Problem(HTTPStatus.BAD_REQUEST, f"`admission` is one of {', '.join(Admission)}.")
    others = [each for each in known if each.host != found.host and each.admission is Admission.OPEN]
    return page(questions.admit(found, Admission(told), alone=not others), [("Hosts", "/hosts")], "/hosts")


@blueprint.post("/hosts/<name>/admission")
def admit(name: str) -> Response:
    """`admission`, as the API has it."""
    return landed(api.admit(name), "/hosts")
