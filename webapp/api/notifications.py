"""`/api/v1/repositories/<id>/notifications`: who is told of what happens; and `/api/v1/services/<id>/notifications`,
what one service wants to have told."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http import HTTPStatus

from flask import Blueprint, Response, jsonify

from tidegate.audit import About
from tidegate.notification import BOTH_SECRETS, CHANGED, Channel, Endpoint, Wants
from tidegate.permission import Action
from tidegate.repository import Repository, TimelineEntry
from tidegate.standardwebhooks import secret_of
from tidegate.store.outgoing import Message
from tidegate.subscription import MOST, BadAddress, endpoint
from webapp.api.common import BEFORE, LIMIT
from webapp.api.declared import Endpoint as Declared
from webapp.api.declared import Flag, Line, OneOf, Parameter, told
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
from webapp.asking import from_our_pages, recorded
from webapp.parts import parts
from webapp.problem import Problem
from webapp.viewer import viewer

blueprint = Blueprint("api_notifications", __name__, url_prefix="/api/v1")

_OF_REPOSITORY = "/repositories/<int:repository_id>/notifications"
_ONE = f"{_OF_REPOSITORY}/<endpoint_id>"
_OF_SERVICE = "/services/<int:service_id>/notifications"
_DEFAULT = "default"
_CHANNEL = OneOf("channel", "how it is told", tuple(Channel), required=True)
_ADDRESS = Line("address", "a URL, or an e-mail address", 2000, required=True)
_WANTS = OneOf("wants", "what is told", tuple(Wants))
_ENABLED = Flag("enabled", "sends to one that was given up again; what was lost stays so")
_CHOICE = OneOf("wants", "what is told; `default` leaves it to each address", (*Wants, _DEFAULT), required=True)
_LIST = (LIMIT, BEFORE)
_ADD, _CHANGE = (_CHANNEL, _ADDRESS, _WANTS), (_WANTS, _ENABLED)

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
_CHOSEN = record(wants=one_of((*Wants, _DEFAULT)))


def _declared(summary: str, gives: dict[int, Schema | None], takes: tuple[Parameter, ...] = ()) -> Declared:
    return Declared(summary, gives, takes, Action.NOTIFICATIONS)


@serve(
    blueprint, "GET", _OF_REPOSITORY, _declared("Who is told of what happens", {200: record(endpoints=many(_ENDPOINT))})
)
def index(repository_id: int) -> Response:
    """The oldest first; of a URL only its host, since its path may be a secret."""
    repository = _theirs(repository_id)
    return jsonify(endpoints=[_told(each) for each in parts().store.endpoints.of_repository(repository.id)])


@serve(blueprint, "POST", _OF_REPOSITORY, _declared("Tells one more address", {201: _MADE}, _ADD))
def add(repository_id: int) -> tuple[Response, HTTPStatus]:
    """Of a webhook with its `secret`, which is shown this once."""
    repository = _changing(repository_id)
    asked = told(_ADD)
    channel, address = Channel(_CHANNEL.must(asked)), _ADDRESS.must(asked)
    if len(parts().store.endpoints.of_repository(repository.id)) >= MOST:
        raise Problem(HTTPStatus.CONFLICT, f"A repository has at most {MOST} addresses. Remove one first.")
    try:
        new = endpoint(
            repository.id,
            channel,
            address,
            Wants(_WANTS.of(asked) or Wants.ALL),
            viewer().login,
            datetime.now(UTC),
            random=secrets.token_bytes(48),
            mails=parts().settings.smtp is not None,
        )
    except BadAddress as bad:
        raise Problem(HTTPStatus.BAD_REQUEST, f"`address` can't be used: {bad}.") from bad
    with _telling(repository, f"{new.shown} is told of what happens ({new.wants})"):
        parts().store.endpoints.add(new)
    shown = {"secret": new.secrets.current} if new.secrets else {}
    return jsonify({**_told(new), **shown}), HTTPStatus.CREATED


@serve(blueprint, "PUT", _ONE, _declared("Changes what is told there", {200: _ENDPOINT}, _CHANGE))
def change(repository_id: int, endpoint_id: str) -> Response:
    repository = _changing(repository_id)
    found = _found(repository, endpoint_id)
    asked = told(_CHANGE)
    wants = _WANTS.of(asked)
    if wants is not None:
        with _telling(repository, f"{found.shown} is told of {wants}"):
            parts().store.endpoints.want(found.id, Wants(wants))
    if _ENABLED.of(asked):
        with _telling(repository, f"{found.shown} is sent to again"):
            parts().store.endpoints.enable(found.id)
    return jsonify(_told(_found(repository, endpoint_id)))


@serve(blueprint, "DELETE", _ONE, _declared("Tells an address nothing any more", {200: record(detail=TEXT)}))
def remove(repository_id: int, endpoint_id: str) -> Response:
    """Fine where it is gone."""
    repository = _changing(repository_id)
    found = parts().store.endpoints.get(endpoint_id)
    if found is not None and found.repository_id == repository.id:
        with _telling(repository, f"{found.shown} is told of nothing any more"):
            parts().store.endpoints.delete(found.id)
    return jsonify(detail="Nothing is sent there any more.")


@serve(
    blueprint,
    "POST",
    f"{_ONE}/secret",
    _declared("Makes a webhook's secret anew", {200: _ANEW}),
)
def renew(repository_id: int, endpoint_id: str) -> Response:
    """Shown this once; until then the old one signs, too."""
    repository = _changing(repository_id)
    found = _found(repository, endpoint_id)
    new, until = secret_of(secrets.token_bytes(32)), datetime.now(UTC) + BOTH_SECRETS
    with _telling(repository, f"{found.shown} has a new secret"):
        if not parts().store.endpoints.replace_secret(found.id, new, until):
            raise Problem(HTTPStatus.CONFLICT, "Only a webhook has a secret.")
    return jsonify(secret=new, until=until.isoformat())


@serve(blueprint, "POST", f"{_ONE}/test", _declared("Sends something there now", {202: _SENT}))
def test(repository_id: int, endpoint_id: str) -> tuple[Response, HTTPStatus]:
    """The log of deliveries tells what became of it."""
    repository = _changing(repository_id)
    found, login = _found(repository, endpoint_id), viewer().login
    if found.disabled:
        raise Problem(HTTPStatus.CONFLICT, f"Nothing is sent there, since {found.disabled}. Enable it first.")
    with recorded(viewer(), Action.NOTIFICATIONS, About(repository.id), f"something is sent to {found.shown} to see"):
        message = parts().store.outgoing.test(found, f"{login} wants to see this arrive", login, datetime.now(UTC))
    return jsonify(message=message), HTTPStatus.ACCEPTED


@serve(
    blueprint,
    "GET",
    f"{_ONE}/deliveries",
    _declared("What was sent there, newest first", {200: page("deliveries", _DELIVERY, WHOLE)}, _LIST),
)
def deliveries(repository_id: int, endpoint_id: str) -> Response:
    found = _found(_theirs(repository_id), endpoint_id)
    asked = told(_LIST)
    limit = LIMIT.must(asked)
    sent = parts().store.outgoing.of_endpoint(found.id, limit + 1, BEFORE.of(asked))
    more = sent[limit - 1].number if len(sent) > limit else None
    return jsonify(deliveries=[_sent(each) for each in sent[:limit]], next=more)


@serve(
    blueprint, "POST", f"{_ONE}/deliveries/<message_id>", _declared("Sends one that is over once more", {202: _SENT})
)
def again(repository_id: int, endpoint_id: str, message_id: str) -> tuple[Response, HTTPStatus]:
    """Under its own id."""
    found = _found(_changing(repository_id), endpoint_id)
    with recorded(viewer(), Action.NOTIFICATIONS, About(found.repository_id), f"{message_id} is sent once more"):
        if not parts().store.outgoing.again(found.id, message_id, datetime.now(UTC)):
            raise Problem(HTTPStatus.NOT_FOUND, "There is no such delivery, or it is still being tried.")
    return jsonify(message=message_id), HTTPStatus.ACCEPTED


@serve(blueprint, "GET", _OF_SERVICE, _declared("What is told of a service", {200: _CHOSEN}))
def choice(service_id: int) -> Response:
    service, repository = viewer().service(service_id)
    viewer().demand(Action.NOTIFICATIONS, repository)
    return jsonify(wants=parts().store.endpoints.choices(repository.id).get(service.name) or _DEFAULT)


@serve(blueprint, "PUT", _OF_SERVICE, _declared("Chooses what is told of a service", {200: _CHOSEN}, (_CHOICE,)))
def choose(service_id: int) -> Response:
    from_our_pages()
    service, repository = viewer().service(service_id)
    viewer().demand(Action.NOTIFICATIONS, repository)
    chosen = _CHOICE.must(told((_CHOICE,)))
    wants = None if chosen == _DEFAULT else Wants(chosen)
    with _telling(repository, f"of {service.name} is told: {wants or 'what each address wants'}", service.name):
        parts().store.endpoints.choose(repository.id, service.name, wants)
    return jsonify(wants=chosen)


def _theirs(repository_id: int) -> Repository:
    """Raises Problem."""
    repository = viewer().repository(repository_id)
    viewer().demand(Action.NOTIFICATIONS, repository)
    return repository


def _changing(repository_id: int) -> Repository:
    """Raises Problem."""
    from_our_pages()
    return _theirs(repository_id)


def _found(repository: Repository, endpoint_id: str) -> Endpoint:
    """Raises Problem."""
    found = parts().store.endpoints.get(endpoint_id)
    if found is None or found.repository_id != repository.id:
        raise Problem(HTTPStatus.NOT_FOUND, f"{repository.full_name} has no such address.")
    return found


@contextmanager
def _telling(repository: Repository, what: str, service: str | None = None) -> Iterator[None]:
    """With what is done meanwhile the timeline and the audit log tell of it."""
    now, login = datetime.now(UTC), viewer().login
    with recorded(viewer(), Action.NOTIFICATIONS, About(repository.id, service), what):
        yield
        parts().store.timeline.add(TimelineEntry(now, CHANGED, what, login, repository.id, service))


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
