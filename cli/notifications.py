"""`tidegate notifications`: who is told of what happens, on the workers' machine with their environment."""

from __future__ import annotations

import argparse
import secrets
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from cli.onstore import NotDone, meant, on_store
from tidegate.audit import About, Asked, Via
from tidegate.notification import BOTH_SECRETS, CHANGED, Channel, Endpoint, Wants
from tidegate.permission import OPERATOR, Action
from tidegate.repository import Repository, TimelineEntry
from tidegate.settings import Settings
from tidegate.standardwebhooks import secret_of
from tidegate.store import Store
from tidegate.subscription import MOST, BadAddress, endpoint

_NOTHING = "Nothing can be done about notifications"
_SHOWN = 20
_DEFAULT = "default"

Told = argparse.Namespace
#: What one command does with the address that it is about.
_Do = Callable[[Store, Endpoint, Told], None]


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("notifications", help="who is told of what happens: webhooks, Slack, e-mail")
    actions = parser.add_subparsers(required=True)
    listed = actions.add_parser("list", help="tell which addresses there are, without what may be secret in them")
    listed.set_defaults(run=_list)
    listed.add_argument("repository", help="owner/repository")
    add = actions.add_parser("add", help="set one; it is read from a pipe, if it isn't given, since `ps` shows it")
    add.set_defaults(run=_add)
    add.add_argument("repository", help="owner/repository")
    add.add_argument("channel", choices=[*Channel])
    add.add_argument("address", nargs="?", help="a URL, or an e-mail address")
    add.add_argument("--wants", choices=[*Wants], default=Wants.ALL)
    for name, help_, do in (
        ("enable", "send again to one that was given up", _enable),
        ("remove", "forget one, with what was sent there", _remove),
        ("rotate", "give a webhook a new secret; the old one signs too for a day", _rotate),
        ("test", "send something there", _test),
        ("log", "tell what was sent there last, and what became of it", _log),
        ("wants", "change what one is told", _want),
    ):
        action = actions.add_parser(name, help=help_)
        action.set_defaults(run=_about(do))
        action.add_argument("id", help="as `list` tells it")
        if do is _want:
            action.add_argument("wants", choices=[*Wants])
    service = actions.add_parser("service", help="what is told of one service, whatever the addresses want")
    service.set_defaults(run=_service)
    service.add_argument("service", help="its name, as owner/repository/name where several repositories have one")
    service.add_argument("wants", choices=[*Wants, _DEFAULT])


def _list(environment: Mapping[str, str], told: Told) -> int:
    def act(_: Settings, store: Store) -> None:
        repository = _repository(store, told.repository)
        for each in store.endpoints.of_repository(repository.id):
            state = f"; given up, since {each.disabled}" if each.disabled else ""
            print(f"{each.id}: {each.channel} {each.shown} ({each.wants}){state}")
        for service, wants in sorted(store.endpoints.choices(repository.id).items()):
            print(f"of {service}: {wants}")

    return on_store(environment, _NOTHING, act)


def _add(environment: Mapping[str, str], told: Told) -> int:
    def act(settings: Settings, store: Store) -> None:
        repository = _repository(store, told.repository)
        if len(store.endpoints.of_repository(repository.id)) >= MOST:
            raise NotDone(f"a repository has at most {MOST} addresses; remove one first")
        address = told.address or sys.stdin.readline()
        mails, random, now = settings.smtp is not None, secrets.token_bytes(48), datetime.now(UTC)
        wants = Wants(told.wants)
        try:
            new = endpoint(
                repository.id, Channel(told.channel), address, wants, OPERATOR, now, random=random, mails=mails
            )
        except BadAddress as bad:
            raise NotDone(f"the address can't be used: {bad}") from bad
        with store.together():
            store.endpoints.add(new)
            _tell(store, repository.id, f"{new.shown} is told of what happens ({new.wants})")
        print(
            f"{new.id}: {new.shown}" + (f"\nIts secret, shown this once: {new.secrets.current}" if new.secrets else "")
        )

    return on_store(environment, _NOTHING, act)


def _service(environment: Mapping[str, str], told: Told) -> int:
    def act(_: Settings, store: Store) -> None:
        service = meant(store, told.service)
        wants = None if told.wants == _DEFAULT else Wants(told.wants)
        with store.together():
            store.endpoints.choose(service.repository_id, service.name, wants)
            _tell(store, service.repository_id, f"of {service.name} is told: {wants or 'what each address wants'}")
        print(f"{service.name}: {wants or 'what each address wants'}")

    return on_store(environment, _NOTHING, act)


def _about(do: _Do) -> Callable[[Mapping[str, str], Told], int]:
    def run(environment: Mapping[str, str], told: Told) -> int:
        def act(_: Settings, store: Store) -> None:
            found = store.endpoints.get(told.id)
            if found is None:
                raise NotDone(
                    f"{told.id}: there is no such address; `tidegate notifications list` tells which there are"
                )
            with store.together():
                do(store, found, told)

        return on_store(environment, _NOTHING, act)

    return run


def _enable(store: Store, found: Endpoint, _: Told) -> None:
    store.endpoints.enable(found.id)
    _tell(store, found.repository_id, f"{found.shown} is sent to again")
    print(f"{found.id}: what happens from now on is sent there; what was given up isn't")


def _remove(store: Store, found: Endpoint, _: Told) -> None:
    store.endpoints.delete(found.id)
    _tell(store, found.repository_id, f"{found.shown} is told of nothing any more")
    print(f"{found.id}: removed")


def _rotate(store: Store, found: Endpoint, _: Told) -> None:
    new, until = secret_of(secrets.token_bytes(32)), datetime.now(UTC) + BOTH_SECRETS
    if not store.endpoints.replace_secret(found.id, new, until):
        raise NotDone(f"{found.id}: only a webhook has a secret")
    _tell(store, found.repository_id, f"{found.shown} has a new secret")
    print(f"{new}\nThe old one signs too until {until:%Y-%m-%d %H:%M} UTC.")


def _test(store: Store, found: Endpoint, _: Told) -> None:
    if found.disabled:
        raise NotDone(f"{found.id}: nothing is sent there, since {found.disabled}; enable it first")
    message = store.outgoing.test(found, f"{OPERATOR} wants to see this arrive", OPERATOR, datetime.now(UTC))
    print(f"{message}; `tidegate notifications log {found.id}` tells what became of it")


def _want(store: Store, found: Endpoint, told: Told) -> None:
    store.endpoints.want(found.id, Wants(told.wants))
    _tell(store, found.repository_id, f"{found.shown} is told of {told.wants}")
    print(f"{found.id}: {told.wants}")


def _log(store: Store, found: Endpoint, _: Told) -> None:
    for each in store.outgoing.of_endpoint(found.id, _SHOWN):
        print(f"{each.entry.at:%Y-%m-%d %H:%M:%S} {each.type} {each.state} {each.id}")
        for attempt in each.log:
            print(f"    {attempt.at:%Y-%m-%d %H:%M:%S} {attempt.detail} ({attempt.seconds:.1f} s)")


def _repository(store: Store, name: str) -> Repository:
    """Raises NotDone."""
    for each in store.repositories.all():
        if each.full_name == name:
            return each
    raise NotDone(f"{name}: there is no such repository; write owner/repository")


def _tell(store: Store, repository_id: int, what: str) -> None:
    now = datetime.now(UTC)
    store.timeline.add(TimelineEntry(now, CHANGED, what, OPERATOR, repository_id))
    store.audit.add(Asked(now, OPERATOR, Via.COMMAND, Action.NOTIFICATIONS, what, About(repository_id)))
