"""Brings the database to the schema that this code needs, in process, and tells whether it is there."""

from __future__ import annotations

from functools import cache

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from tidegate.store.database import Database

_SCRIPTS = "tidegate.store:migrations"
#: Names our migration among PostgreSQL's advisory locks; any constant will do.
_MIGRATION_LOCK = 0x7469646567617465


def migrate(database: Database, revision: str = "head") -> None:
    """To `revision`, in one transaction that only one process at a time can be in: the others then find it done."""
    with database.write() as connection:
        if not database.is_sqlite:  # SQLite's write transaction is a lock already
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATION_LOCK})
        if revision == "base":
            command.downgrade(config(connection), revision)
        else:
            command.upgrade(config(connection), revision)


def is_current(connection: Connection) -> bool:
    return MigrationContext.configure(connection).get_current_revision() == _head()


def config(connection: Connection) -> Config:
    made = Config()
    made.set_main_option("script_location", _SCRIPTS)
    made.set_main_option("path_separator", "os")
    made.attributes["connection"] = connection
    return made


@cache
def _head() -> str | None:
    made = Config()
    made.set_main_option("script_location", _SCRIPTS)
    made.set_main_option("path_separator", "os")
    return ScriptDirectory.from_config(made).get_current_head()
