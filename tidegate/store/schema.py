"""Brings the database to the schema that this code needs, in process."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from tidegate.store.database import Database

#: Names our migration among PostgreSQL's advisory locks; any constant will do.
_MIGRATION_LOCK = 0x7469646567617465


def migrate(database: Database) -> None:
    """Up to the last revision, in one transaction that only one process at a time can be in; the next finds it done. A
    SQLite file that isn't there is made. Raises StoreDown."""
    database.make()
    with database.write() as connection:
        if not database.is_sqlite:  # SQLite's write transaction is such a lock already
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATION_LOCK})
        command.upgrade(config(connection), "head")


def config(connection: Connection) -> Config:
    """For Alembic's commands: they run on the connection, in its transaction."""
    made = Config()
    made.set_main_option("script_location", "tidegate.store:migrations")
    made.set_main_option("path_separator", "os")
    made.attributes["connection"] = connection
    return made
