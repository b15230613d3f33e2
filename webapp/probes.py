"""What machines ask of us: alive, ready, metrics, and the deploy file's schema for editors."""

from __future__ import annotations

import hmac
import json
from functools import cache
from http import HTTPStatus

from flask import Blueprint, Response, jsonify, request
from redis import RedisError

from webapp.parts import parts
from webapp.problem import Problem

blueprint = Blueprint("probes", __name__)

#: Seconds for which the schema is good without asking again.
_KEPT = 3600
_STORE_TROUBLE = "down, or not migrated: look at DATABASE_URL, and run the release process"


@blueprint.get("/healthz")
def healthz() -> Response:
    """The process answers; what it depends on is /readyz's matter."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
def readyz() -> tuple[Response, HTTPStatus]:
    """503 only without the store: without Redis every delivery is still kept, and the sweep rings."""
    ready = parts().store.ready()
    status = HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE
    return jsonify(store="ok" if ready else _STORE_TROUBLE, redis=_redis_trouble() or "ok"), status


@blueprint.get("/metrics")
def metrics() -> Response:
    """Not for everybody: it names repositories and services. Raises Problem."""
    token = parts().settings.metrics_token
    if token is None:
        raise Problem(HTTPStatus.FORBIDDEN, "Set TIDEGATE_METRICS_TOKEN, and scrape with it as a bearer token.")
    shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not hmac.compare_digest(shown.encode(), token.encode()):
        headers = {"WWW-Authenticate": "Bearer"}
        raise Problem(HTTPStatus.UNAUTHORIZED, "Scrape with TIDEGATE_METRICS_TOKEN as a bearer token.", headers)
    return Response(parts().metrics.text(), content_type=parts().metrics.content_type)


@blueprint.get("/schema/tidegate.json")
def schema() -> Response:
    """Public, and kept by whoever asks for an hour: it changes only with the version."""
    response = Response(_schema(), content_type="application/schema+json")
    response.cache_control.public = True
    response.cache_control.max_age = _KEPT
    response.access_control_allow_origin = "*"
    response.add_etag()
    response.make_conditional(request)
    return response


@cache
def _schema() -> str:
    # Here, for memory: it brings pydantic, and few ask.
    from tidegate.blueprint import json_schema

    return json.dumps(json_schema(), indent=2)


def _redis_trouble() -> str | None:
    try:
        parts().redis.ping()
    except RedisError as error:
        return str(error)
    return None
