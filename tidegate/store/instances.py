"""Instances: the containers that a deployment has, as last seen."""

from __future__ import annotations

from sqlalchemy import select, update

from tidegate.instance import Instance, InstanceState
from tidegate.store.database import Database
from tidegate.store.tables import IS_HEALTHY, instances
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
)


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

    def healthy(self) -> list[Instance]:
        """Of all deployments."""
        found = select(*COLUMNS).where(IS_HEALTHY).order_by(instances.c.deployment_id, instances.c.index)
        with self._database.read() as connection:
            return [Instance(*row) for row in connection.execute(found)]

    def set_state(self, deployment_id: str, index: int, state: InstanceState) -> None:
        which = (instances.c.deployment_id == deployment_id, instances.c.index == index)
        with self._database.write() as connection:
            connection.execute(update(instances).where(*which).values(state=state))
