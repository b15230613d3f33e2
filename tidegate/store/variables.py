"""Variables of a service in an environment; every value is encrypted, the plain ones too.

A person who set one won't be asked again, so it is on the disk before that is said to be done.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from sqlalchemy import ColumnElement, delete, select, update

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
        found = (
            select(variables)
            .where(variables.c.service_id == service_id, variables.c.environment == environment)
            .order_by(variables.c.name)
        )
        with self._database.read() as connection:
            rows = connection.execute(found).all()
        return {row.name: (row.kind, self._seal.open(row.sealed, f"variable {row.name}")) for row in rows}

    def delete(self, service_id: int, environment: str, name: str) -> None:
        with self._database.write(synced=True) as connection:
            connection.execute(delete(variables).where(*_named(service_id, environment, name)))

    def rotate(self) -> None:
        """Encrypts all anew with the first key, all or none; raises CannotOpen. Older keys can be dropped after it."""
        with self._database.write(synced=True) as connection:
            for row in connection.execute(select(variables).with_for_update()).all():
                sealed = self._seal.close(self._seal.open(row.sealed, f"variable {row.name}"))
                same = _named(row.service_id, row.environment, row.name)
                connection.execute(update(variables).where(*same).values(sealed=sealed))


def _named(service_id: int, environment: str, name: str) -> tuple[ColumnElement[bool], ...]:
    return (
        variables.c.service_id == service_id,
        variables.c.environment == environment,
        variables.c.name == name,
    )
