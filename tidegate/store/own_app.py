"""The GitHub App that the set-up has made: one at most, its keys encrypted. Whoever claims first has it."""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, Table, Text, delete, inspect, select

from tidegate.github import OwnApp
from tidegate.store.columns import Moment
from tidegate.store.database import Database
from tidegate.store.metadata import metadata
from tidegate.store.seal import Seal
from tidegate.store.upsert import insert_new

own_app = Table(
    "own_app",
    metadata,
    # Always 1: that there is one App is held by the key.
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("app_id", BigInteger, nullable=False),
    Column("slug", Text, nullable=False),
    Column("page", Text, nullable=False),
    Column("api_url", Text, nullable=False),
    Column("client_id", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("made_at", Moment, nullable=False),
)

_SECRETS = ("private_key", "webhook_secret", "client_secret")


class OwnApps:
    def __init__(self, database: Database, seal: Seal) -> None:
        self._database = database
        self._seal = seal
        self._put = insert_new(database, own_app)

    def claim(self, app: OwnApp, at: datetime) -> bool:
        """False where there is one already, which stays. GitHub hands its keys over once, so they are on the disk when
        this returns."""
        row = {
            "number": 1,
            "app_id": app.id,
            "slug": app.slug,
            "page": app.page,
            "api_url": app.api_url,
            "client_id": app.client_id,
            "sealed": self._seal.close(json.dumps({name: getattr(app, name) for name in _SECRETS})),
            "made_at": at,
        }
        with self._database.write(synced=True) as connection:
            return bool(connection.execute(self._put, row).rowcount)

    def get(self) -> OwnApp | None:
        """None also before the migration that makes its table, or the file. Raises CannotOpen."""
        if self._database.missing():
            return None
        with self._database.read() as connection:
            if not inspect(connection).has_table(own_app.name):
                return None
            row = connection.execute(select(own_app)).one_or_none()
        if row is None:
            return None
        secrets = json.loads(self._seal.open(row.sealed, "what the GitHub App signs with"))
        return OwnApp(row.app_id, row.slug, row.page, row.api_url, row.client_id, **secrets)

    def forget(self) -> bool:
        """So that another can be made. False where there is none."""
        with self._database.write(synced=True) as connection:
            return bool(connection.execute(delete(own_app)).rowcount)
