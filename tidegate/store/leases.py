"""Named leases: which process leads (watches, sweeps) until when."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, or_, select

from tidegate.store.columns import Moment
from tidegate.store.database import Database
from tidegate.store.tables import leases
from tidegate.store.upsert import upsert


class Leases:
    def __init__(self, database: Database) -> None:
        self._database = database
        # Whether it has run out is judged by the taker's clock: the parameter `now` stands beside the row's columns.
        self._take = upsert(
            database,
            leases,
            key=["name"],
            where=lambda new: or_(leases.c.owner == new.owner, leases.c.until <= bindparam("now", type_=Moment())),
        ).execution_options(preserve_rowcount=True)

    def take(self, name: str, owner: str, ttl: float, at: datetime) -> bool:
        """Takes a lease that is free or has run out, or renews one's own, for `ttl` seconds. False: it is another's."""
        wanted = {"name": name, "owner": owner, "until": at + timedelta(seconds=ttl), "now": at}
        with self._database.write() as connection:
            return connection.execute(self._take, wanted).rowcount == 1

    def release(self, name: str, owner: str) -> None:
        """Fine where it is another's by now: then nothing changes."""
        with self._database.write() as connection:
            connection.execute(delete(leases).where(leases.c.name == name, leases.c.owner == owner))

    def holder(self, name: str, at: datetime) -> str | None:
        """Whose it is; None where it has run out, or was never taken."""
        with self._database.read() as connection:
            found = connection.execute(select(leases.c.owner).where(leases.c.name == name, leases.c.until > at))
            return found.scalar()

    def prune(self, before: datetime) -> None:
        """Forgets those that ran out before then: of holders that were killed, and never came back for them."""
        with self._database.write() as connection:
            connection.execute(delete(leases).where(leases.c.until < before))
