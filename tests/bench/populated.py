"""A store after years of use: so many services with so many deployments each, written straight into its tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Table, insert, text

from tidegate.audit import Via
from tidegate.deployment import FINAL, Status, Trigger
from tidegate.instance import InstanceState
from tidegate.repository import PRODUCTION
from tidegate.store.access_tables import audit
from tidegate.store.database import Database
from tidegate.store.deployment_table import deployments
from tidegate.store.tables import environments, instances, phases, repositories, services, timeline

#: The last of a service is live; those before it ended so, in turn.
_ENDS = (Status.REMOVED, Status.REMOVED, Status.FAILED, Status.SUPERSEDED, Status.SKIPPED, Status.CANCELED)
_STEPS = ("fetch", "build", "start", "switch", "retire")
_MOVES = ("queued", "initializing", "live", "removed")
_ROWS = 5000
INSTALLATION = 8


@dataclass(frozen=True)
class Size:
    repositories: int = 10
    #: Of each repository; deployments of each service.
    services: int = 100
    deployments: int = 100

    def sha(self, service: int, number: int) -> str:
        return f"{service * self.deployments + number:040x}"


def fill(database: Database, size: Size, now: datetime) -> None:
    """Ids of repositories and services count from 1; deployments are `deployment_id`s."""
    whole = range(1, size.repositories * size.services + 1)
    _put(database, repositories, (_repository(number, now) for number in range(1, size.repositories + 1)))
    _put(database, services, (_service(number, size) for number in whole))
    numbered = [(service, number) for number in range(size.deployments) for service in whole]
    _put(database, deployments, (_deployment(*each, size, now) for each in numbered))
    _put(database, environments, (_environment(number, size) for number in whole))
    _put(database, timeline, (row for each in numbered for row in _entries(*each, size, now)))
    _put(database, phases, (row for each in numbered for row in _phases(*each, size, now)))
    _put(database, instances, (_instance(number, index, size) for number in whole for index in range(2)))
    _put(database, audit, (_done(*each, size, now) for each in numbered))
    if not database.is_sqlite:
        with database.write() as connection:
            for table in (services, deployments, environments, timeline, audit):
                column = next(iter(table.primary_key)).name
                connection.execute(text(f"SELECT setval(pg_get_serial_sequence('{table}', '{column}'), 100000000)"))
    with database.single() as connection:  # what autovacuum does in time
        connection.execute(text("ANALYZE"))


def deployment_id(service: int, number: int) -> str:
    return f"d{number:05}-{service:05}"


def _put(database: Database, table: Table, rows: Iterable[dict[str, Any]]) -> None:
    left = iter(rows)
    while some := list(islice(left, _ROWS)):
        with database.write() as connection:
            connection.execute(insert(table), some)


def _repository(number: int, now: datetime) -> dict[str, Any]:
    return {
        "id": number,
        "installation_id": INSTALLATION,
        "owner": "acme",
        "name": f"shop-{number}",
        "default_branch": "main",
        "private": True,
        "seen_at": now,
    }


def _of(service: int, size: Size) -> int:
    return (service - 1) // size.services + 1


def _definition(service: int) -> dict[str, Any]:
    return {
        "name": f"service-{service}",
        "type": "web",
        "env_vars": [{"key": f"KEY_{n}", "value": "x"} for n in range(9)],
    }


def _service(number: int, size: Size) -> dict[str, Any]:
    name = f"service-{number}"
    return {"id": number, "repository_id": _of(number, size), "name": name, "definition": _definition(number)}


def _environment(service: int, size: Size) -> dict[str, Any]:
    routed = deployment_id(service, size.deployments - 1)
    return {"id": service, "service_id": service, "name": PRODUCTION, "routed": routed}


def _status(number: int, size: Size) -> Status:
    return Status.LIVE if number == size.deployments - 1 else _ENDS[number % len(_ENDS)]


def _at(service: int, number: int, size: Size, now: datetime) -> datetime:
    """Spread over the last hundred days, the newest within the last hours."""
    return now - timedelta(days=100) * (size.deployments - 1 - number) / size.deployments - timedelta(seconds=service)


def _deployment(service: int, number: int, size: Size, now: datetime) -> dict[str, Any]:
    status, at = _status(number, size), _at(service, number, size, now)
    was_live = status in {Status.LIVE, Status.REMOVED}
    return {
        "id": deployment_id(service, number),
        "repository_id": _of(service, size),
        "service_id": service,
        "service": f"service-{service}",
        "environment": PRODUCTION,
        "sha": size.sha(service, number),
        "branch": "main",
        "message": f"Change number {number}\n\n{'Why it was made. ' * 10}",
        "author": "ada",
        "trigger": Trigger.PUSH,
        "actor": "ada",
        "status": status,
        "reason": "superseded by another" if status is Status.SUPERSEDED else "live",
        "image": f"tidegate/image:{number}" if was_live else None,
        "definition": _definition(service),
        "created_at": at,
        "moved_at": at,
        "started_at": at,
        "live_at": at + timedelta(seconds=60) if was_live else None,
        "ended_at": at + timedelta(hours=1) if status in FINAL else None,
        "findings": (),
        "gated": False,
        "version": 4,
        "reported_version": 4,
        "epoch": 1,
    }


def _entries(service: int, number: int, size: Size, now: datetime) -> Iterator[dict[str, Any]]:
    for move in _MOVES:
        yield {
            "at": _at(service, number, size, now),
            "kind": move,
            "text": f"it is {move}",
            "actor": "ada",
            "repository_id": _of(service, size),
            "service": f"service-{service}",
            "environment": PRODUCTION,
            "deployment_id": deployment_id(service, number),
            "sha": size.sha(service, number),
        }


def _phases(service: int, number: int, size: Size, now: datetime) -> Iterator[dict[str, Any]]:
    at = _at(service, number, size, now)
    for index, step in enumerate(_STEPS):
        times = {"started_at": at + timedelta(seconds=index * 10), "ended_at": at + timedelta(seconds=index * 10 + 9)}
        yield {"deployment_id": deployment_id(service, number), "step": step, **times, "outcome": "ok", "detail": ""}


def _instance(service: int, index: int, size: Size) -> dict[str, Any]:
    return {
        "deployment_id": deployment_id(service, size.deployments - 1),
        "index": index,
        "host": "local",
        "container_id": f"c{service}-{index}",
        "address": "10.0.0.1",
        "port": 3000,
        "state": InstanceState.HEALTHY,
        "reason": "",
        "restarts": 0,
    }


def _done(service: int, number: int, size: Size, now: datetime) -> dict[str, Any]:
    return {
        "at": _at(service, number, size, now),
        "actor": "ada",
        "via": next(iter(Via)),
        "action": "deploy",
        "detail": "by hand",
        "repository_id": _of(service, size),
        "service": f"service-{service}",
    }
