"""Cron services: when each runs next, and its runs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "schedules",
        sa.Column("service_id", _NUMBER, sa.ForeignKey("services.id"), primary_key=True, autoincrement=False),
        sa.Column("environment", sa.Text(), primary_key=True),
        sa.Column("schedule", sa.Text(), nullable=False),
        sa.Column("next_at", _MOMENT, nullable=False),
    )
    op.create_table(
        "cron_runs",
        sa.Column("id", _NUMBER, primary_key=True),
        sa.Column("service_id", _NUMBER, sa.ForeignKey("services.id"), nullable=False),
        sa.Column("environment", sa.Text(), nullable=False),
        sa.Column("trigger", sa.String(32), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("deployment_id", sa.Text(), sa.ForeignKey("deployments.id")),
        sa.Column("host", sa.Text()),
        sa.Column("began_at", _MOMENT),
        sa.Column("ended_at", _MOMENT),
        sa.Column("exit_code", sa.Integer()),
        sa.Column("ends_as", sa.String(32)),
        sa.Column("termed_at", _MOMENT),
        sqlite_autoincrement=True,
    )
    op.create_index("cron_runs_place", "cron_runs", ["service_id", "environment", "id"])
    op.create_index("cron_runs_ended", "cron_runs", ["ended_at"])
    place = ["service_id", "environment"]
    _partial("cron_runs_one_active", place, "state IN ('running', 'starting')", unique=True)
    _partial("cron_runs_one_waiting", place, "state = 'waiting'", unique=True)
    _partial("cron_runs_open", ["id"], "state IN ('running', 'starting', 'waiting')")


def downgrade() -> None:
    op.drop_table("cron_runs")
    op.drop_table("schedules")


def _partial(name: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    condition = sa.text(where)
    op.create_index(name, "cron_runs", columns, unique=unique, sqlite_where=condition, postgresql_where=condition)
