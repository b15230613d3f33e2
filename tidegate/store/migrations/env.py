"""Run by Alembic for each command. Works on the connection, and inside the transaction, that the caller gives."""

from __future__ import annotations

from alembic import context

from tidegate.store.metadata import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
)
context.run_migrations()
