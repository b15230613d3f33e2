"""Who is told of what happens, as people set it on the pages and by the API, and what was sent there: in one place."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http import HTTPStatus

from tidegate.audit import About
from tidegate.destination import Reach, addresses_of
from tidegate.notification import BOTH_SECRETS, CHANGED, Channel, Endpoint, Wants
from tidegate.permission import Action
from tidegate.repository import Repository, TimelineEntry
from tidegate.standardwebhooks import secret_of
from tidegate.store.outgoing import Message
from tidegate.subscription import MOST, BadAddress, endpoint
from webapp.api.declared import Flag, Line, OneOf, told
from webapp.asking import from_our_pages, recorded
from webapp.parts import parts
from webapp.problem import Problem
from webapp.viewer import Viewer

#: Instead of Wants, of a service that leaves it to each address.
DEFAULT = "default"
_CHANNEL = OneOf("channel", "how it is told", tuple(Channel), required=True)
_ADDRESS = Line("address", "a URL, or an e-mail address", 2000, required=True)
_WANTS = OneOf("wants", "what is told", tuple(Wants))
_ENABLED = Flag("enabled", "sends to one that was given up again; what was lost stays so")
_CHOICE = OneOf("wants", "what is told; `default` leaves it to each address", (*Wants, DEFAULT), required=True)
ADDS, CHANGES, CHOOSES = (_CHANNEL, _ADDRESS, _WANTS), (_WANTS, _ENABLED), (_CHOICE,)


def of(viewer: Viewer, repository_id: int) -> tuple[Repository, list[Endpoint]]:
    """The oldest first. Raises Problem."""
    repository = viewer.repository(repository_id)
    viewer.demand(Action.NOTIFICATIONS, repository)
    return repository, parts().store.endpoints.of_repository(repository.id)


def one(viewer: Viewer, repository_id: int, endpoint_id: str) -> tuple[Repository, Endpoint]:
    """Raises Problem."""
    repository = viewer.repository(repository_id)
    viewer.demand(Action.NOTIFICATIONS, repository)
    return repository, _found(repository, endpoint_id)


def add(viewer: Viewer, repository_id: int) -> Endpoint:
    """As this request's ADDS say. Raises Problem."""
    from_our_pages()
    repository, there = of(viewer, repository_id)
    asked = told(ADDS)
    channel, address = Channel(_CHANNEL.must(asked)), _ADDRESS.must(asked)
    if len(there) >= MOST:
        raise Problem(HTTPStatus.CONFLICT, f"A repository has at most {MOST} addresses. Remove one first.")
    settings = parts().settings
    try:
        new = endpoint(
            repository.id,
            channel,
            address,
            Wants(_WANTS.of(asked) or Wants.ALL),
            viewer.login,
            datetime.now(UTC),
            random=secrets.token_bytes(48),
            mails=settings.smtp is not None,
            reach=Reach(settings.notify_networks, addresses_of(settings.hosts)),
        )
    except BadAddress as bad:
        raise Problem(HTTPStatus.BAD_REQUEST, f"`address` can't be used: {bad}.") from bad
    with _telling(viewer, repository, f"{new.shown} is told of what happens ({new.wants})"):
        parts().store.endpoints.add(new)
    return new


def change(viewer: Viewer, repository_id: int, endpoint_id: str) -> Endpoint:
    """As this request's CHANGES say; as it is then. Raises Problem."""
    from_our_pages()
    repository, found = one(viewer, repository_id, endpoint_id)
    asked = told(CHANGES)
    wants = _WANTS.of(asked)
    if wants is not None:
        with _telling(viewer, repository, f"{found.shown} is told of {wants}"):
            parts().store.endpoints.want(found.id, Wants(wants))
    if _ENABLED.of(asked):
        with _telling(viewer, repository, f"{found.shown} is sent to again"):
            parts().store.endpoints.enable(found.id)
    return _found(repository, endpoint_id)


def remove(viewer: Viewer, repository_id: int, endpoint_id: str) -> None:
    """Fine where it is gone. Raises Problem."""
    from_our_pages()
    repository, there = of(viewer, repository_id)
    for found in there:
        if found.id == endpoint_id:
            with _telling(viewer, repository, f"{found.shown} is told of nothing any more"):
                parts().store.endpoints.delete(found.id)


