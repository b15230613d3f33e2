"""Environments: where a service runs, what is routed there, and all that the routing table is made from."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, select, union, update

from tidegate.deployment import Lane, Status
from tidegate.instance import Instance
from tidegate.repository import Environment, TimelineEntry
from tidegate.routing import Route, Serving, is_public
from tidegate.scaling import Scaling
from tidegate.store.database import Database
from tidegate.store.deployment_table import IS_UNFINISHED, deployments
from tidegate.store.instances import COLUMNS as INSTANCE_COLUMNS
from tidegate.store.lanes import fence
from tidegate.store.tables import IS_HEALTHY, environments, instances, repositories, services
from tidegate.store.timeline import add_entry
from tidegate.store.upsert import insert_new


class Environments:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._make = insert_new(database, environments, ("service_id", "name"))

    def ensure(self, service_id: int, name: str) -> Environment:
        """The environment of that name, made if need be; one that is being removed begins anew."""
        anew = dict.fromkeys(("removed", "disks_go", "live_sha", "unchanged_at", "stopped", "scaled", "scaled_from"))
        with self._database.write() as connection:
            found = self._ensured(connection, service_id, name)
            if found.removed is None:
                return as_environment(found)
            connection.execute(update(environments).where(environments.c.id == found.id).values(**anew))
            return as_environment(self._ensured(connection, service_id, name))

    def known(self, service_id: int, name: str) -> Environment:
        """The environment of that name, made if need be; one that is being removed stays so."""
        with self._database.write() as connection:
            return as_environment(self._ensured(connection, service_id, name))

    def get(self, service_id: int, name: str) -> Environment | None:
        with self._database.read() as connection:
            found = connection.execute(select(environments).where(*_named(service_id, name))).one_or_none()
        return None if found is None else as_environment(found)

    def route(self, lane: Lane, at: datetime) -> str | None:
        """Routes the lane's deployment; what was routed before it, if another. A repetition gives the same answer.

        Raises LaneLost.
        """
        with self._database.write() as connection:
            deployment = fence(connection, lane)
            found = self._ensured(connection, lane.service_id, lane.environment)
            previous: str | None = found.routed
            if previous == deployment.id:
                repeated: str | None = found.routed_before
                return repeated
            connection.execute(
                update(environments)
                .where(environments.c.id == found.id)
                .values(
                    routed=deployment.id,
                    routed_before=previous,
                    routed_at=at,
                    live_sha=deployment.sha,
                    unchanged_at=None,
                )
            )
        return previous

    def unroute(self, lane: Lane, previous: str | None) -> None:
        """Takes route() back: `previous` is routed again, or nothing (None). Raises LaneLost.

        Leaves an environment alone where the lane's deployment isn't routed.
        """
        sha = select(deployments.c.sha).where(deployments.c.id == previous).scalar_subquery()
        with self._database.write() as connection:
            fence(connection, lane)
            connection.execute(
                update(environments)
                .where(
                    environments.c.service_id == lane.service_id,
                    environments.c.name == lane.environment,
                    environments.c.routed == lane.deployment_id,
                )
                .values(routed=previous, routed_before=None, live_sha=sha)
            )

    def unchanged(self, service_id: int, name: str, sha: str, since: str) -> None:
        """Up to that commit nothing that concerns the service has changed since `since`, which is still live here; if
        another commit came live meanwhile, nothing is noted."""
        still = environments.c.live_sha == since
        with self._database.write() as connection:
            connection.execute(update(environments).where(*_named(service_id, name), still).values(unchanged_at=sha))

    def stop(self, service_id: int, name: str) -> str | None:
        """Routes nothing any more; what was routed is kept as `stopped`, and returned. None: nothing was routed."""
        with self._database.write() as connection:
            routed = select(environments.c.routed).where(*_named(service_id, name), environments.c.routed.is_not(None))
            stopped: str | None = connection.execute(routed.with_for_update()).scalar()
            if stopped is not None:
                values = {"routed": None, "stopped": stopped}
                connection.execute(update(environments).where(*_named(service_id, name)).values(**values))
        return stopped

    def started(self, service_id: int, name: str) -> None:
        """What was stopped needs nothing more."""
        self._update(service_id, name, stopped=None)

    def scale(self, service_id: int, name: str, scaling: Scaling, entry: TimelineEntry) -> None:
        """How many instances somebody wants there, with what the timeline tells of it."""
        values = {"scaled": scaling.count, "scaled_from": scaling.instead_of}
        with self._database.write() as connection:
            connection.execute(update(environments).where(*_named(service_id, name)).values(**values))
            add_entry(connection, entry)

    def remove(self, service_id: int, name: str) -> None:
        """Forgets the environment; not what was deployed there."""
        with self._database.write() as connection:
            connection.execute(delete(environments).where(*_named(service_id, name)))

    def of_repository(self, repository_id: int, name: str | None = None) -> list[Environment]:
        """All of a repository's services, or those of that name; by service."""
        found = (
            select(environments)
            .join_from(environments, services)
            .where(services.c.repository_id == repository_id)
            .order_by(environments.c.service_id, environments.c.name)
        )
        if name is not None:
            found = found.where(environments.c.name == name)
        with self._database.read() as connection:
            return [as_environment(row) for row in connection.execute(found)]

    def of_service(self, service_id: int) -> list[Environment]:
        """By name."""
        found = select(environments).where(environments.c.service_id == service_id).order_by(environments.c.name)
        with self._database.read() as connection:
            return [as_environment(row) for row in connection.execute(found)]

    def places(self) -> set[tuple[int, str]]:
        """(repository id, name) of every environment that exists, or where a deployment isn't finished."""
        existing = select(services.c.repository_id, environments.c.name).join_from(environments, services)
        busy = select(deployments.c.repository_id, deployments.c.environment).where(IS_UNFINISHED)
        with self._database.read() as connection:
            return {(number, name) for number, name in connection.execute(union(existing, busy))}

    def routes(self) -> list[Route]:
        """All environments as of one moment, each with the deployments that have healthy instances, oldest first.

        Those of a repository that is gone are left out.
        """
        places = (
            select(
                environments.c.service_id,
                environments.c.name.label("environment"),
                environments.c.routed,
                services.c.name.label("service"),
                services.c.definition,
                repositories.c.owner,
                repositories.c.name.label("repository"),
            )
            .join_from(environments, services)
            .join(repositories)
            .where(repositories.c.gone.is_(None))
            .order_by(services.c.repository_id, services.c.name, environments.c.name)
        )
        with self._database.read() as connection:
            serving = _serving(connection)
            return [
                Route(
                    service=row.service,
                    environment=row.environment,
                    repository=f"{row.owner}/{row.repository}",
                    definition=row.definition,
                    routed=row.routed,
                    serving=tuple(serving.get((row.service_id, row.environment), ())),
                )
                for row in connection.execute(places)
            ]

    def _update(self, service_id: int, name: str, **values: str | None) -> None:
        with self._database.write() as connection:
            connection.execute(update(environments).where(*_named(service_id, name)).values(**values))

    def _ensured(self, connection: Connection, service_id: int, name: str) -> Row[Any]:
        """The row, made if need be, and locked until the transaction ends."""
        connection.execute(self._make, {"service_id": service_id, "name": name})
        return connection.execute(select(environments).where(*_named(service_id, name)).with_for_update()).one()


