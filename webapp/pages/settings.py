"""What is set for a service from its page: how many instances, auto-deploy, freezes, the deploy hook, its removal."""

from __future__ import annotations

from flask import Blueprint, render_template, url_for
from werkzeug.wrappers import Response

from tidegate import scaling
from tidegate.notification import Wants
from tidegate.permission import Action
from webapp import notifications
from webapp.api import freezes as api_freezes
from webapp.api import orders as api_orders
from webapp.pages.ask import landed
from webapp.pages.place import place

blueprint = Blueprint("service_settings", __name__)


@blueprint.get("/services/<int:service_id>/settings")
def index(service_id: int) -> str:
    here = place(service_id)
    most = min(here.definition.most_instances, scaling.MOST)
    told = notifications.chosen(here.repository, here.service.name) if here.may(Action.NOTIFICATIONS) else None
    choices = (notifications.DEFAULT, *Wants)
    return render_template("settings.html", place=here, most=most, told=told, choices=choices)


@blueprint.post("/services/<int:service_id>/freeze")
def freeze(service_id: int) -> Response:
    """`reason`, `service`, `environment`, as the API has them."""
    here = place(service_id, gone=True)
    return landed(api_freezes.put(here.repository.id), _page(service_id))


@blueprint.post("/services/<int:service_id>/unfreeze")
def unfreeze(service_id: int) -> Response:
    """`service`, `environment`, as they were frozen."""
    here = place(service_id, gone=True)
    return landed(api_freezes.remove(here.repository.id), _page(service_id))


@blueprint.post("/services/<int:service_id>/remove")
def remove(service_id: int) -> Response:
    """`confirm`: its name."""
    return landed(api_orders.remove(service_id), _page(service_id))


def _page(service_id: int) -> str:
    return url_for("service_settings.index", service_id=service_id)
