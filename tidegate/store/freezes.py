"""Freezes: automatic deploys that somebody stopped, and why. In the table an empty name stands for all of them."""

from __future__ import annotations

from sqlalchemy import delete, select

from tidegate.freeze import Freeze
from tidegate.store.asked_tables import freezes
from tidegate.store.database import Database
from tidegate.store.upsert import upsert

_KEY = ("repository_id", "service", "environment")


class Freezes:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._put = upsert(database, freezes, key=_KEY)

    def put(self, freeze: Freeze) -> None:
        """Replaces one of the same service and environment."""
        row = {**vars(freeze), "service": freeze.service or "", "environment": freeze.environment or ""}
        with self._database.write() as connection:
            connection.execute(self._put, row)

    def remove(self, repository_id: int, service: str | None, environment: str | None) -> bool:
        """Exactly that one, and none that it is a part of. False: there was none."""
        which = (
            freezes.c.repository_id == repository_id,
            freezes.c.service == (service or ""),
            freezes.c.environment == (environment or ""),
        )
        with self._database.write() as connection:
            return connection.execute(delete(freezes).where(*which)).rowcount == 1

    def of_repository(self, repository_id: int) -> list[Freeze]:
        """The widest first: of all, of an environment, of a service, of both."""
        found = (
            select(freezes)
            .where(freezes.c.repository_id == repository_id)
            .order_by(freezes.c.service, freezes.c.environment)
        )
        with self._database.read() as connection:
            rows = connection.execute(found).all()
        return [
            Freeze(row.repository_id, row.service or None, row.environment or None, row.reason, row.author, row.since)
            for row in rows
        ]
