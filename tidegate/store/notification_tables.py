"""The tables of who is told of what happens, and of what is to be sent to them."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    literal_column,
)

from tidegate.notification import Channel, Wants
from tidegate.store.columns import Moment, Number, Prose, Word, word
from tidegate.store.metadata import metadata, partial_index

endpoints = Table(
    "endpoints",
    metadata,
    Column("id", Text, primary_key=True),
    Column("repository_id", BigInteger, ForeignKey("repositories.id"), nullable=False),
    Column("channel", word(Channel), nullable=False),
    # Its address, and what it is signed with, as JSON.
    Column("sealed", LargeBinary, nullable=False),
    Column("wants", word(Wants), nullable=False),
    Column("created_by", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("failing_since", Moment),
    Column("rests_until", Moment),
    Column("disabled", Prose),
    Index("endpoints_repository", "repository_id", "created_at"),
)

notification_choices = Table(
    "notification_choices",
    metadata,
    Column("repository_id", BigInteger, ForeignKey("repositories.id"), primary_key=True, autoincrement=False),
    Column("service", Text, primary_key=True),
    Column("wants", word(Wants), nullable=False),
)

outgoing = Table(
    "outgoing",
    metadata,
    Column("id", Text, primary_key=True),
    Column("endpoint_id", Text, ForeignKey("endpoints.id"), nullable=False),
    Column("entry", Number, ForeignKey("timeline.seq"), nullable=False),
    Column("state", Word, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("done_at", Moment),
    Index("outgoing_endpoint", "endpoint_id", "entry"),
)
IS_PENDING_MESSAGE = outgoing.c.state == literal_column("'pending'")
IS_DONE_MESSAGE = outgoing.c.done_at.is_not(None)
partial_index("outgoing_pending", outgoing.c.endpoint_id, outgoing.c.due_at, where=IS_PENDING_MESSAGE)
partial_index("outgoing_done", outgoing.c.done_at, where=IS_DONE_MESSAGE)

outgoing_attempts = Table(
    "outgoing_attempts",
    metadata,
    Column("message_id", Text, ForeignKey("outgoing.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("ok", Boolean, nullable=False),
    Column("detail", Prose, nullable=False),
    Index("outgoing_attempts_at", "at"),
)
