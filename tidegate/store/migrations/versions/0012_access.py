"""Tokens of programs, sessions of people, the audit log, and answers by idempotency key."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "api_tokens",
        sa.Column("id", _NUMBER, primary_key=True),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("maker", sa.Text(), nullable=False),
        sa.Column("maker_id", sa.BigInteger()),
        sa.Column("scope", sa.String(32), nullable=False),
        sa.Column("repositories", sa.JSON()),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("used_at", _MOMENT),
        sqlite_autoincrement=True,
    )
    op.create_index("api_tokens_digest", "api_tokens", ["digest"], unique=True)
    op.create_index("api_tokens_maker", "api_tokens", ["maker_id"])
    op.create_table(
        "sessions",
        sa.Column("digest", sa.Text(), primary_key=True),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("browser", sa.Text(), nullable=False),
        sa.Column("began_at", _MOMENT, nullable=False),
        sa.Column("ends_at", _MOMENT, nullable=False),
    )
    op.create_index("sessions_person", "sessions", ["person_id"])
    op.create_index("sessions_ends", "sessions", ["ends_at"])
    op.create_table(
        "audit",
        sa.Column("seq", _NUMBER, primary_key=True),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("via", sa.String(32), nullable=False),
        sa.Column("token", sa.Text()),
        sa.Column("action", sa.String(32), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("repository_id", sa.BigInteger()),
        sa.Column("service", sa.Text()),
        sa.Column("environment", sa.Text()),
        sa.Column("deployment_id", sa.Text()),
        sqlite_autoincrement=True,
    )
    op.create_index("audit_repository", "audit", ["repository_id", "seq"])
    op.create_table(
        "idempotency",
        sa.Column("asker", sa.Text(), primary_key=True),
        sa.Column("key", sa.Text(), primary_key=True),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("status", sa.Integer()),
        sa.Column("content_type", sa.Text()),
        sa.Column("sealed", sa.LargeBinary()),
    )
    op.create_index("idempotency_at", "idempotency", ["at"])


def downgrade() -> None:
    for name in ("idempotency", "audit", "sessions", "api_tokens"):
        op.drop_table(name)
