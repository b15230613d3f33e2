"""`tidegate variables`: listed, set and removed on the workers' machine. A value stands in no list of processes unless
it is typed so: it is read from stdin, or asked for."""

from __future__ import annotations

import getpass
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TextIO

from pydantic_core import PydanticCustomError

from cli.onstore import NotDone, meant, on_store, record
from cli.order import ask
from tidegate.blueprint import rules
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
        for key, (kind, value) in sorted(store.variables.of(_there(store, name, place).id, place).items()):
            print(f"{key}={value}" if kind == "plain" else f"{key} ({kind})")

    return on_store(environment, _NOTHING, act)


def put(
    environment: Mapping[str, str], name: str, place: str, given: Iterable[str], *, plain: bool, source: TextIO
) -> int:
    """`given`: `NAME=value`, or `NAME`, whose value is the next line of `source`, or all of it where it is the only
    one. All of them are one config deployment. The exit code."""

    def act(_: Settings, store: Store) -> None:
        service = _there(store, name, place)
        values = _values(list(given), source)
        kind: Kind = "plain" if plain else "secret"
        with store.together():
            record(store, Action.VARIABLES, f"{', '.join(values)} set", service, place)
            for key, value in values.items():
                store.variables.set(service.id, place, key, value, kind, datetime.now(UTC))
        _tell(store, service, place, tuple(values), "set")

    return on_store(environment, _NOTHING, act)


def unset(environment: Mapping[str, str], name: str, place: str, keys: Iterable[str]) -> int:
    """The exit code."""

    def act(_: Settings, store: Store) -> None:
        service, wanted = _there(store, name, place), tuple(map(_key, keys))
        missing = [key for key in wanted if key not in store.variables.of(service.id, place)]
        if missing:
            raise NotDone(f"{name}: it isn't set: {', '.join(missing)}")
        with store.together():
            record(store, Action.VARIABLES, f"{', '.join(wanted)} removed", service, place)
            for key in wanted:
                store.variables.delete(service.id, place, key)
        _tell(store, service, place, wanted, "removed")

    return on_store(environment, _NOTHING, act)


def _there(store: Store, name: str, place: str) -> Service:
    """Raises NotDone."""
    service = meant(store, name)
    if store.environments.get(service.id, place) is None:
        raise NotDone(f"{name}: it has no environment `{place}`")
    return service


def _values(given: list[str], source: TextIO) -> dict[str, str]:
    """Raises NotDone before anything is set."""
    found = {}
    for each in given:
        key, told, value = each.partition("=")
        found[_key(key)] = value if told else _read(key, source, alone=len(given) == 1)
    return found


def _key(name: str) -> str:
    try:
        return rules.variable_name(name)
    except PydanticCustomError as mistake:
        raise NotDone(mistake.message()) from None


def _read(key: str, source: TextIO, *, alone: bool) -> str:
    """Without the newline that an editor or `echo` puts at the end."""
    if source.isatty():
        return getpass.getpass(f"{key}: ")
    text = source.read() if alone else source.readline()
    if not text:
        raise NotDone(f"there is no value for {key} on stdin")
    return text.removesuffix("\n")


def _tell(store: Store, service: Service, place: str, keys: tuple[str, ...], done: str) -> None:
    now, listed = datetime.now(UTC), ", ".join(keys)
    text = f"the variable{'s' if len(keys) > 1 else ''} {listed} {'were' if len(keys) > 1 else 'was'} {done}"
    store.timeline.add(TimelineEntry(now, "config-changed", text, OPERATOR, service.repository_id, service.name, place))
    told = ask(store, VARIABLE, service, place, {"names": list(keys)})
    print(f"{service.name}: {listed} {done}; {told['detail']}")
