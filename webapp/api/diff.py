"""`/api/v1/deployments/<id>/diff`: what it runs with, beside what was live before it ran with."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response, jsonify

from tidegate import configuration
from tidegate.configuration import Change, Item
from tidegate.permission import Action
from webapp.api.declared import Endpoint, Flag, endpoint, told
from webapp.api.shapes import MAYBE_TEXT, TEXT, YES_OR_NO, many, one_of, record
from webapp.parts import parts
from webapp.viewer import viewer

blueprint = Blueprint("api_diff", __name__, url_prefix="/api/v1/deployments")

_ALL = Flag("all", "what is the same, too: all that it runs with")
_ITEM = record(
    name=TEXT,
    change=one_of(Change),
    value=MAYBE_TEXT,
    before=MAYBE_TEXT,
    hidden=YES_OR_NO,
)
_DIFF = record(before=MAYBE_TEXT, sha=TEXT, sha_before=MAYBE_TEXT, settings=many(_ITEM), variables=many(_ITEM))


@endpoint(
    blueprint,
    "GET",
    "/<deployment_id>/diff",
    Endpoint("What differs from what was live before it", {200: _DIFF}, (_ALL,), Action.SEE),
)
def diff(deployment_id: str) -> Response:
    """`before` is that deployment, null where there was none. Values of variables are for those who may set them; of
    secrets it is told that they are others."""
    deployment, repository = viewer().deployment(deployment_id)
    store, every = parts().store, _ALL.of(told((_ALL,)))
    before = store.deployments.live_before(deployment)
    settings = configuration.settings(deployment.definition or {}, (before.definition or {}) if before else None)
    variables = configuration.variables(
        store.snapshots.of(deployment.id),
        store.snapshots.of(before.id) if before else None,
        hide=not viewer().may(Action.VARIABLES, repository),
    )
    return jsonify(
        before=before and before.id,
        sha=deployment.sha,
        sha_before=before and before.sha,
        settings=_told(settings, every=every),
        variables=_told(variables, every=every),
    )


def _told(items: Sequence[Item], *, every: bool) -> list[dict[str, object]]:
    return [vars(each) for each in items if every or each.change is not Change.SAME]
