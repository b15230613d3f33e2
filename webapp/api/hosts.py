"""`/api/v1/hosts`: the Docker hosts, what each takes, and how many instances it runs."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from tidegate.placement import Admission
from webapp.api.declared import Endpoint, endpoint
from webapp.api.shapes import TEXT, WHOLE, many, one_of, record
from webapp.parts import parts
from webapp.viewer import viewer

blueprint = Blueprint("api_hosts", __name__, url_prefix="/api/v1")

_HOST = record(name=TEXT, region=TEXT, admission=one_of(Admission), instances=WHOLE)


@endpoint(blueprint, "GET", "/hosts", Endpoint("The Docker hosts", {200: record(hosts=many(_HOST))}))
def index() -> Response:
    """For whoever works in a repository here; their addresses are the operator's to know."""
    made = parts()
    known = made.settings.hosts if viewer().repositories() else ()
    closed, running = made.store.hosts.closed(), made.store.instances.by_host()
    return jsonify(
        hosts=[
            {
                "name": each.name,
                "region": each.region,
                "admission": closed[each.name].admission if each.name in closed else Admission.OPEN,
                "instances": running.get(each.name, 0),
            }
            for each in known
        ]
    )
