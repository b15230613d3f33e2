"""What may go: the disks of a place that is removed by hand, and prebuilt images that we fetched."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("environments", sa.Column("disks_go", sa.Boolean(), nullable=True))
    op.create_table(
        "pulled_images",
        sa.Column("host", sa.Text(), primary_key=True),
        sa.Column("image", sa.Text(), primary_key=True),
        sa.Column("pulled_at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("pulled_images")
    op.drop_column("environments", "disks_go")
