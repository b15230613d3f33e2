"""A migrated, empty store on each kind of database, for every test."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.migrated import put_migrated
from tests.tidegate.store import postgres
from tests.tidegate.store.given import KEYS
from tidegate.store import Store, open_store
from tidegate.store.metadata import metadata


class Postgres:
    """A server, with a migrated database on it that is this process's own."""

    def __init__(self, directory: str) -> None:
        self.directory = directory
        name = f"of_{os.getpid()}"
        self.url = postgres.url(directory, name)
        self.execute(f"CREATE DATABASE {name}")
        store = open_store(self.url, KEYS)
        store.migrate()
        store.close()
        self._connection = psycopg.connect(
            host=directory, user="postgres", dbname=name, application_name="emptying", autocommit=True
        )
        tables = reversed(metadata.sorted_tables)
        # Quicker than TRUNCATE, which makes new files for every table and index.
        self._emptying = "BEGIN; " + "".join(f"DELETE FROM {table.name}; " for table in tables) + "COMMIT"

    def execute(self, statement: str) -> None:
        """In the server's own database."""
        with psycopg.connect(host=self.directory, user="postgres", autocommit=True) as connection:
            connection.execute(statement.encode())

    def empty(self) -> None:
        self._connection.execute(self._emptying.encode())

    def close(self) -> None:
        self._connection.close()


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Shared by all processes of this run."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def postgresql(run_folder: Path) -> Iterator[Postgres]:
    with postgres.server(run_folder) as directory:
        made = Postgres(directory)
        yield made
        made.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def url(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A migrated, empty database."""
    if kind == "sqlite":
        path = tmp_path / "store.db"
        put_migrated(path)
        yield f"sqlite:///{path}"
        return
    server: Postgres = request.getfixturevalue("postgresql")
    yield server.url
    server.empty()


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
