"""Notifications: addresses, what services want to have told, and what is to be sent; and indexes for what operators
watch."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

_MOMENT = sa.DateTime(timezone=True)
_INDEXES = {
    "outgoing_pending": ("outgoing", ["endpoint_id", "due_at"], "state = 'pending'"),
    "outgoing_done": ("outgoing", ["done_at"], "done_at IS NOT NULL"),
    "deployments_came_live": ("deployments", ["live_at"], "live_at IS NOT NULL"),
    "deployments_ended": ("deployments", ["ended_at", "status", "fault"], "ended_at IS NOT NULL"),
    "phases_ended": ("phases", ["ended_at"], "ended_at IS NOT NULL"),
}


def upgrade() -> None:
    _endpoints()
    _outgoing()
    for name, (table, columns, where) in _INDEXES.items():
        op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


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
    op.create_table(
        "outgoing_attempts",
        sa.Column("message_id", sa.Text(), sa.ForeignKey("outgoing.id"), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("ok", sa.Boolean(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
    )
    op.create_index("outgoing_attempts_at", "outgoing_attempts", ["at"])


def downgrade() -> None:
    for name, (table, _, _) in _INDEXES.items():
        op.drop_index(name, table)
    for table in ("outgoing_attempts", "outgoing", "notification_choices", "endpoints"):
        op.drop_table(table)
