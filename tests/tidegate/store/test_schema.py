"""The migrations make exactly the tables that the code uses, also where many processes start at once."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from multiprocessing import get_context
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from tests.tidegate.store.given import KEYS, a_service
from tidegate.store import open_store
from tidegate.store.database import Database
from tidegate.store.metadata import REVISION, metadata
from tidegate.store.schema import config, migrate


def test_the_migrated_schema_is_the_codes(blank_url: str) -> None:
    database = Database(blank_url)
    migrate(database)
    with database.write() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        migrated = _spelled_out(connection, database)
        assert len(migrated) > len(metadata.tables)
        metadata.drop_all(connection)
        metadata.create_all(connection)
        assert _spelled_out(connection, database) == migrated
    database.close()


def _spelled_out(connection: Connection, database: Database) -> list[tuple[str, ...]]:
    """Columns, keys and indexes with their conditions: also what Alembic's comparison leaves out."""
    if database.is_sqlite:
        queries = ["SELECT type, name, coalesce(sql, '') FROM sqlite_master WHERE name NOT LIKE 'alembic%'"]
    else:
        queries = [
            """SELECT table_name, column_name, data_type, is_nullable, coalesce(column_default, '')
            FROM information_schema.columns WHERE table_schema = 'public'""",
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid <> 0",
        ]
    found = [tuple(map(str, row)) for query in queries for row in connection.execute(text(query))]
    return sorted(tuple(" ".join(part.split()) for part in row) for row in found if "alembic" not in row[0])


def test_the_code_names_the_last_revision(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/empty.db")
    database.make()
    with closing(database), database.read() as connection:
        assert ScriptDirectory.from_config(config(connection)).get_current_head() == REVISION


def test_down_and_up_again(blank_url: str) -> None:
    database = Database(blank_url)
    migrate(database)
    with database.write() as connection:
        command.downgrade(config(connection), "base")
        if database.is_sqlite:
            left = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
        else:
            left = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        assert connection.execute(text(left)).scalars().all() == ["alembic_version"]
    migrate(database)
    database.close()
    with closing(open_store(blank_url, KEYS)) as store:
        assert store.ready()
        a_service(store)


def test_to_migrate_again_changes_nothing(blank_url: str) -> None:
    with closing(open_store(blank_url, KEYS)) as store:
        store.migrate()
        a_service(store)
        store.migrate()
        assert store.ready()
        assert len(store.services.all()) == 1


def test_several_processes_may_start_at_once(blank_url: str) -> None:
    with ProcessPoolExecutor(3, mp_context=get_context("spawn")) as pool:
        assert list(pool.map(_start, [blank_url] * 3)) == [True] * 3


def _start(url: str) -> bool:
    store = open_store(url, KEYS)
    store.migrate()
    try:
        return store.ready()
    finally:
        store.close()
