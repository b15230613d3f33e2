"""Services as their deploy file last described them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, select, update

from tidegate.repository import Service
from tidegate.store.database import Database
from tidegate.store.tables import services
from tidegate.store.upsert import upsert_returning

#: In the order of the record's fields.
COLUMNS = (
    services.c.id,
    services.c.repository_id,
    services.c.name,
    services.c.definition,
    services.c.auto_deploy_off,
    services.c.unlisted,
)


class Services:
    def __init__(self, database: Database) -> None:
        self._database = database
        given, key = ("repository_id", "name", "definition", "unlisted"), ("repository_id", "name")
        self._ensure = upsert_returning(database, services, given, COLUMNS, key=key)

    def ensure(self, repository_id: int, name: str, definition: Mapping[str, Any]) -> Service:
        """The service of that name, made if need be, with the new definition."""
        given = {"repository_id": repository_id, "name": name, "definition": dict(definition), "unlisted": None}
        with self._database.write() as connection:
            return Service(*connection.execute(self._ensure, given).one())

    def known(self, repository_id: int, name: str, definition: Mapping[str, Any]) -> Service:
        """The service of that name, made with this definition if need be; one that is there keeps its own."""
        return self.by_name(repository_id, name) or self.ensure(repository_id, name, definition)

    def get(self, service_id: int) -> Service | None:
        return self._one(services.c.id == service_id)

    def by_name(self, repository_id: int, name: str) -> Service | None:
        return self._one(services.c.repository_id == repository_id, services.c.name == name)

    def of_repository(self, repository_id: int) -> list[Service]:
        return self._select(services.c.repository_id == repository_id)

    def all(self) -> list[Service]:
        return self._select()

    def auto_deploy_off(self, service_id: int, reason: str | None) -> None:
        """Turns automatic deploys off for `reason`, or on again (None)."""
        with self._database.write() as connection:
            connection.execute(update(services).where(services.c.id == service_id).values(auto_deploy_off=reason))

    def unlist(self, service_id: int, sha: str) -> bool:
        """The deploy file no longer has it, since that commit. False: that is known."""
        listed = services.c.id == service_id, services.c.unlisted.is_(None)
        with self._database.write() as connection:
            return bool(connection.execute(update(services).where(*listed).values(unlisted=sha)).rowcount)

    def _one(self, *conditions: ColumnElement[bool]) -> Service | None:
        found = self._select(*conditions)
        return found[0] if found else None

    def _select(self, *conditions: ColumnElement[bool]) -> list[Service]:
        ordered = select(*COLUMNS).where(*conditions).order_by(services.c.repository_id, services.c.name)
        with self._database.read() as connection:
            return [Service(*row) for row in connection.execute(ordered)]
