"""Variables of a service in an environment; every value is encrypted, the plain ones too.

A person who set one won't be asked again, so it is on the disk before that is said to be done.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from sqlalchemy import ColumnElement, delete, select

from tidegate.store.database import Database
from tidegate.store.seal import Seal
from tidegate.store.tables import variables
from tidegate.store.upsert import upsert

Kind = Literal["plain", "secret", "generated"]


class Variables:
    def __init__(self, database: Database, seal: Seal) -> None:
        self._database = database
        self._seal = seal
        self._set = upsert(database, variables, key=["service_id", "environment", "name"])

    def set(self, service_id: int, environment: str, name: str, value: str, kind: Kind, at: datetime) -> None:
        row = {
            "service_id": service_id,
            "environment": environment,
            "name": name,
            "kind": kind,
            "sealed": self._seal.close(value),
            "set_at": at,
        }
        with self._database.write(synced=True) as connection:
            connection.execute(self._set, row)

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
