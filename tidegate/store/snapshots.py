"""What each deployment was started with, encrypted: read by its restarts and by rollbacks to it.

Kept as long as the deployments' rows are, since they are small; only a preview's go with the preview.
"""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, literal, select

from tidegate.deployment import Lane
from tidegate.snapshot import Snapshot
from tidegate.store import lanes
from tidegate.store.database import Database
from tidegate.store.deployment_table import deployments
from tidegate.store.seal import Seal
from tidegate.store.tables import snapshots


class Snapshots:
    def __init__(self, database: Database, seal: Seal) -> None:
        self._database = database
        self._seal = seal

    def take(self, lane: Lane, snapshot: Snapshot) -> None:
        """Of the lane's deployment, once. Raises LaneLost."""
        row = {"deployment_id": lane.deployment_id, "sealed": self._seal.close(snapshot.dump())}
        with self._database.write() as connection:
            lanes.fence(connection, lane)
            connection.execute(insert(snapshots).values(**row))

    def of(self, deployment_id: str) -> Snapshot | None:
        """None: it was not started yet, or before snapshots were taken. Raises CannotOpen."""
        found = select(snapshots.c.sealed).where(snapshots.c.deployment_id == deployment_id)
        with self._database.read() as connection:
            sealed = connection.execute(found).scalar()
        return None if sealed is None else Snapshot.load(self._seal.open(sealed, f"snapshot of {deployment_id}"))

    def delete_environment(self, service_id: int, environment: str) -> None:
        """Of all that the service has had there."""
        theirs = select(deployments.c.id).where(
            deployments.c.service_id == service_id, deployments.c.environment == environment
        )
        with self._database.write(synced=True) as connection:
            connection.execute(delete(snapshots).where(snapshots.c.deployment_id.in_(theirs)))


def copy(connection: Connection, source: str, to: str) -> None:
    """The deployment `to` begins with the snapshot of `source`, where that has one."""
    sealed = select(literal(to), snapshots.c.sealed).where(snapshots.c.deployment_id == source)
    connection.execute(insert(snapshots).from_select(["deployment_id", "sealed"], sealed))
