"""`/api/v1/repositories/<id>/notifications`: who is told of what happens; and `/api/v1/services/<id>/notifications`,
what one service wants to have told."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from enum import StrEnum
from http import HTTPStatus
from typing import TypeVar

from flask import Blueprint, Response, jsonify

from tidegate.notification import BOTH_SECRETS, CHANGED, Channel, Endpoint, Wants
from tidegate.permission import Action
from tidegate.repository import Repository, TimelineEntry
from tidegate.standardwebhooks import secret_of
from tidegate.store.outgoing import Message
from tidegate.subscription import MOST, BadAddress, endpoint
from webapp.asking import from_our_pages
from webapp.parameters import flag, number, parameters, text
from webapp.parts import parts
from webapp.problem import Problem
from webapp.viewer import viewer

blueprint = Blueprint("api_notifications", __name__, url_prefix="/api/v1")

_OF_REPOSITORY = "/repositories/<int:repository_id>/notifications"
_ONE = f"{_OF_REPOSITORY}/<endpoint_id>"
_OF_SERVICE = "/services/<int:service_id>/notifications"
_LONGEST = 2000
_SHOWN, _MOST_SHOWN = 50, 200
_Word = TypeVar("_Word", bound=StrEnum)


@blueprint.get(_OF_REPOSITORY)
def index(repository_id: int) -> Response:
    """{endpoints: [{id, channel, address, wants, disabled, failing_since, created_by, created_at}]}, the oldest first;
    of a URL only its host, since its path may be a secret."""
    repository = _theirs(repository_id)
    return jsonify(endpoints=[_told(each) for each in parts().store.endpoints.of_repository(repository.id)])


@blueprint.post(_OF_REPOSITORY)
def add(repository_id: int) -> tuple[Response, HTTPStatus]:
    """{channel, address, wants?} → 201, as above, and of a webhook `secret`, which is shown this once."""
    repository = _changing(repository_id)
    told = parameters(("channel", "address", "wants"))
    channel = _word(Channel, told, "channel")
    address = text(told, "address", _LONGEST, "a URL, or an e-mail address")
    if channel is None or address is None:
        raise Problem(HTTPStatus.BAD_REQUEST, "Say where to: `channel` and `address`.")
    if len(parts().store.endpoints.of_repository(repository.id)) >= MOST:
        raise Problem(HTTPStatus.CONFLICT, f"A repository has at most {MOST} addresses. Remove one first.")
    try:
        new = endpoint(
            repository.id,
            channel,
            address,
            _word(Wants, told, "wants") or Wants.ALL,
            viewer().login,
            datetime.now(UTC),
            random=secrets.token_bytes(48),
            mails=parts().settings.smtp is not None,
        )
    except BadAddress as bad:
        raise Problem(HTTPStatus.BAD_REQUEST, f"`address` can't be used: {bad}.") from bad
    parts().store.endpoints.add(new)
    _tell(repository, f"{new.shown} is told of what happens ({new.wants})")
    shown = {"secret": new.secrets.current} if new.secrets else {}
    return jsonify({**_told(new), **shown}), HTTPStatus.CREATED


@blueprint.put(_ONE)
def change(repository_id: int, endpoint_id: str) -> Response:
    """{wants?, enabled?} → as above. `enabled` true sends to one that was given up again; what was lost stays so."""
    repository = _changing(repository_id)
    found = _found(repository, endpoint_id)
    told = parameters(("wants", "enabled"))
    wants = _word(Wants, told, "wants")
    if wants is not None:
        parts().store.endpoints.want(found.id, wants)
        _tell(repository, f"{found.shown} is told of {wants}")
    if flag(told, "enabled"):
        parts().store.endpoints.enable(found.id)
        _tell(repository, f"{found.shown} is sent to again")
    return jsonify(_told(_found(repository, endpoint_id)))


@blueprint.delete(_ONE)
def remove(repository_id: int, endpoint_id: str) -> Response:
    """→ {detail}. Fine where it is gone."""
    repository = _changing(repository_id)
    found = parts().store.endpoints.get(endpoint_id)
    if found is not None and found.repository_id == repository.id:
        parts().store.endpoints.delete(found.id)
        _tell(repository, f"{found.shown} is told of nothing any more")
    return jsonify(detail="Nothing is sent there any more.")


@blueprint.post(f"{_ONE}/secret")
def renew(repository_id: int, endpoint_id: str) -> Response:
    """→ {secret, until}: a new one, shown this once; until then the old one signs, too."""
    repository = _changing(repository_id)
    found = _found(repository, endpoint_id)
    new, until = secret_of(secrets.token_bytes(32)), datetime.now(UTC) + BOTH_SECRETS
    if not parts().store.endpoints.replace_secret(found.id, new, until):
        raise Problem(HTTPStatus.CONFLICT, "Only a webhook has a secret.")
    _tell(repository, f"{found.shown} has a new secret")
    return jsonify(secret=new, until=until.isoformat())


@blueprint.post(f"{_ONE}/test")
def test(repository_id: int, endpoint_id: str) -> tuple[Response, HTTPStatus]:
    """→ 202 {message}: something is sent there now; the log of deliveries tells what became of it."""
    repository = _changing(repository_id)
    found, login = _found(repository, endpoint_id), viewer().login
    if found.disabled:
        raise Problem(HTTPStatus.CONFLICT, f"Nothing is sent there, since {found.disabled}. Enable it first.")
    message = parts().store.outgoing.test(found, f"{login} wants to see this arrive", login, datetime.now(UTC))
    return jsonify(message=message), HTTPStatus.ACCEPTED


@blueprint.get(f"{_ONE}/deliveries")
def deliveries(repository_id: int, endpoint_id: str) -> Response:
    """Query: `limit` (50) → {deliveries: [{id, type, at, state, due_at, attempts: [{at, seconds, ok, detail}]}]}, the
    newest first."""
    found = _found(_theirs(repository_id), endpoint_id)
    told = parameters(("limit",), numbers=("limit",))
    limit = number(told, "limit", 1, _MOST_SHOWN) if "limit" in told else _SHOWN
    return jsonify(deliveries=[_sent(each) for each in parts().store.outgoing.of_endpoint(found.id, limit)])


@blueprint.post(f"{_ONE}/deliveries/<message_id>")
def again(repository_id: int, endpoint_id: str, message_id: str) -> tuple[Response, HTTPStatus]:
    """→ 202 {message}: one that is over is sent once more, under its own id."""
    found = _found(_changing(repository_id), endpoint_id)
    if not parts().store.outgoing.again(found.id, message_id, datetime.now(UTC)):
        raise Problem(HTTPStatus.NOT_FOUND, "There is no such delivery, or it is still being tried.")
    return jsonify(message=message_id), HTTPStatus.ACCEPTED


@blueprint.get(_OF_SERVICE)
def choice(service_id: int) -> Response:
    """{wants}: "all", "failures", "none", or "default", which leaves it to each address."""
    service, repository = viewer().service(service_id)
    viewer().demand(Action.NOTIFICATIONS, repository)
    return jsonify(wants=parts().store.endpoints.choices(repository.id).get(service.name) or "default")


@blueprint.put(_OF_SERVICE)
def choose(service_id: int) -> Response:
    """{wants} → {wants}."""
    from_our_pages()
    service, repository = viewer().service(service_id)
    viewer().demand(Action.NOTIFICATIONS, repository)
    told = parameters(("wants",))
    wants = None if told.get("wants") == "default" else _word(Wants, told, "wants", ("default",))
    if "wants" not in told:
        raise Problem(HTTPStatus.BAD_REQUEST, "Say what is to be told: `wants`.")
    parts().store.endpoints.choose(repository.id, service.name, wants)
    _tell(repository, f"of {service.name} is told: {wants or 'what each address wants'}", service.name)
    return jsonify(wants=wants or "default")


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


def _word(kind: type[_Word], told: dict[str, str | bool], name: str, more: tuple[str, ...] = ()) -> _Word | None:
    """None where it isn't told. Raises Problem."""
    if name not in told:
        return None
    try:
        return kind(str(told[name]))
    except ValueError:
        words = ", ".join(f"`{each}`" for each in [*kind, *more])
        raise Problem(HTTPStatus.BAD_REQUEST, f"`{name}` is one of {words}.") from None


def _tell(repository: Repository, what: str, service: str | None = None) -> None:
    now, login = datetime.now(UTC), viewer().login
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
