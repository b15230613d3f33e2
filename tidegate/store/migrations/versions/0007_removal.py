"""Services that are removed by hand or left the deploy file, and deployments that are out of the history."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("services", sa.Column("unlisted", sa.Text()))
    op.add_column("environments", sa.Column("removed", sa.Text()))
    op.add_column("deployments", sa.Column("discarded", sa.Text()))


def downgrade() -> None:
    op.drop_column("deployments", "discarded")
    op.drop_column("environments", "removed")
    op.drop_column("services", "unlisted")
