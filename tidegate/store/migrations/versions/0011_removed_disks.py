"""Whether a place that is removed by hand loses its disks, too."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("environments", sa.Column("disks_go", sa.Boolean(), nullable=True))


def downgrade() -> None:
    op.drop_column("environments", "disks_go")
