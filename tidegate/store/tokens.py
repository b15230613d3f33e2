"""A cache of short-lived access tokens, encrypted. What can't be opened is as good as absent: a new one is fetched."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select

from tidegate.store.database import Database
from tidegate.store.seal import CannotOpen, Seal
from tidegate.store.tables import tokens
from tidegate.store.upsert import upsert


class Tokens:
    def __init__(self, database: Database, seal: Seal) -> None:
        self._database = database
        self._seal = seal
        self._put = upsert(database, tokens, key=["key"])

    def get(self, key: str, at: datetime) -> str | None:
        """The token, unless it has expired by `at`."""
        found = select(tokens.c.sealed).where(tokens.c.key == key, tokens.c.expires_at > at)
        with self._database.read() as connection:
            sealed = connection.execute(found).scalar()
        if sealed is None:
            return None
        try:
            return self._seal.open(sealed, f"token {key}")
        except CannotOpen:
            return None

    def put(self, key: str, token: str, expires_at: datetime) -> None:
        row = {"key": key, "sealed": self._seal.close(token), "expires_at": expires_at}
        with self._database.write() as connection:
            connection.execute(self._put, row)

    def prune(self, at: datetime) -> None:
        """Forgets those that have expired by then."""
        with self._database.write() as connection:
            connection.execute(delete(tokens).where(tokens.c.expires_at <= at))
