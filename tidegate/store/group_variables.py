"""What was generated for a group of variables of a repository, in each environment: the same for all its services."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, delete, select

from tidegate.store.database import Database
from tidegate.store.seal import Seal
from tidegate.store.tables import group_variables
from tidegate.store.upsert import insert_new


class GroupVariables:
    def __init__(self, database: Database, seal: Seal) -> None:
        self._database = database
        self._seal = seal
        self._new = insert_new(database, group_variables)

    def generate(self, repository_id: int, group: str, environment: str, name: str, value: str, at: datetime) -> str:
        """`value`, or what it has already: two services may ask at once. Raises CannotOpen."""
        row = {
            "repository_id": repository_id,
            "environment": environment,
            "group": group,
            "name": name,
            "sealed": self._seal.close(value),
            "set_at": at,
        }
        found = select(group_variables.c.sealed).where(
            *_of(repository_id, environment), group_variables.c.group == group, group_variables.c.name == name
        )
        with self._database.write(synced=True) as connection:
            connection.execute(self._new, row)
            sealed = connection.execute(found).scalar_one()
        return self._seal.open(sealed, f"variable {name}")

    def of(self, repository_id: int, group: str, environment: str) -> dict[str, str]:
        """Values by name. Raises CannotOpen where no key opens one."""
        found = select(group_variables).where(*_of(repository_id, environment), group_variables.c.group == group)
        with self._database.read() as connection:
            rows = connection.execute(found).all()
        return {row.name: self._seal.open(row.sealed, f"variable {row.name}") for row in rows}

    def delete_environment(self, repository_id: int, environment: str) -> None:
        """Of all groups of the repository."""
        with self._database.write(synced=True) as connection:
            connection.execute(delete(group_variables).where(*_of(repository_id, environment)))


def _of(repository_id: int, environment: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return group_variables.c.repository_id == repository_id, group_variables.c.environment == environment
