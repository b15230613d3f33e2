"""How many instances somebody has asked for, and in place of which number of the deploy file."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("environments", sa.Column("scaled", sa.Integer()))
    op.add_column("environments", sa.Column("scaled_from", sa.Integer()))


def downgrade() -> None:
    op.drop_column("environments", "scaled_from")
    op.drop_column("environments", "scaled")
