"""Named leases: which process leads (watches, sweeps) until when."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, or_

from tidegate.store.database import Database
from tidegate.store.tables import leases


class Leases:
    def __init__(self, database: Database) -> None:
        self._database = database

    def take(self, name: str, owner: str, ttl: float, at: datetime) -> bool:
        """Takes a lease that is free or has run out, or renews one's own, for `ttl` seconds. False: it is another's."""
        held = {"owner": owner, "until": at + timedelta(seconds=ttl)}
        taking = (
            self._database.insert(leases)
            .values(name=name, **held)
            .on_conflict_do_update(
                index_elements=["name"], set_=held, where=or_(leases.c.owner == owner, leases.c.until <= at)
            )
        )
        with self._database.write() as connection:
            return connection.execute(taking, execution_options={"preserve_rowcount": True}).rowcount == 1

    def release(self, name: str, owner: str) -> None:
        """Fine where it is another's by now: then nothing changes."""
        with self._database.write() as connection:
            connection.execute(delete(leases).where(leases.c.name == name, leases.c.owner == owner))
