"""What operators watch: counted when they ask, by questions whose cost is that of what is there now or happened within
the last hour, however long the history is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, case, func, select

from tidegate.deployment import Status
from tidegate.store.database import Database
from tidegate.store.deployment_table import HAS_ENDED, IS_SERVING, IS_UNFINISHED, WAS_LIVE, deployments
from tidegate.store.elapsed import elapsed
from tidegate.store.notification_tables import IS_PENDING_MESSAGE, endpoints, outgoing, outgoing_attempts
from tidegate.store.tables import (
    HAS_ENDED_PHASE,
    IS_NOT_RETIRED,
    IS_PENDING_DELIVERY,
    deliveries,
    instances,
    phases,
    repositories,
)

_SPAN = timedelta(hours=1)
#: Steps that are looked at, the last ones: of a busier hour they are a sample.
_MOST_STEPS = 5000
_ENDS = (Status.FAILED, Status.CANCELED, Status.SUPERSEDED, Status.SKIPPED)


@dataclass(frozen=True)
class Waiting:
    """How many, and how long the oldest has been waiting, in seconds."""

    count: int
    oldest: float


@dataclass(frozen=True)
class Measures:
    """`results`: by ("live", "") or (status, fault), of the last hour; `steps`: seconds by (step, outcome), of the last
    hour; `unfinished`: by status; `instances`: how many by (repository, service, environment, state)."""

    results: dict[tuple[str, str], int]
    steps: dict[tuple[str, str], list[float]]
    unfinished: dict[str, Waiting]
    deliveries: Waiting
    instances: dict[tuple[str, str, str, str], int]
    notifications: Waiting
    attempts: dict[bool, int]
    addresses: dict[str, int]


def measure(database: Database, at: datetime) -> Measures:
    """All at one moment. Raises StoreDown."""
    since = at - _SPAN
    with database.read() as connection:
        return Measures(
            results=_results(connection, since),
            steps=_steps(connection, since),
            unfinished=_unfinished(connection, at),
            deliveries=_deliveries(connection, at),
            instances=_instances(connection),
            notifications=_notifications(connection, at),
            attempts=_attempts(connection, since),
            addresses=_addresses(connection),
        )


def _results(connection: Connection, since: datetime) -> dict[tuple[str, str], int]:
    live = select(func.count()).where(WAS_LIVE, deployments.c.live_at >= since)
    status, fault = deployments.c.status, deployments.c.fault
    ended = (
        select(status, fault, func.count())
        .where(HAS_ENDED, deployments.c.ended_at >= since, status.in_(_ENDS))
        .group_by(status, fault)
    )
    found = {(row[0], row[1] or ""): row[2] for row in connection.execute(ended)}
    return {("live", ""): connection.execute(live).scalar_one(), **found}


def _steps(connection: Connection, since: datetime) -> dict[tuple[str, str], list[float]]:
    last = (
        select(phases.c.step, phases.c.outcome, elapsed(phases.c.started_at, phases.c.ended_at))
        .where(HAS_ENDED_PHASE, phases.c.ended_at >= since)
        .order_by(phases.c.ended_at.desc())
        .limit(_MOST_STEPS)
    )
    seconds: dict[tuple[str, str], list[float]] = {}
    for step, outcome, took in connection.execute(last).all():
        seconds.setdefault((step, outcome or ""), []).append(took)
    return seconds


def _unfinished(connection: Connection, at: datetime) -> dict[str, Waiting]:
    status = deployments.c.status
    counted = select(status, func.count(), func.min(deployments.c.moved_at)).where(IS_UNFINISHED).group_by(status)
    return {row[0]: _waiting(row[1], row[2], at) for row in connection.execute(counted)}


def _deliveries(connection: Connection, at: datetime) -> Waiting:
    counted = select(func.count(), func.min(deliveries.c.received_at)).where(IS_PENDING_DELIVERY)
    count, since = connection.execute(counted).one()
    return _waiting(count, since, at)


def _instances(connection: Connection) -> dict[tuple[str, str, str, str], int]:
    of = (
        repositories.c.owner,
        repositories.c.name,
        deployments.c.service,
        deployments.c.environment,
        instances.c.state,
    )
    counted = (
        select(*of, func.count())
        .join_from(deployments, instances, instances.c.deployment_id == deployments.c.id)
        .join(repositories, repositories.c.id == deployments.c.repository_id)
        .where(IS_SERVING, IS_NOT_RETIRED)
        .group_by(*of)
    )
    return {
        (f"{owner}/{name}", service, environment, state): count
        for owner, name, service, environment, state, count in connection.execute(counted).all()
    }


def _notifications(connection: Connection, at: datetime) -> Waiting:
    counted = select(func.count(), func.min(outgoing.c.due_at)).where(IS_PENDING_MESSAGE)
    count, since = connection.execute(counted).one()
    return _waiting(count, since, at)


def _attempts(connection: Connection, since: datetime) -> dict[bool, int]:
    ok = outgoing_attempts.c.ok
    counted = select(ok, func.count()).where(outgoing_attempts.c.at >= since).group_by(ok)
    return {bool(row[0]): row[1] for row in connection.execute(counted)}


def _addresses(connection: Connection) -> dict[str, int]:
    state = case(
        (endpoints.c.disabled.is_not(None), "given up"),
        (endpoints.c.failing_since.is_not(None), "failing"),
        else_="fine",
    )
    return {row[0]: row[1] for row in connection.execute(select(state, func.count()).group_by(state))}


def _waiting(count: int, since: datetime | None, at: datetime) -> Waiting:
    return Waiting(count, max(0.0, (at - since).total_seconds()) if since else 0.0)
