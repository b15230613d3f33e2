"""Variables of a service in an environment; every value is encrypted, the plain ones too.

A person who set one won't be asked again, so it is on the disk before that is said to be done.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, delete, select

from tidegate.store.database import Database
from tidegate.store.seal import Seal
from tidegate.store.tables import variables
from tidegate.store.upsert import insert_new, upsert

Kind = Literal["plain", "secret", "generated"]


class Variables:
    def __init__(self, database: Database, seal: Seal) -> None:
        self._database = database
        self._seal = seal
        self._set = upsert(database, variables, key=["service_id", "environment", "name"])
        self._new = insert_new(database, variables)

    def set(self, service_id: int, environment: str, name: str, value: str, kind: Kind, at: datetime) -> None:
        with self._database.write(synced=True) as connection:
            connection.execute(self._set, self._row(service_id, environment, name, value, kind, at))

    def generate(self, service_id: int, environment: str, name: str, value: str, at: datetime) -> str:
        """`value`, or what it has already: two deployments may ask at once. Raises CannotOpen."""
        row = self._row(service_id, environment, name, value, "generated", at)
        found = select(variables.c.sealed).where(*_of(service_id, environment), variables.c.name == name)
        with self._database.write(synced=True) as connection:
            connection.execute(self._new, row)
            sealed = connection.execute(found).scalar_one()
        return self._seal.open(sealed, f"variable {name}")

    def _row(
        self, service_id: int, environment: str, name: str, value: str, kind: Kind, at: datetime
    ) -> dict[str, Any]:
        return {
            "service_id": service_id,
            "environment": environment,
            "name": name,
            "kind": kind,
            "sealed": self._seal.close(value),
            "set_at": at,
        }

    def of(self, service_id: int, environment: str) -> dict[str, tuple[Kind, str]]:
        """Name → (kind, value), by name. Raises CannotOpen where no key opens a value."""
        found = select(variables).where(*_of(service_id, environment)).order_by(variables.c.name)
        with self._database.read() as connection:
            rows = connection.execute(found).all()
        return {row.name: (row.kind, self._seal.open(row.sealed, f"variable {row.name}")) for row in rows}

    def delete(self, service_id: int, environment: str, name: str) -> None:
        with self._database.write(synced=True) as connection:
            connection.execute(
                delete(variables).where(*_of(service_id, environment), variables.c.name == name),
            )

    def delete_environment(self, service_id: int, environment: str) -> None:
        """All that the service has there."""
        with self._database.write(synced=True) as connection:
            connection.execute(delete(variables).where(*_of(service_id, environment)))


def _of(service_id: int, environment: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return variables.c.service_id == service_id, variables.c.environment == environment
