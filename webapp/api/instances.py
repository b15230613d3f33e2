"""`/api/v1/services/<id>/instances`: what runs of a service, what each instance uses, and how many there shall be."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, Response, jsonify

from tidegate import scaling
from tidegate.definition import in_force
from tidegate.gauge import Reading
from tidegate.instance import GONE, Instance
from tidegate.permission import Action
from tidegate.repository import PRODUCTION
from webapp.api.common import ENVIRONMENT, INSTANCE_FIELDS
from webapp.api.declared import Endpoint, Whole, endpoint, told
from webapp.api.deployments import shown_instance
from webapp.api.shapes import MAYBE_TEXT, MOMENT, NUMBER, TEXT, WHOLE, many, maybe, record
from webapp.asking import scale_to
from webapp.parts import parts
from webapp.problem import Problem
from webapp.readings import readings
from webapp.viewer import viewer

blueprint = Blueprint("api_instances", __name__, url_prefix="/api/v1/services/<int:service_id>/instances")

_COUNT = Whole("count", "how many instances", 1, scaling.MOST, required=True)
_SCALE = (_COUNT, ENVIRONMENT)
_READING = record(at=MOMENT, cpus=NUMBER, memory=WHOLE)
_INSTANCE = record(**INSTANCE_FIELDS, readings=many(_READING))
_ALL = record(wanted=WHOLE, deployment=MAYBE_TEXT, memory_limit=maybe(WHOLE), instances=many(_INSTANCE))


@endpoint(
    blueprint,
    "GET",
    "",
    Endpoint("What runs of it, with an hour of CPU and memory", {200: _ALL}, (ENVIRONMENT,), Action.SEE),
)
def index(service_id: int) -> Response:
    """Readings the oldest first, of the last hour, one every 15 seconds; none where Redis is down. `cpus`: how many it
    kept busy since the reading before; `memory` and `memory_limit` in bytes, null where there is no limit."""
    service, _ = viewer().service(service_id)
    name, store = ENVIRONMENT.of(told((ENVIRONMENT,))) or PRODUCTION, parts().store
    here, live = store.environments.get(service.id, name), store.deployments.live(service.id, name)
    if here is None and name != PRODUCTION:
        raise Problem(HTTPStatus.NOT_FOUND, f"{service.name} has no environment `{name}`, or no longer.")
    definition = in_force(service, live)
    wanted = scaling.wanted(definition.num_instances, here.scaling if here else None, definition.most_instances)
    there = [each for each in store.instances.of(live.id) if each.state not in GONE] if live else []
    read = zip(there, readings(parts().redis, there), strict=True)
    return jsonify(
        wanted=wanted,
        deployment=live and live.id,
        memory_limit=definition.memory_bytes(),
        instances=[_told(each, of) for each, of in read],
    )


@endpoint(
    blueprint,
    "PUT",
    "",
    Endpoint("Scales it, without a deploy", {200: record(count=WHOLE, detail=TEXT)}, _SCALE, Action.SCALE),
)
def scale(service_id: int) -> Response:
    """They are started and stopped one after another."""
    asked = told(_SCALE)
    count, environment = _COUNT.must(asked), ENVIRONMENT.of(asked) or PRODUCTION
    return jsonify(count=count, detail=scale_to(viewer(), service_id, environment, count))


def _told(instance: Instance, read: list[Reading]) -> dict[str, object]:
    taken = [{"at": each.at.isoformat(), "cpus": each.cpus, "memory": each.memory} for each in read]
    return {**shown_instance(instance), "readings": taken}
