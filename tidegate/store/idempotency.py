"""Requests by the keys that their senders gave them, with what was answered: so that none is carried out twice."""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, select, update

from tidegate.store.access_tables import idempotency
from tidegate.store.database import Database
from tidegate.store.seal import CannotOpen, Seal
from tidegate.store.upsert import insert_new

#: How long an answer is kept.
KEPT = timedelta(hours=24)


@dataclass(frozen=True)
class Key:
    """`asker`: whose it is; `request`: a digest of all that was asked with it."""

    asker: str
    key: str
    request: str


@dataclass(frozen=True)
class Answered:
    status: int
    content_type: str
    body: bytes


@dataclass(frozen=True)
class Known:
    """`answer`: None where the request is being carried out."""

    request: str
    answer: Answered | None


class Idempotency:
    def __init__(self, database: Database, seal: Seal) -> None:
        self._database = database
        self._seal = seal
        self._new = insert_new(database, idempotency, ("asker", "key", "request", "at"))

    def begin(self, key: Key, at: datetime) -> Known | None:
        """None: it is the first with that key within a day, and known from now on. On the disk when this returns."""
        with self._database.write(synced=True) as connection:
            connection.execute(delete(idempotency).where(idempotency.c.at <= at - KEPT))
            if connection.execute(self._new, {**vars(key), "at": at}).rowcount == 1:
                return None
            row = connection.execute(select(idempotency).where(*_its(key))).one()
        if row.status is None:
            return Known(row.request, None)
        try:
            body = b64decode(self._seal.open(row.sealed, f"answer to {key.key}"))
        except CannotOpen:
            return Known(row.request, None)
        return Known(row.request, Answered(row.status, row.content_type, body))

    def end(self, key: Key, answer: Answered) -> None:
        """What was answered, encrypted, since it may be a secret that is shown once."""
        sealed = self._seal.close(b64encode(answer.body).decode())
        values = {"status": answer.status, "content_type": answer.content_type, "sealed": sealed}
        with self._database.write(synced=True) as connection:
            connection.execute(update(idempotency).where(*_its(key)).values(**values))

    def forget(self, key: Key) -> None:
        """Nothing came of it: it may be asked again."""
        with self._database.write(synced=True) as connection:
            connection.execute(delete(idempotency).where(*_its(key)))


def _its(key: Key) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return idempotency.c.asker == key.asker, idempotency.c.key == key.key
