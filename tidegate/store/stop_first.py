"""Instances that stop before those of the next version start, and come back where that one does not come live.

Rows say who runs: what stopped so is not tended until it is wanted again, whoever was killed in between.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, Select, and_, exists, select, update

from tidegate import wording
from tidegate.deployment import ACTIVE, Lane
from tidegate.instance import InstanceState
from tidegate.store.database import Database
from tidegate.store.deployment_table import IS_SERVING, deployments
from tidegate.store.lanes import fence
from tidegate.store.tables import IS_NOT_RETIRED, environments, instances, retirements
from tidegate.store.timeline import add_entry, entry_of

_STOPPED = instances.c.state == InstanceState.STOPPED


class StopFirst:
    def __init__(self, database: Database) -> None:
        self._database = database

    def give_way(self, lane: Lane, deployment_id: str, at: datetime) -> bool:
        """That deployment's instances are neither sent to nor tended any more, in favour of the lane's. False: none
        was. Raises LaneLost."""
        with self._database.write() as connection:
            successor = fence(connection, lane)
            self._lock(connection, lane.service_id, lane.environment)
            stopping = (
                update(instances)
                .where(instances.c.deployment_id == deployment_id, IS_NOT_RETIRED)
                .values(state=InstanceState.STOPPED, due_at=None)
            )
            if not connection.execute(stopping).rowcount:
                return False
            row = connection.execute(select(deployments).where(deployments.c.id == deployment_id)).one()
            add_entry(connection, entry_of(row, at, "instance-stopped", wording.made_way(successor.sha), "tidegate"))
            return True

    def recall(self, at: datetime) -> list[str]:
        """What has made way for a deployment that has ended, and is still what is routed, shall run again: its
        deployments' ids."""
        with self._database.read() as connection:
            if connection.execute(_away()).first() is None:
                return []
        with self._database.write() as connection:
            return [row.id for row in connection.execute(_away()).all() if self._recall(connection, row.id, at)]

    def _recall(self, connection: Connection, deployment_id: str, at: datetime) -> bool:
        """Asked for again once the place is locked: a new deploy may have begun."""
        row = connection.execute(select(deployments).where(deployments.c.id == deployment_id)).one()
        self._lock(connection, row.service_id, row.environment)
        if connection.execute(_away().where(deployments.c.id == deployment_id)).first() is None:
            return False
        values = {"state": InstanceState.DOWN, "reason": wording.COMES_BACK, "due_at": at}
        connection.execute(
            update(instances).where(instances.c.deployment_id == deployment_id, _STOPPED).values(**values)
        )
        add_entry(connection, entry_of(row, at, "instance-recalled", wording.COMES_BACK, "tidegate"))
        return True

    def _lock(self, connection: Connection, service_id: int, environment: str) -> None:
        place = environments.c.service_id == service_id, environments.c.name == environment
        connection.execute(select(environments.c.id).where(*place).with_for_update())


def _away() -> Select[tuple[str]]:
    """Routed, with stopped instances that nobody retires, in a lane where nothing is being deployed."""
    place = and_(
        environments.c.service_id == deployments.c.service_id, environments.c.name == deployments.c.environment
    )
    busy = deployments.alias("busy")
    return (
        select(deployments.c.id)
        .join_from(deployments, environments, and_(place, environments.c.routed == deployments.c.id))
        .where(
            IS_SERVING,
            exists().where(instances.c.deployment_id == deployments.c.id, _STOPPED),
            ~exists().where(retirements.c.deployment_id == deployments.c.id),
            ~exists().where(
                busy.c.service_id == deployments.c.service_id,
                busy.c.environment == deployments.c.environment,
                busy.c.status.in_(sorted(ACTIVE)),
            ),
        )
    )
