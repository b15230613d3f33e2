"""`/api/v1/services/<id>/…`: the secret address by which scripts have it deployed, and how many instances it has."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, Response, jsonify

from tidegate import scaling
from tidegate.repository import PRODUCTION
from webapp.asking import hook_url, renew_hook, scale_to
from webapp.parameters import number, parameters, text
from webapp.problem import Problem
from webapp.viewer import viewer

blueprint = Blueprint("api_services", __name__, url_prefix="/api/v1/services")

_LONGEST_NAME = 100


@blueprint.get("/<int:service_id>/deploy-hook")
def hook(service_id: int) -> Response:
    """{url}."""
    service, _, url = hook_url(viewer(), service_id)
    if url is None:
        raise Problem(HTTPStatus.NOT_FOUND, f"{service.name} has no deploy hook. POST here to make one.")
    return jsonify(url=url)


@blueprint.post("/<int:service_id>/deploy-hook")
def renew(service_id: int) -> tuple[Response, HTTPStatus]:
    """201 {url}: made, or made anew; then the old address is refused from now on."""
    return jsonify(url=renew_hook(viewer(), service_id)), HTTPStatus.CREATED


@blueprint.put("/<int:service_id>/instances")
def scale(service_id: int) -> Response:
    """{count, environment?} → {count, detail}: without a deploy. They are started and stopped one after another."""
    told = parameters(("count", "environment"), numbers=("count",))
    count = number(told, "count", 1, scaling.MOST)
    environment = text(told, "environment", _LONGEST_NAME, f"`{PRODUCTION}`, or `pr-7` for pull request 7")
    return jsonify(count=count, detail=scale_to(viewer(), service_id, environment or PRODUCTION, count))
