"""`tidegate env`, or `tidegate variables`: a service's variables listed, set and removed. A value stands in no list of
processes unless it is typed so: it is read from stdin, or asked for."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from cli.command import Shown, Told
from cli.onstore import here_or_there, meant, on_store, record
from cli.remote import variables
from cli.remote.ask import by_api
from cli.remote.variables import demand_names, line
from cli.trouble import Refused
from cli.values import key, values
from cli.words import add_environment, add_service
from tidegate.permission import OPERATOR, Action
from tidegate.repository import Delivery, Service, TimelineEntry
from tidegate.request import VARIABLE
from tidegate.settings import Settings
from tidegate.store import Store
from tidegate.store.variables import Kind

if TYPE_CHECKING:
    from cli.command import Commands


def add_to(commands: Commands) -> None:
    for name in ("env", "variables"):
        env = commands.add_parser(name, help="list, set and remove a service's variables")
        add_service(env)
        env.add_argument("verb", nargs="?", choices=("list", "set", "unset"), default="list", help="list, if left out")
        env.add_argument("names", nargs="*", help="NAME, whose value is asked for or read from stdin; or NAME=value")
        add_environment(env)
        env.add_argument("--plain", action="store_true", help="no secrets: their values are shown")
        here = on_store("No variables can be seen or set", _here)
        env.set_defaults(run=here_or_there(here, by_api(variables.act)))


def _here(_: Settings, store: Store, told: Told) -> Shown:
    """Those of one command are one deployment, where the API takes each by itself."""
    demand_names(told)
    service, place = meant(store, told.service), told.environment
    if store.environments.get(service.id, place) is None:
        raise Refused(f"{told.service}: it has no environment `{place}`")
    if told.verb == "list":
        found = _listed(store, service, place)
        return Shown({"variables": found}, [line(each) for each in found])
    changed = _set(store, service, told) if told.verb == "set" else _unset(store, service, told)
    done = "set" if told.verb == "set" else "removed"
    answer = _ask(store, service, place, changed, done)
    listed = f"{service.name}: {', '.join(changed)} {done}; {answer['detail']}"
    return Shown({"changed": [{"name": each, **answer} for each in changed]}, [listed])


def _listed(store: Store, service: Service, place: str) -> list[dict[str, str | None]]:
    """As the API has them."""
    return [
        {"name": name, "kind": kind, "value": value if kind == "plain" else None}
        for name, (kind, value) in sorted(store.variables.of(service.id, place).items())
    ]


def _set(store: Store, service: Service, told: Told) -> list[str]:
    wanted = values(told.names, sys.stdin)
    kind: Kind = "plain" if told.plain else "secret"
    with store.together():
        record(store, Action.VARIABLES, f"{', '.join(wanted)} set", service, told.environment)
        for name, value in wanted.items():
            store.variables.set(service.id, told.environment, name, value, kind, datetime.now(UTC))
    return list(wanted)


def _unset(store: Store, service: Service, told: Told) -> list[str]:
    wanted, place = [key(each) for each in told.names], told.environment
    missing = [each for each in wanted if each not in store.variables.of(service.id, place)]
    if missing:
        raise Refused(f"{told.service}: it isn't set: {', '.join(missing)}")
    with store.together():
        record(store, Action.VARIABLES, f"{', '.join(wanted)} removed", service, place)
        for each in wanted:
            store.variables.delete(service.id, place, each)
    return wanted


def _ask(store: Store, service: Service, place: str, names: list[str], done: str) -> Mapping[str, object]:
    """A worker's answer; the watcher rings for it within a second. Raises Refused where it is a refusal."""
    # Here, since it brings Flask in.
    from webapp.workers import Workers

    now, were = datetime.now(UTC), "were" if len(names) > 1 else "was"
    text = f"the variable{'s' if len(names) > 1 else ''} {', '.join(names)} {were} {done}"
    store.timeline.add(TimelineEntry(now, "config-changed", text, OPERATOR, service.repository_id, service.name, place))

    def keep(delivery: Delivery) -> None:
        store.deliveries.put([delivery])

    about = {"repository_id": service.repository_id, "service_id": service.id, "environment": place}
    workers = Workers(keep, store.answers.get, stopping=lambda: False)
    answer = workers.ask(VARIABLE, {**about, "names": names, "actor": OPERATOR})
    if answer.status >= HTTPStatus.BAD_REQUEST:
        raise Refused(f"{service.name}: {answer.body['detail']}")
    return answer.body
