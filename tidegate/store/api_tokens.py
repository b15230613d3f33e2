"""Tokens of programs: by their digests, since whoever reads the store shall have none of them."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, insert, select, update

from tidegate.apitoken import NOTED_EVERY, PREFIX, ApiToken, Terms
from tidegate.store.access_tables import api_tokens
from tidegate.store.database import Database

#: How long one that has expired is listed still, for whoever wonders why a program is refused.
_LISTED = timedelta(days=30)


class ApiTokens:
    def __init__(self, database: Database) -> None:
        self._database = database

    def make(self, terms: Terms, at: datetime) -> tuple[ApiToken, str]:
        """A new one and its text, told here only. On the disk when this returns: it is handed out.

        What expired long ago is forgotten.
        """
        text = f"{PREFIX}{secrets.token_urlsafe(32)}"
        listed = None if terms.repositories is None else sorted(terms.repositories)
        row = {**vars(terms), "repositories": listed, "digest": _digest(text), "made_at": at}
        with self._database.write(synced=True) as connection:
            connection.execute(delete(api_tokens).where(api_tokens.c.expires_at <= at - _LISTED))
            number = connection.execute(insert(api_tokens).values(row).returning(api_tokens.c.id)).scalar_one()
        return ApiToken(number, terms, at), text

    def find(self, text: str, at: datetime) -> ApiToken | None:
        """The one with that text, unless it was revoked or has expired by `at`."""
        found = self._select(api_tokens.c.digest == _digest(text), api_tokens.c.expires_at > at)
        return found[0] if found else None

    def used(self, token: ApiToken, at: datetime) -> None:
        """Notes it, unless that was noted lately."""
        if token.used_at is None or at - token.used_at >= NOTED_EVERY:
            with self._database.write() as connection:
                connection.execute(update(api_tokens).where(api_tokens.c.id == token.id).values(used_at=at))

    def of(self, maker_id: int) -> list[ApiToken]:
        """A person's, the newest first; also those that have expired."""
        return self._select(api_tokens.c.maker_id == maker_id)

    def maker(self, token: ApiToken) -> str:
        """The login of who made it, as it was last told."""
        its = select(api_tokens.c.maker).where(api_tokens.c.id == token.id)
        with self._database.read() as connection:
            return connection.execute(its).scalar() or token.terms.maker

    def renamed(self, maker_id: int, login: str) -> None:
        """Who has that number is called so from now on."""
        with self._database.write() as connection:
            connection.execute(update(api_tokens).where(api_tokens.c.maker_id == maker_id).values(maker=login))

    def all(self) -> list[ApiToken]:
        """Everybody's, the newest first."""
        return self._select()

    def revoke(self, number: int) -> bool:
        """It opens nothing any more. On the disk when this returns. False: there is no such."""
        with self._database.write(synced=True) as connection:
            return bool(connection.execute(delete(api_tokens).where(api_tokens.c.id == number)).rowcount)

    def _select(self, *conditions: ColumnElement[bool]) -> list[ApiToken]:
        newest = select(api_tokens).where(*conditions).order_by(api_tokens.c.id.desc())
        with self._database.read() as connection:
            return [_record(row) for row in connection.execute(newest)]


def _record(row: Row[Any]) -> ApiToken:
    repositories = None if row.repositories is None else frozenset(row.repositories)
    terms = Terms(row.name, row.maker, row.maker_id, row.scope, repositories, row.expires_at)
    return ApiToken(row.id, terms, row.made_at, row.used_at)


def _digest(text: str) -> str:
    # Long and random, so one quick hash will do. Replaced, since what is asked with can be any text.
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
