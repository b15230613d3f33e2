"""Who is signed in, so that it can be ended from elsewhere. The person's GitHub token is in their browser alone."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, insert, select

from tidegate.store.access_tables import sessions
from tidegate.store.database import Database

#: Characters of what a browser says it is.
_MOST = 300


@dataclass(frozen=True)
class Session:
    """`person_id` is GitHub's own number; `browser` as it names itself."""

    person_id: int
    login: str
    browser: str
    began_at: datetime
    ends_at: datetime


class Sessions:
    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, session: Session) -> str:
        """The key by which the browser is known from now on, told here only. What has ended is forgotten."""
        key = secrets.token_urlsafe(32)
        row = {**vars(session), "browser": session.browser[:_MOST], "digest": _digest(key)}
        with self._database.write() as connection:
            connection.execute(delete(sessions).where(sessions.c.ends_at <= session.began_at))
            connection.execute(insert(sessions).values(row))
        return key

    def stands(self, key: str, at: datetime) -> bool:
        found = select(sessions.c.digest).where(sessions.c.digest == _digest(key), sessions.c.ends_at > at)
        with self._database.read() as connection:
            return connection.execute(found).first() is not None

    def of(self, person_id: int, at: datetime) -> list[Session]:
        """Those that stand, the newest first."""
        columns = (sessions.c.person_id, sessions.c.login, sessions.c.browser, sessions.c.began_at, sessions.c.ends_at)
        found = select(*columns).where(sessions.c.person_id == person_id, sessions.c.ends_at > at)
        with self._database.read() as connection:
            return [Session(*row) for row in connection.execute(found.order_by(sessions.c.began_at.desc()))]

    def end(self, key: str) -> None:
        self._end(sessions.c.digest == _digest(key))

    def end_all(self, person_id: int) -> int:
        """Of one person, in every browser; how many."""
        return self._end(sessions.c.person_id == person_id)

    def end_of(self, login: str) -> int:
        """The same, by the name that they signed in with, in capitals or not."""
        return self._end(func.lower(sessions.c.login) == login.lower())

    def _end(self, which: ColumnElement[bool]) -> int:
        """On the disk when this returns: whoever ends one must be able to rely on it."""
        with self._database.write(synced=True) as connection:
            return connection.execute(delete(sessions).where(which)).rowcount


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
