"""How the instances of a live deployment are, and what comes of it for the deployment."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    for column in (
        sa.Column("reason", sa.Text(), nullable=False, server_default=""),
        sa.Column("started_at", _MOMENT),
        sa.Column("restarts", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("due_at", _MOMENT),
    ):
        op.add_column("instances", column)
    where = sa.text("(state NOT IN ('removed', 'stopped'))")
    op.create_index(
        "instances_not_retired", "instances", ["deployment_id", "index"], sqlite_where=where, postgresql_where=where
    )
    op.add_column("deployments", sa.Column("health", sa.String(32)))
    op.add_column("deployments", sa.Column("health_reason", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_index("instances_not_retired", "instances")
    for table, names in (
        ("deployments", ("health_reason", "health")),
        ("instances", ("due_at", "restarts", "started_at", "reason")),
    ):
        for name in names:
            op.drop_column(table, name)
