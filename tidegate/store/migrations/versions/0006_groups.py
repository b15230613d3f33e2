"""What was generated for groups of variables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "group_variables",
        sa.Column("repository_id", sa.BigInteger(), sa.ForeignKey("repositories.id"), primary_key=True),
        sa.Column("environment", sa.Text(), primary_key=True),
        sa.Column("group", sa.Text(), primary_key=True),
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("group_variables")
