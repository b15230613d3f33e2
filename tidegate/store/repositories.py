"""Repositories that the App was given, by GitHub's own ids, which outlive renames and transfers."""

from __future__ import annotations

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
        given = (*(column.name for column in _COLUMNS), "seen_at")
        self._see = upsert_returning(database, repositories, given, _COLUMNS, key=["id"])

    def see(self, event: RepositorySeen, at: datetime) -> Repository:
        """Records what GitHub calls it now; a repository that was gone is back."""
        now = {
            "id": event.repository_id,
            "installation_id": event.installation_id,
            "owner": event.owner,
            "name": event.name,
            "default_branch": event.default_branch,
            "private": event.private,
            "gone": None,
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
