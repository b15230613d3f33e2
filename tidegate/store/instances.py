"""Instances: the containers that a deployment has, as last seen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select, update

from tidegate.deployment import Health, Status
from tidegate.instance import Instance, InstanceState
from tidegate.naming import named
from tidegate.scaling import Scaling
from tidegate.store.database import Database
from tidegate.store.deployment_table import IS_ACTIVE, IS_RUNNING, IS_SERVING, deployments
from tidegate.store.tables import IS_NOT_RETIRED, environments, instances
from tidegate.store.timeline import add_entry, entry_of
from tidegate.store.upsert import upsert

#: In the order of the record's fields.
COLUMNS = (
    instances.c.deployment_id,
    instances.c.index,
    instances.c.host,
    instances.c.container_id,
    instances.c.address,
    instances.c.port,
    instances.c.state,
    instances.c.reason,
    instances.c.started_at,
    instances.c.restarts,
    instances.c.due_at,
)
_PLACE = (deployments.c.repository_id, deployments.c.environment, deployments.c.service)


@dataclass(frozen=True)
class Tended:
    """An instance that must run, and what is recorded of its deployment."""

    instance: Instance
    status: Status
    health: Health | None
    health_reason: str
    scaling: Scaling | None = None


@dataclass(frozen=True)
class Bearer:
    """An instance of a service that is reached by its name; `routed`: it is of the deployment that this leads to."""

    instance: Instance
    service: str
    routed: bool


class Instances:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._put = upsert(database, instances, key=["deployment_id", "index"])

    def put(self, instance: Instance) -> None:
        """Replaces what was known of that deployment's instance with that index."""
        with self._database.write() as connection:
            connection.execute(self._put, vars(instance))

    def of(self, deployment_id: str) -> list[Instance]:
        """By index."""
        found = select(*COLUMNS).where(instances.c.deployment_id == deployment_id).order_by(instances.c.index)
        with self._database.read() as connection:
            return [Instance(*row) for row in connection.execute(found)]

    def tended(self) -> list[Tended]:
        """Of all deployments that are live or crashed, but for instances that are retired; by deployment and index."""
        there = and_(
            environments.c.service_id == deployments.c.service_id, environments.c.name == deployments.c.environment
        )
        found = (
            select(
                *COLUMNS,
                deployments.c.status,
                deployments.c.health,
                deployments.c.health_reason,
                environments.c.scaled,
                environments.c.scaled_from,
            )
            .join_from(deployments, instances)
            .outerjoin(environments, there)
            .where(IS_SERVING, IS_NOT_RETIRED)
            .order_by(instances.c.deployment_id, instances.c.index)
        )
        with self._database.read() as connection:
            return [_tended(*row) for row in connection.execute(found)]

    def add(self, new: Instance, kind: str, text: str, at: datetime) -> bool:
        """One more of a live deployment, with its timeline entry. False: it isn't live any more, or has one of that
        index that is not retired; nothing is changed."""
        key = instances.c.deployment_id == new.deployment_id, instances.c.index == new.index
        live = select(deployments).where(deployments.c.id == new.deployment_id, IS_SERVING)
        with self._database.write() as connection:
            row = connection.execute(live.with_for_update()).one_or_none()
            if row is None or connection.execute(select(instances.c.index).where(*key, IS_NOT_RETIRED)).first():
                return False
            connection.execute(self._put, vars(new))
            add_entry(connection, entry_of(row, at, kind, text, "tidegate"))
            return True

    def bearers(self) -> list[Bearer]:
        """Of private services, and of those whose names others of their environment have in a variable, but for
        instances that are retired; by deployment and index."""
        place = (environments.c.service_id == deployments.c.service_id) & (
            environments.c.name == deployments.c.environment
        )
        found = (
            select(*COLUMNS, *_PLACE, deployments.c.definition, environments.c.routed)
            .join_from(instances, deployments)
            .join(environments, place)
            .where(IS_NOT_RETIRED)
            .order_by(instances.c.deployment_id, instances.c.index)
        )
        # What is about to start looks for names already.
        running = select(*_PLACE, deployments.c.definition).where(or_(IS_RUNNING, IS_ACTIVE))
        with self._database.read() as connection:
            there = connection.execute(found).all()
            if not there:
                return []
            by_environment: dict[tuple[int, str], list[tuple[str, dict[str, object]]]] = defaultdict(list)
            for row in connection.execute(running):
                by_environment[row.repository_id, row.environment].append((row.service, row.definition or {}))
        having = {place: named(definitions) for place, definitions in by_environment.items()}
        return [
            Bearer(Instance(*row[: len(COLUMNS)]), row.service, row.routed == row.deployment_id)
            for row in there
            if row.service in having.get((row.repository_id, row.environment), ())
        ]

    def by_host(self) -> Mapping[str, int]:
        """How many are on each host, but for those that are retired."""
        counted = select(instances.c.host, func.count()).where(IS_NOT_RETIRED).group_by(instances.c.host)
        with self._database.read() as connection:
            return {row[0]: row[1] for row in connection.execute(counted)}

    def of_environment(self, repository_id: int, environment: str) -> list[Instance]:
        """Of all services there, but for those that are retired; by deployment and index."""
        found = (
            select(*COLUMNS)
            .join_from(instances, deployments)
            .where(
                deployments.c.repository_id == repository_id,
                deployments.c.environment == environment,
                IS_NOT_RETIRED,
            )
            .order_by(deployments.c.seq, instances.c.index)
        )
        with self._database.read() as connection:
            return [Instance(*row) for row in connection.execute(found)]

    def change(self, before: Instance, after: Instance, kind: str, text: str, at: datetime) -> bool:
        """What became of a live deployment's instance, with its timeline entry (none where `kind` is empty). False: it
        is no more as it was `before`, or its deployment isn't live any more; nothing is changed."""
        key = instances.c.deployment_id == before.deployment_id, instances.c.index == before.index
        same = instances.c.container_id == before.container_id, instances.c.state == before.state
        live = select(deployments).where(deployments.c.id == before.deployment_id, IS_SERVING)
        with self._database.write() as connection:
            row = connection.execute(live.with_for_update()).one_or_none()
            if row is None:
                return False
            changed = connection.execute(update(instances).where(*key, *same).values(**vars(after)))
            if changed.rowcount and kind:
                add_entry(connection, entry_of(row, at, kind, text, "tidegate"))
            return bool(changed.rowcount)

    def explain(self, deployment_id: str, index: int, reason: str) -> None:
        """Why one that starts isn't healthy yet; its next state forgets it."""
        starting = instances.c.state == InstanceState.STARTING
        which = (instances.c.deployment_id == deployment_id, instances.c.index == index, starting)
        with self._database.write() as connection:
            connection.execute(update(instances).where(*which).values(reason=reason))

    def set_state(self, deployment_id: str, index: int, state: InstanceState) -> None:
        """Whatever was due of it, as it was before, is so no more."""
        which = (instances.c.deployment_id == deployment_id, instances.c.index == index)
        with self._database.write() as connection:
            connection.execute(update(instances).where(*which).values(state=state, due_at=None))

    def told_to_end(self, deployment_id: str, index: int, due_at: datetime) -> None:
        """SIGTERM was sent to one that is retired, which may run until `due_at`. Only the first counts."""
        which = instances.c.deployment_id == deployment_id, instances.c.index == index
        untold = instances.c.state == InstanceState.STOPPED, instances.c.due_at.is_(None)
        with self._database.write() as connection:
            connection.execute(update(instances).where(*which, *untold).values(due_at=due_at))


def _tended(*row: Any) -> Tended:
    *known, status, health, health_reason, scaled, scaled_from = row
    scaling = None if scaled is None else Scaling(scaled, scaled_from)
    return Tended(Instance(*known), status, health, health_reason, scaling)
