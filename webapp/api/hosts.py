"""`/api/v1/hosts`: the Docker hosts, how each is, how many instances it runs, and what it takes."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from tidegate.markdown import sentence
from tidegate.placement import FROM_NOW_ON, Admission
from webapp import hosts
from webapp.api.declared import Endpoint, OneOf, endpoint, told
from webapp.api.shapes import (
    MAYBE_MOMENT,
    MAYBE_TEXT,
    TEXT,
    WHOLE,
    YES_OR_NO,
    Schema,
    many,
    maybe,
    named,
    one_of,
    record,
)
from webapp.hosts import Known
from webapp.viewer import viewer

blueprint = Blueprint("api_hosts", __name__, url_prefix="/api/v1/hosts")

_FIELDS: dict[str, Schema] = {
    "name": TEXT,
    "region": TEXT,
    "admission": one_of(Admission),
    "admitted_by": MAYBE_TEXT,
    "admitted_at": MAYBE_MOMENT,
    "instances": WHOLE,
    "answers": maybe(YES_OR_NO),
    "trouble": MAYBE_TEXT,
    "seen_at": MAYBE_MOMENT,
}
_HOST = named("Host", record(**_FIELDS))
_ADMISSION = OneOf("admission", "what it takes", tuple(Admission), required=True)


@endpoint(blueprint, "GET", "", Endpoint("The Docker hosts", {200: record(hosts=many(_HOST))}))
def index() -> Response:
    """For whoever works in a repository here. `admitted_by` and `admitted_at`: who closed one, and when; `answers` is
    null where it was not asked lately."""
    return jsonify(hosts=[described(each) for each in hosts.known(viewer())])


@endpoint(
    blueprint,
    "PUT",
    "/<name>",
    Endpoint(
        "Opens, cordons or drains a Docker host",
        {200: record(**_FIELDS, detail=TEXT)},
        (_ADMISSION,),
        about="Takes *admin* in every repository that is served here; a token, one of the operator's for everything.",
    ),
)
def admit(name: str) -> Response:
    """`cordoned`: nothing new is placed there; `drained`: what runs there leaves, too."""
    admission = Admission(_ADMISSION.must(told((_ADMISSION,))))
    found = hosts.admit(viewer(), name, admission)
    return jsonify(**described(found), detail=f"{sentence(f'`{name}` is {admission}: {FROM_NOW_ON[admission]}')}.")


def described(each: Known) -> dict[str, object]:
    """As a Host of the API."""
    closed, seen = each.closed, each.seen
    return {
        "name": each.host.name,
        "region": each.host.region,
        "admission": each.admission,
        "admitted_by": closed and closed.actor,
        "admitted_at": closed and closed.at.isoformat(),
        "instances": each.running,
        "answers": seen and not seen.trouble,
        "trouble": (seen and seen.trouble) or None,
        "seen_at": seen and seen.at.isoformat(),
    }
