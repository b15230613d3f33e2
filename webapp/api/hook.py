"""`/api/v1/services/<id>/deploy-hook`: the secret address by which scripts have it deployed."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, Response, jsonify

from tidegate.permission import Action
from webapp.api.declared import Endpoint, endpoint
from webapp.api.shapes import TEXT, record
from webapp.asking import hook_url, renew_hook
from webapp.problem import Problem
from webapp.viewer import viewer

blueprint = Blueprint("api_hook", __name__, url_prefix="/api/v1/services")

_HOOK = "/<int:service_id>/deploy-hook"


@endpoint(
    blueprint, "GET", _HOOK, Endpoint("The address of its deploy hook", {200: record(url=TEXT)}, action=Action.HOOK)
)
def hook(service_id: int) -> Response:
    service, _, url = hook_url(viewer(), service_id)
    if url is None:
        raise Problem(HTTPStatus.NOT_FOUND, f"{service.name} has no deploy hook. POST here to make one.")
    return jsonify(url=url)


@endpoint(
    blueprint,
    "POST",
    _HOOK,
    Endpoint("Makes its deploy hook, or replaces it", {201: record(url=TEXT)}, action=Action.HOOK),
)
def renew(service_id: int) -> tuple[Response, HTTPStatus]:
    """An old address is refused from now on."""
    return jsonify(url=renew_hook(viewer(), service_id)), HTTPStatus.CREATED
