"""Notifications: addresses, what services want to have told, and what is to be sent."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _endpoints()
    _outgoing()


def _endpoints() -> None:
    op.create_table(
        "endpoints",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("repository_id", sa.BigInteger(), sa.ForeignKey("repositories.id"), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("wants", sa.String(32), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("failing_since", _MOMENT),
        sa.Column("rests_until", _MOMENT),
        sa.Column("disabled", sa.Text()),
    )
    op.create_index("endpoints_repository", "endpoints", ["repository_id", "created_at"])
    op.create_table(
        "notification_choices",
        sa.Column(
            "repository_id", sa.BigInteger(), sa.ForeignKey("repositories.id"), primary_key=True, autoincrement=False
        ),
        sa.Column("service", sa.Text(), primary_key=True),
        sa.Column("wants", sa.String(32), nullable=False),
    )


def _outgoing() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "outgoing",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("endpoint_id", sa.Text(), sa.ForeignKey("endpoints.id"), nullable=False),
        sa.Column("entry", number, sa.ForeignKey("timeline.seq"), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", _MOMENT, nullable=False),
        sa.Column("done_at", _MOMENT),
    )
    op.create_index("outgoing_endpoint", "outgoing", ["endpoint_id", "entry"])
    for name, columns, where in (
        ("outgoing_pending", ["endpoint_id", "due_at"], "state = 'pending'"),
        ("outgoing_done", ["done_at"], "done_at IS NOT NULL"),
    ):
        op.create_index(name, "outgoing", columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
    op.create_table(
        "outgoing_attempts",
        sa.Column("message_id", sa.Text(), sa.ForeignKey("outgoing.id"), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("ok", sa.Boolean(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
    )


def downgrade() -> None:
    for table in ("outgoing_attempts", "outgoing", "notification_choices", "endpoints"):
        op.drop_table(table)