def _named(service_id: int, name: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return environments.c.service_id == service_id, environments.c.name == name


def as_environment(row: Row[Any]) -> Environment:
    scaling = None if row.scaled is None else Scaling(row.scaled, row.scaled_from)
    return Environment(
        *(row.id, row.service_id, row.name, row.routed, row.live_sha, row.unchanged_at, row.stopped),
        scaling=scaling,
        removed=row.removed,
        disks_go=bool(row.disks_go),
    )


def _serving(connection: Connection) -> dict[tuple[int, str], list[Serving]]:
    """By lane."""
    healthy = (
        select(
            deployments.c.service_id,
            deployments.c.environment,
            deployments.c.sha,
            deployments.c.status,
            deployments.c.definition,
            *INSTANCE_COLUMNS,
        )
        .join_from(instances, deployments)
        .where(IS_HEALTHY)
        .order_by(deployments.c.seq, instances.c.index)
    )
    by_lane: dict[tuple[int, str], list[Serving]] = defaultdict(list)
    with_key = groupby(connection.execute(healthy), lambda row: (row.service_id, row.environment, row.deployment_id))
    for (service_id, environment, deployment_id), found in with_key:
        rows = list(found)
        serving = Serving(
            deployment_id,
            rows[0].sha,
            tuple(Instance(*row[-len(INSTANCE_COLUMNS) :]) for row in rows),
            entering=rows[0].status is Status.DEPLOYING,
            public=is_public(rows[0].definition or {}),
        )
        by_lane[service_id, environment].append(serving)
    return by_lane
