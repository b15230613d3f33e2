"""The variables that the server keeps for a service, beside those of its deploy file: listed, set and taken away."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from tidegate.permission import Action
from webapp.api import variables as api
from webapp.pages import questions
from webapp.pages.ask import asked, landed
from webapp.pages.place import place

blueprint = Blueprint("variables", __name__)


@blueprint.get("/services/<int:service_id>/variables")
def index(service_id: int) -> str:
    """Of a secret or a generated one no value is shown, to nobody."""
    here = place(service_id)
    kept = here.made.store.variables.of(here.service.id, here.environment) if here.may(Action.VARIABLES) else {}
    return render_template("variables.html", place=here, kept=kept)


@blueprint.post("/services/<int:service_id>/variables")
def put(service_id: int) -> Response:
    """The form's fields are the API's: `name`, `value`, `secret`, `environment`."""
    here = place(service_id)
    return landed(api.put(service_id), here.path("/variables"))


@blueprint.get("/services/<int:service_id>/variables/remove")
def ask(service_id: int) -> str:
    """Query: `name`, `environment`."""
    here = place(service_id)
    return asked(here, Action.VARIABLES, questions.unset(here, request.args.get("name", "")))


@blueprint.post("/services/<int:service_id>/variables/remove")
def remove(service_id: int) -> Response:
    """`name`, `environment`."""
    here = place(service_id)
    return landed(api.remove(service_id), here.path("/variables"))
