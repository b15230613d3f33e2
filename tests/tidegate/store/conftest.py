"""A migrated, empty store on each kind of database, for every test."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from tests.tidegate.store import postgres
from tests.tidegate.store.given import KEYS
from tidegate.store import Store, open_store


@dataclass(frozen=True)
class Postgres:
    """A server, and a migrated database on it that is this process's own."""

    directory: str
    url: str

    def execute(self, statement: str, database: str = "postgres") -> None:
        where = {"host": self.directory, "user": "postgres", "dbname": database}
        with psycopg.connect(**where, autocommit=True) as connection:  # type: ignore[arg-type]  # its stubs want more
            connection.execute(statement.encode())


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Shared by all processes of this run."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def postgresql(run_folder: Path) -> Iterator[Postgres]:
    with postgres.server(run_folder) as directory:
        name = f"of_{os.getpid()}"
        made = Postgres(directory, postgres.url(directory, name))
        made.execute(f"CREATE DATABASE {name}")
        _migrate(made.url)
        yield made


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "migrated.db"
    _migrate(f"sqlite:///{path}")
    return path


def _migrate(url: str) -> None:
    store = open_store(url, KEYS)
    store.migrate()
    store.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def url(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A migrated, empty database."""
    if kind == "sqlite":
        path = tmp_path / "store.db"
        shutil.copyfile(request.getfixturevalue("migrated_sqlite"), path)
        yield f"sqlite:///{path}"
        return
    server: Postgres = request.getfixturevalue("postgresql")
    yield server.url
    _empty(server)


def _empty(server: Postgres) -> None:
    database = str(make_url(server.url).database)
    tables = "(SELECT string_agg(quote_ident(tablename), ', ') FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version')"
    server.execute(f"DO $$ BEGIN EXECUTE 'TRUNCATE ' || {tables} || ' RESTART IDENTITY'; END $$", database)


@pytest.fixture
def blank_url(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database that wasn't migrated yet."""
    if kind == "sqlite":
        yield f"sqlite:///{tmp_path}/a/folder/that/is/not/there/yet/store.db"
        return
    server: Postgres = request.getfixturevalue("postgresql")
    name = f"blank_{os.getpid()}"
    server.execute(f"CREATE DATABASE {name}")
    yield postgres.url(server.directory, name)
    server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = open_store(url, KEYS)
    yield opened
    opened.close()
