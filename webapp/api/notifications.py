"""`/api/v1/repositories/<id>/notifications`: who is told of what happens; and `/api/v1/services/<id>/notifications`,
what one service wants to have told."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, Response, jsonify

from tidegate.notification import Channel, Endpoint, Wants
from tidegate.permission import Action
from tidegate.store.outgoing import Message
from webapp import notifications
from webapp.api.common import BEFORE, LIMIT
from webapp.api.declared import Endpoint as Declared
from webapp.api.declared import Parameter, told
from webapp.api.declared import endpoint as serve
from webapp.api.shapes import (
    MAYBE_MOMENT,
    MAYBE_TEXT,
    MOMENT,
    NUMBER,
    TEXT,
    WHOLE,
    YES_OR_NO,
    Schema,
    many,
    named,
    one_of,
    page,
    record,
)
from webapp.viewer import viewer

blueprint = Blueprint("api_notifications", __name__, url_prefix="/api/v1")

_OF_REPOSITORY = "/repositories/<int:repository_id>/notifications"
_ONE = f"{_OF_REPOSITORY}/<endpoint_id>"
_OF_SERVICE = "/services/<int:service_id>/notifications"
_LIST = (LIMIT, BEFORE)

_FIELDS: dict[str, Schema] = {
    "id": TEXT,
    "channel": one_of(Channel),
    "address": TEXT,
    "wants": one_of(Wants),
    "disabled": MAYBE_TEXT,
    "failing_since": MAYBE_MOMENT,
    "created_by": TEXT,
    "created_at": MOMENT,
}
_ENDPOINT = named("NotificationEndpoint", record(**_FIELDS))
#: With the secret of a webhook.
_MADE: Schema = {**record(**_FIELDS), "properties": {**_FIELDS, "secret": TEXT}}
_ATTEMPT = record(number=WHOLE, at=MOMENT, seconds=NUMBER, ok=YES_OR_NO, detail=TEXT)
_DELIVERY = record(
    id=TEXT,
    type=TEXT,
    at=MOMENT,
    state=one_of(("pending", "delivered", "failed")),
    due_at=MAYBE_MOMENT,
    attempts=many(_ATTEMPT),
)
_SENT = record(message=TEXT)
_ANEW = record(secret=TEXT, until=MOMENT)
_CHOSEN = record(wants=one_of((*Wants, notifications.DEFAULT)))


def _declared(summary: str, gives: dict[int, Schema | None], takes: tuple[Parameter, ...] = ()) -> Declared:
    return Declared(summary, gives, takes, Action.NOTIFICATIONS)


@serve(
    blueprint, "GET", _OF_REPOSITORY, _declared("Who is told of what happens", {200: record(endpoints=many(_ENDPOINT))})
)
def index(repository_id: int) -> Response:
    """The oldest first; of a URL only its host, since its path may be a secret."""
    _, found = notifications.of(viewer(), repository_id)
    return jsonify(endpoints=[_told(each) for each in found])


@serve(blueprint, "POST", _OF_REPOSITORY, _declared("Tells one more address", {201: _MADE}, notifications.ADDS))
def add(repository_id: int) -> tuple[Response, HTTPStatus]:
    """Of a webhook with its `secret`, which is shown this once."""
    new = notifications.add(viewer(), repository_id)
    shown = {"secret": new.secrets.current} if new.secrets else {}
    return jsonify({**_told(new), **shown}), HTTPStatus.CREATED


@serve(blueprint, "PUT", _ONE, _declared("Changes what is told there", {200: _ENDPOINT}, notifications.CHANGES))
def change(repository_id: int, endpoint_id: str) -> Response:
    return jsonify(_told(notifications.change(viewer(), repository_id, endpoint_id)))


@serve(blueprint, "DELETE", _ONE, _declared("Tells an address nothing any more", {200: record(detail=TEXT)}))
def remove(repository_id: int, endpoint_id: str) -> Response:
    """Fine where it is gone."""
    notifications.remove(viewer(), repository_id, endpoint_id)
    return jsonify(detail="Nothing is sent there any more.")


@serve(
    blueprint,
    "POST",
    f"{_ONE}/secret",
    _declared("Makes a webhook's secret anew", {200: _ANEW}),
)
def renew(repository_id: int, endpoint_id: str) -> Response:
    """Shown this once; until then the old one signs, too."""
    new, until = notifications.renew(viewer(), repository_id, endpoint_id)
    return jsonify(secret=new, until=until.isoformat())


@serve(blueprint, "POST", f"{_ONE}/test", _declared("Sends something there now", {202: _SENT}))
def test(repository_id: int, endpoint_id: str) -> tuple[Response, HTTPStatus]:
    """The log of deliveries tells what became of it."""
    return jsonify(message=notifications.test(viewer(), repository_id, endpoint_id)), HTTPStatus.ACCEPTED


@serve(
    blueprint,
    "GET",
    f"{_ONE}/deliveries",
    _declared("What was sent there, newest first", {200: page("deliveries", _DELIVERY, WHOLE)}, _LIST),
)
def deliveries(repository_id: int, endpoint_id: str) -> Response:
    _, found = notifications.one(viewer(), repository_id, endpoint_id)
    asked = told(_LIST)
    sent, more = notifications.sent(found, LIMIT.must(asked), BEFORE.of(asked))
    return jsonify(deliveries=[_sent(each) for each in sent], next=more)


@serve(
    blueprint, "POST", f"{_ONE}/deliveries/<message_id>", _declared("Sends one that is over once more", {202: _SENT})
)
def again(repository_id: int, endpoint_id: str, message_id: str) -> tuple[Response, HTTPStatus]:
    """Under its own id."""
    notifications.again(viewer(), repository_id, endpoint_id, message_id)
    return jsonify(message=message_id), HTTPStatus.ACCEPTED


@serve(blueprint, "GET", _OF_SERVICE, _declared("What is told of a service", {200: _CHOSEN}))
def choice(service_id: int) -> Response:
    return jsonify(wants=notifications.choice(viewer(), service_id))


@serve(
    blueprint,
    "PUT",
    _OF_SERVICE,
    _declared("Chooses what is told of a service", {200: _CHOSEN}, notifications.CHOOSES),
)
def choose(service_id: int) -> Response:
    return jsonify(wants=notifications.choose(viewer(), service_id))


def _told(each: Endpoint) -> dict[str, object]:
    return {
        "id": each.id,
        "channel": each.channel,
        "address": each.shown,
        "wants": each.wants,
        "disabled": each.disabled,
        "failing_since": each.failing_since and each.failing_since.isoformat(),
        "created_by": each.created_by,
        "created_at": each.created_at.isoformat(),
    }


def _sent(each: Message) -> dict[str, object]:
    return {
        "id": each.id,
        "type": each.type,
        "at": each.entry.at.isoformat(),
        "state": each.state,
        "due_at": each.due_at.isoformat() if each.state == "pending" else None,
        "attempts": [{**vars(attempt), "at": attempt.at.isoformat()} for attempt in each.log],
    }
