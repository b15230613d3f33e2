"""Credentials for image registries, by their names; the passwords are encrypted.

A person who set one won't be asked again, so it is on the disk before that is said to be done.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select

from tidegate.registry import Credential, Login
from tidegate.store.database import Database
from tidegate.store.seal import Seal
from tidegate.store.tables import registry_credentials
from tidegate.store.upsert import upsert


class RegistryCredentials:
    def __init__(self, database: Database, seal: Seal) -> None:
        self._database = database
        self._seal = seal
        self._put = upsert(database, registry_credentials, key=["name"])

    def put(self, login: Login, at: datetime) -> None:
        """Replaces one of that name."""
        row = {
            "name": login.name,
            "registry": login.registry,
            "username": login.username,
            "sealed": self._seal.close(login.password),
            "set_at": at,
        }
        with self._database.write(synced=True) as connection:
            connection.execute(self._put, row)

    def get(self, name: str) -> Login | None:
        """Raises CannotOpen where no key opens its password."""
        with self._database.read() as connection:
            row = connection.execute(
                select(registry_credentials).where(registry_credentials.c.name == name)
            ).one_or_none()
        if row is None:
            return None
        password = self._seal.open(row.sealed, f"registry credential {name}")
        return Login(row.name, row.registry, row.username, password)

    def all(self) -> list[Credential]:
        """By name, without their passwords."""
        columns = registry_credentials.c
        found = select(columns.name, columns.registry, columns.username, columns.set_at).order_by(columns.name)
        with self._database.read() as connection:
            return [Credential(*row) for row in connection.execute(found)]

    def delete(self, name: str) -> bool:
        """False where there is none of that name."""
        with self._database.write(synced=True) as connection:
            gone = connection.execute(delete(registry_credentials).where(registry_credentials.c.name == name))
            return bool(gone.rowcount)
