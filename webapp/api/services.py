"""`/api/v1/services/<id>/…`: the secret address by which scripts have it deployed, and how many instances it has."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, Response, jsonify

from tidegate import scaling
from tidegate.permission import Action
from tidegate.repository import PRODUCTION
from webapp.api.common import ENVIRONMENT
from webapp.api.declared import Endpoint, Whole, endpoint, told
from webapp.api.shapes import TEXT, WHOLE, record
from webapp.asking import hook_url, renew_hook, scale_to
from webapp.problem import Problem
from webapp.viewer import viewer

blueprint = Blueprint("api_services", __name__, url_prefix="/api/v1/services")

_COUNT = Whole("count", "how many instances", 1, scaling.MOST, required=True)
_SCALE = (_COUNT, ENVIRONMENT)
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


@endpoint(
    blueprint,
    "PUT",
    "/<int:service_id>/instances",
    Endpoint("Scales it, without a deploy", {200: record(count=WHOLE, detail=TEXT)}, _SCALE, Action.SCALE),
)
def scale(service_id: int) -> Response:
    """They are started and stopped one after another."""
    asked = told(_SCALE)
    count, environment = _COUNT.must(asked), ENVIRONMENT.of(asked) or PRODUCTION
    return jsonify(count=count, detail=scale_to(viewer(), service_id, environment, count))
