"""The history of what was deployed, out of which what has ended can be taken: its row says so, and stays."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, select, update

from tidegate import wording
from tidegate.deployment import FINAL
from tidegate.store.database import Database
from tidegate.store.deployment_table import deployments
from tidegate.store.tables import instances, log_chunks, snapshots
from tidegate.store.timeline import add_entry, entry_of


class History:
    def __init__(self, database: Database) -> None:
        self._database = database

    def discard(self, deployment_id: str, actor: str, at: datetime) -> bool:
        """Takes what it has printed, its variables and its image from it. A repetition changes nothing. False: it has
        not ended."""
        its = deployments.c.id == deployment_id
        with self._database.write(synced=True) as connection:
            row = connection.execute(select(deployments).where(its).with_for_update()).one_or_none()
            if row is None or row.status not in FINAL:
                return False
            if row.discarded is None:
                told = wording.discarded_by(actor)
                taken = {"discarded": told, "image": None, "image_id": None, "build_key": None}
                connection.execute(update(deployments).where(its).values(**taken))
                connection.execute(delete(log_chunks).where(log_chunks.c.deployment_id == deployment_id))
                connection.execute(delete(snapshots).where(snapshots.c.deployment_id == deployment_id))
                add_entry(connection, entry_of(row, at, "deployment-removed", told, actor))
        return True

    def with_disk(self, service_id: int, hosts: Collection[str]) -> set[tuple[str, str]]:
        """(environment, host) where the service has had an instance with a disk, on one of these hosts."""
        had = (
            select(deployments.c.environment, instances.c.host, deployments.c.definition)
            .join_from(deployments, instances)
            .where(deployments.c.service_id == service_id, instances.c.host.in_(hosts))
        )
        with self._database.read() as connection:
            return {
                (place, host) for place, host, definition in connection.execute(had) if (definition or {}).get("disk")
            }
