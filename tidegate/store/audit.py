"""The audit log: entries are added, in the transaction of what they tell of where that is one, and never changed."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Row, func, insert, select

from tidegate.audit import About, Asked, Sought
from tidegate.store.access_tables import audit
from tidegate.store.database import Database

_ALL = Sought()


class AuditLog:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, entry: Asked) -> None:
        own = {name: value for name, value in vars(entry).items() if name != "about"}
        with self._database.write() as connection:
            connection.execute(insert(audit).values({**own, **vars(entry.about)}))

    def page(
        self, repositories: Collection[int] | None, limit: int, before: int | None, sought: Sought = _ALL
    ) -> list[tuple[int, Asked]]:
        """The newest first, with their numbers, of these repositories (None: of all, and what is about none).
        `before`: a number.

        For what is `sought` there is no index, since that is asked seldom, and each entry would pay for it: to find
        that somebody did nothing takes 30 ms in 100,000 entries.
        """
        found = select(audit).order_by(audit.c.seq.desc()).limit(limit)
        if repositories is not None:
            found = found.where(audit.c.repository_id.in_(repositories))
        if before is not None:
            found = found.where(audit.c.seq < before)
        if sought.actor is not None:
            found = found.where(func.lower(audit.c.actor) == sought.actor.lower())
        if sought.action is not None:
            found = found.where(audit.c.action == sought.action)
        with self._database.read() as connection:
            return [(row.seq, _record(row)) for row in connection.execute(found)]


def _record(row: Row[Any]) -> Asked:
    about = About(row.repository_id, row.service, row.environment, row.deployment_id)
    return Asked(row.at, row.actor, row.via, row.action, row.detail, about, row.token)
