"""Repositories that the App was given, by GitHub's own ids, which outlive renames and transfers."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, select, update

from tidegate.events import RepositorySeen
from tidegate.repository import Repository
from tidegate.store.database import Database
from tidegate.store.tables import repositories
from tidegate.store.upsert import upsert_returning

#: In the order of the record's fields.
_COLUMNS = (
    repositories.c.id,
    repositories.c.installation_id,
    repositories.c.owner,
    repositories.c.name,
    repositories.c.default_branch,
    repositories.c.private,
    repositories.c.gone,
)


class Repositories:
    def __init__(self, database: Database) -> None:
        self._database = database
        given = ("id", "installation_id", "owner", "name", "default_branch", "private", "seen_at")
        self._see = upsert_returning(database, repositories, given, _COLUMNS, key=["id"])

    def see(self, event: RepositorySeen, at: datetime) -> Repository:
        """Records what GitHub calls it now. One that is gone stays so: an event may come late, long after the end."""
        now = {
            "id": event.repository_id,
            "installation_id": event.installation_id,
            "owner": event.owner,
            "name": event.name,
            "default_branch": event.default_branch,
            "private": event.private,
            "seen_at": at,
        }
        with self._database.write() as connection:
            return _record(connection.execute(self._see, now).one())

    def get(self, repository_id: int) -> Repository | None:
        found = self._select(repositories.c.id == repository_id)
        return found[0] if found else None

    def by_name(self, owner: str, name: str) -> Repository | None:
        """A name can be given anew: then the one that still is there, seen last."""
        found = self._select(repositories.c.owner == owner, repositories.c.name == name)
        return found[0] if found else None

    def all(self) -> list[Repository]:
        return sorted(self._select(), key=lambda repository: repository.full_name)

    def some(self, ids: Collection[int]) -> list[Repository]:
        return self._select(repositories.c.id.in_(sorted(ids)))

    def back(self, repository_id: int, at: datetime) -> bool:
        """It is to be served again. False: it wasn't gone."""
        was_gone = (repositories.c.id == repository_id, repositories.c.gone.is_not(None))
        with self._database.write() as connection:
            returned = update(repositories).where(*was_gone).values(gone=None, seen_at=at)
            return connection.execute(returned).rowcount == 1

    def gone(self, repository_id: int, reason: str, at: datetime) -> None:
        self._go(repositories.c.id == repository_id, reason, at)

    def installation_gone(self, installation_id: int, reason: str, at: datetime) -> None:
        self._go(repositories.c.installation_id == installation_id, reason, at)

    def installations(self) -> list[int]:
        """Ids of the installations that have a repository which isn't gone."""
        present = select(repositories.c.installation_id).where(repositories.c.gone.is_(None)).distinct()
        with self._database.read() as connection:
            return sorted(connection.execute(present).scalars())

    def _go(self, which: ColumnElement[bool], reason: str, at: datetime) -> None:
        with self._database.write() as connection:
            connection.execute(update(repositories).where(which).values(gone=reason, seen_at=at))

    def _select(self, *conditions: ColumnElement[bool]) -> list[Repository]:
        best_first = (repositories.c.gone.is_not(None), repositories.c.seen_at.desc())
        with self._database.read() as connection:
            found = connection.execute(select(*_COLUMNS).where(*conditions).order_by(*best_first))
            return [_record(row) for row in found]


def _record(row: Row[Any]) -> Repository:
    return Repository(*row)
