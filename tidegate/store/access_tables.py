"""The tables of who gets in: tokens of programs, sessions of people, what they did, and what was answered to a key."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Table, Text

from tidegate.apitoken import Scope
from tidegate.audit import Via
from tidegate.store.columns import Json, Moment, Number, Prose, Word, word
from tidegate.store.metadata import metadata

api_tokens = Table(
    "api_tokens",
    metadata,
    Column("id", Number, primary_key=True),
    # Of the token, which is kept nowhere.
    Column("digest", Text, nullable=False),
    Column("name", Prose, nullable=False),
    Column("maker", Text, nullable=False),
    Column("maker_id", BigInteger),
    Column("scope", word(Scope), nullable=False),
    Column("repositories", Json),
    Column("made_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
    Index("api_tokens_digest", "digest", unique=True),
    Index("api_tokens_maker", "maker_id"),
    sqlite_autoincrement=True,
)

sessions = Table(
    "sessions",
    metadata,
    # Of what the browser's cookie names it by.
    Column("digest", Text, primary_key=True),
    Column("person_id", BigInteger, nullable=False),
    Column("login", Text, nullable=False),
    Column("browser", Prose, nullable=False),
    Column("began_at", Moment, nullable=False),
    Column("ends_at", Moment, nullable=False),
    Index("sessions_person", "person_id"),
    Index("sessions_ends", "ends_at"),
)

audit = Table(
    "audit",
    metadata,
    Column("seq", Number, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("actor", Text, nullable=False),
    Column("via", word(Via), nullable=False),
    # The token by which it was asked for.
    Column("token", Text),
    Column("action", Word, nullable=False),
    Column("detail", Prose, nullable=False),
    # None: about the installation as a whole, such as a token.
    Column("repository_id", BigInteger),
    Column("service", Text),
    Column("environment", Text),
    Column("deployment_id", Text),
    Index("audit_repository", "repository_id", "seq"),
    sqlite_autoincrement=True,
)

idempotency = Table(
    "idempotency",
    metadata,
    # Whose key it is, so that nobody gets another's answer.
    Column("asker", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    # Of the method, the path and the body.
    Column("request", Text, nullable=False),
    Column("at", Moment, nullable=False),
    # None: it is being carried out.
    Column("status", Integer),
    Column("content_type", Text),
    # Encrypted: an answer may be a secret that is shown once.
    Column("sealed", LargeBinary),
    Index("idempotency_at", "at"),
)
