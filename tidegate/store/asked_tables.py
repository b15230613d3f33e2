"""The tables of what people ask for on GitHub and over HTTP: previews, commands, freezes, hooks; and the answers."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, LargeBinary, Table, Text, literal_column

from tidegate.store.columns import Json, Moment, Number, Prose, Word
from tidegate.store.metadata import metadata, partial_index

previews = Table(
    "previews",
    metadata,
    Column("repository_id", BigInteger, ForeignKey("repositories.id"), primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("head_sha", Text, nullable=False),
    Column("head_branch", Prose, nullable=False),
    Column("fork", Boolean, nullable=False),
    Column("open", Boolean, nullable=False),
    Column("pushed_at", Moment, nullable=False),
    Column("absent", Prose),
    Column("asked_by", Text),
    Column("removed_sha", Text),
    Column("approved_sha", Text),
    Column("approved_by", Text),
    Column("comment", BigInteger),
    Column("comment_attempted", Boolean, nullable=False),
    Column("comment_shown", Text, nullable=False),
    Column("comment_due", Boolean, nullable=False),
    Column("touched", Integer, nullable=False),
)
IS_PRESENT = previews.c.absent.is_(None)
IS_COMMENT_DUE = previews.c.comment_due == literal_column("true")
partial_index("previews_present", previews.c.repository_id, previews.c.number, where=IS_PRESENT)
partial_index("previews_comments", previews.c.repository_id, previews.c.number, where=IS_COMMENT_DUE)

replies = Table(
    "replies",
    metadata,
    Column("repository_id", BigInteger, ForeignKey("repositories.id"), primary_key=True, autoincrement=False),
    Column("comment_id", BigInteger, primary_key=True, autoincrement=False),
    Column("number", Integer, nullable=False),
    Column("author", Text, nullable=False),
    Column("reaction", Word, nullable=False),
    Column("reacted", Boolean, nullable=False),
    Column("lines", Json, nullable=False),
    Column("deployments", Json, nullable=False),
    Column("answer", BigInteger),
    Column("answer_attempted", Boolean, nullable=False),
    Column("answer_shown", Text, nullable=False),
    Column("due", Boolean, nullable=False),
)
IS_REPLY_DUE = replies.c.due == literal_column("true")
partial_index("replies_due", replies.c.comment_id, where=IS_REPLY_DUE)

freezes = Table(
    "freezes",
    metadata,
    Column("repository_id", BigInteger, ForeignKey("repositories.id"), primary_key=True, autoincrement=False),
    # Empty: every one.
    Column("service", Text, primary_key=True),
    Column("environment", Text, primary_key=True),
    Column("reason", Prose, nullable=False),
    Column("author", Text, nullable=False),
    Column("since", Moment, nullable=False),
)

deploy_hooks = Table(
    "deploy_hooks",
    metadata,
    Column("service_id", Number, ForeignKey("services.id"), primary_key=True, autoincrement=False),
    # Of the key in use. The key itself is kept encrypted, to be shown to those who may.
    Column("digest", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("made_by", Text, nullable=False),
)

answers = Table(
    "answers",
    metadata,
    Column("request_id", Text, primary_key=True),
    Column("status", Integer, nullable=False),
    Column("body", Json, nullable=False),
    Column("at", Moment, nullable=False),
    Index("answers_at", "at"),
)
