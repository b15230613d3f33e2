"""`/api/v1/services/<id>/deploy-hook`: the secret address by which scripts have a service deployed."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, Response, jsonify

from webapp.asking import hook_url, renew_hook
from webapp.problem import Problem
from webapp.viewer import viewer

blueprint = Blueprint("api_services", __name__, url_prefix="/api/v1/services")


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
