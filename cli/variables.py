"""`tidegate variables`: listed, set and removed on the workers' machine. A value stands in no list of processes unless
it is typed so: it is read from stdin, or asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TextIO

from cli.onstore import NotDone, meant, on_store, record
from cli.order import ask
from cli.values import key, values
from tidegate.permission import OPERATOR, Action
from tidegate.repository import Service, TimelineEntry
from tidegate.request import VARIABLE
from tidegate.settings import Settings
from tidegate.store import Store
from tidegate.store.variables import Kind

_NOTHING = "No variables can be seen or set"


def show(environment: Mapping[str, str], name: str, place: str) -> int:
    """Each with its value, but for secrets. The exit code."""

    def act(_: Settings, store: Store) -> None:
        for each, (kind, value) in sorted(store.variables.of(_there(store, name, place).id, place).items()):
            print(f"{each}={value}" if kind == "plain" else f"{each} ({kind})")

    return on_store(environment, _NOTHING, act)


def put(
    environment: Mapping[str, str], name: str, place: str, given: Iterable[str], *, plain: bool, source: TextIO
) -> int:
    """`given`: `NAME=value`, or `NAME`, whose value is the next line of `source`, or all of it where it is the only
    one. All of them are one config deployment. The exit code."""

    def act(_: Settings, store: Store) -> None:
        service = _there(store, name, place)
        wanted = values(list(given), source)
        kind: Kind = "plain" if plain else "secret"
        with store.together():
            record(store, Action.VARIABLES, f"{', '.join(wanted)} set", service, place)
            for variable, value in wanted.items():
                store.variables.set(service.id, place, variable, value, kind, datetime.now(UTC))
        _tell(store, service, place, tuple(wanted), "set")

    return on_store(environment, _NOTHING, act)


def unset(environment: Mapping[str, str], name: str, place: str, keys: Iterable[str]) -> int:
    """The exit code."""

    def act(_: Settings, store: Store) -> None:
        service, wanted = _there(store, name, place), tuple(map(key, keys))
        missing = [each for each in wanted if each not in store.variables.of(service.id, place)]
        if missing:
            raise NotDone(f"{name}: it isn't set: {', '.join(missing)}")
        with store.together():
            record(store, Action.VARIABLES, f"{', '.join(wanted)} removed", service, place)
            for each in wanted:
                store.variables.delete(service.id, place, each)
        _tell(store, service, place, wanted, "removed")

    return on_store(environment, _NOTHING, act)


def _there(store: Store, name: str, place: str) -> Service:
    """Raises NotDone."""
    service = meant(store, name)
    if store.environments.get(service.id, place) is None:
        raise NotDone(f"{name}: it has no environment `{place}`")
    return service


def _tell(store: Store, service: Service, place: str, keys: tuple[str, ...], done: str) -> None:
    now, listed = datetime.now(UTC), ", ".join(keys)
    text = f"the variable{'s' if len(keys) > 1 else ''} {listed} {'were' if len(keys) > 1 else 'was'} {done}"
    store.timeline.add(TimelineEntry(now, "config-changed", text, OPERATOR, service.repository_id, service.name, place))
    told = ask(store, VARIABLE, service, place, {"names": list(keys)})
    print(f"{service.name}: {listed} {done}; {told['detail']}")
