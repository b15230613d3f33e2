"""Deployments whose instances must go, each with the time of its next step, so that no worker needs to wait for it."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from tidegate.instance import Retirement
from tidegate.store.database import Database
from tidegate.store.tables import retirements
from tidegate.store.upsert import insert_new

#: In the order of the record's fields.
_COLUMNS = (
    retirements.c.deployment_id,
    retirements.c.term_at,
    retirements.c.grace,
    retirements.c.termed_at,
)


class Retirements:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._add = insert_new(database, retirements)

    def add(self, retirement: Retirement) -> None:
        """A deployment that is being retired already keeps its times."""
        row = {**vars(retirement), "due_at": retirement.term_at}
        if retirement.termed_at is not None:
            row["due_at"] = retirement.termed_at + timedelta(seconds=retirement.grace)
        with self._database.write() as connection:
            connection.execute(self._add, row)

    def all(self) -> list[Retirement]:
        """All that are under way, the next due first."""
        with self._database.read() as connection:
            rows = connection.execute(select(*_COLUMNS).order_by(retirements.c.due_at))
            return [Retirement(*row) for row in rows]

    def get(self, deployment_id: str) -> Retirement | None:
        found = select(*_COLUMNS).where(retirements.c.deployment_id == deployment_id)
        with self._database.read() as connection:
            row = connection.execute(found).one_or_none()
        return None if row is None else Retirement(*row)

    def termed(self, deployment_id: str, at: datetime) -> None:
        """All instances were sent SIGTERM by `at`. Only the first counts: the grace isn't begun anew."""
        which = retirements.c.deployment_id == deployment_id, retirements.c.termed_at.is_(None)
        with self._database.write() as connection:
            grace = connection.execute(select(retirements.c.grace).where(*which).with_for_update()).scalar()
            if grace is not None:
                values = {"termed_at": at, "due_at": at + timedelta(seconds=grace)}
                connection.execute(update(retirements).where(*which).values(values))

    def done(self, deployment_id: str) -> None:
        with self._database.write() as connection:
            connection.execute(delete(retirements).where(retirements.c.deployment_id == deployment_id))