def renew(viewer: Viewer, repository_id: int, endpoint_id: str) -> tuple[str, datetime]:
    """A webhook's new secret, and until when the old one signs, too. Raises Problem."""
    from_our_pages()
    repository, found = one(viewer, repository_id, endpoint_id)
    new, until = secret_of(secrets.token_bytes(32)), datetime.now(UTC) + BOTH_SECRETS
    with _telling(viewer, repository, f"{found.shown} has a new secret"):
        if not parts().store.endpoints.replace_secret(found.id, new, until):
            raise Problem(HTTPStatus.CONFLICT, "Only a webhook has a secret.")
    return new, until


def test(viewer: Viewer, repository_id: int, endpoint_id: str) -> str:
    """The message that is sent there now. Raises Problem."""
    from_our_pages()
    repository, found = one(viewer, repository_id, endpoint_id)
    if found.disabled:
        raise Problem(HTTPStatus.CONFLICT, f"Nothing is sent there, since {found.disabled}. Enable it first.")
    login = viewer.login
    with recorded(viewer, Action.NOTIFICATIONS, About(repository.id), f"something is sent to {found.shown} to see"):
        return parts().store.outgoing.test(found, f"{login} wants to see this arrive", login, datetime.now(UTC))


def sent(found: Endpoint, limit: int, before: int | None) -> tuple[list[Message], int | None]:
    """What was sent there, the newest first; and the number to go on from, if any."""
    listed = parts().store.outgoing.of_endpoint(found.id, limit + 1, before)
    return listed[:limit], listed[limit - 1].number if len(listed) > limit else None


def again(viewer: Viewer, repository_id: int, endpoint_id: str, message_id: str) -> None:
    """One that is over, once more, under its own id. Raises Problem."""
    from_our_pages()
    repository, found = one(viewer, repository_id, endpoint_id)
    with recorded(viewer, Action.NOTIFICATIONS, About(repository.id), f"{message_id} is sent once more"):
        if not parts().store.outgoing.again(found.id, message_id, datetime.now(UTC)):
            raise Problem(HTTPStatus.NOT_FOUND, "There is no such delivery, or it is still being tried.")


def choice(viewer: Viewer, service_id: int) -> str:
    """What is told of a service: one of Wants, or DEFAULT. Raises Problem."""
    service, repository = viewer.service(service_id)
    viewer.demand(Action.NOTIFICATIONS, repository)
    return chosen(repository, service.name)


def chosen(repository: Repository, service: str) -> str:
    """The same for whoever may know."""
    return parts().store.endpoints.choices(repository.id).get(service) or DEFAULT


def choose(viewer: Viewer, service_id: int) -> str:
    """As this request's CHOOSES say: one of Wants, or DEFAULT. Raises Problem."""
    from_our_pages()
    service, repository = viewer.service(service_id)
    viewer.demand(Action.NOTIFICATIONS, repository)
    said = _CHOICE.must(told(CHOOSES))
    wants = None if said == DEFAULT else Wants(said)
    what = f"of {service.name} is told: {wants or 'what each address wants'}"
    with _telling(viewer, repository, what, service.name):
        parts().store.endpoints.choose(repository.id, service.name, wants)
    return said


def _found(repository: Repository, endpoint_id: str) -> Endpoint:
    """Raises Problem."""
    found = parts().store.endpoints.get(endpoint_id)
    if found is None or found.repository_id != repository.id:
        raise Problem(HTTPStatus.NOT_FOUND, f"{repository.full_name} has no such address.")
    return found


@contextmanager
def _telling(viewer: Viewer, repository: Repository, what: str, service: str | None = None) -> Iterator[None]:
    """With what is done meanwhile the timeline and the audit log tell of it."""
    now, login = datetime.now(UTC), viewer.login
    with recorded(viewer, Action.NOTIFICATIONS, About(repository.id, service), what):
        yield
        parts().store.timeline.add(TimelineEntry(now, CHANGED, what, login, repository.id, service))
