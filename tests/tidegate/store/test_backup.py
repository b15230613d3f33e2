"""A backup has all that there was, on each kind of database by the way that docs/operations.md tells."""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from tests.tidegate.store import postgres
from tests.tidegate.store.conftest import Postgres
from tests.tidegate.store.given import KEYS, NOON, a_deployment, a_service
from tidegate.deployment import Status
from tidegate.repository import PRODUCTION
from tidegate.store import Store, open_store
from tidegate.store.backup import NotBackedUp, backup


def filled(store: Store) -> object:
    service = a_service(store)
    store.variables.set(service.id, PRODUCTION, "TOKEN", "hush", "secret", NOON)
    a_deployment(store, service, 1, Status.LIVE)
    return seen(store)


def seen(store: Store) -> object:
    (service,) = store.services.all()
    entries = store.timeline.of_repository(service.repository_id, 50)
    return service, store.variables.of(service.id, PRODUCTION), store.deployments.page(None, 10), entries


@pytest.mark.parametrize("kind", ["sqlite"])
def test_of_sqlite(store: Store, url: str, tmp_path: Path) -> None:
    before = filled(store)
    size = backup(url, tmp_path / "copy.db")
    assert size == (tmp_path / "copy.db").stat().st_size
    with closing(open_store(f"sqlite:///{tmp_path}/copy.db", KEYS)) as restored:
        assert restored.ready()
        assert seen(restored) == before
    with pytest.raises(NotBackedUp, match="is there already"):
        backup(url, tmp_path / "copy.db")


@pytest.mark.parametrize("kind", ["sqlite"])
def test_of_a_large_one_says_how_far_it_is_and_is_of_one_moment(store: Store, url: str, tmp_path: Path) -> None:
    before = filled(store)
    service = store.services.all()[0]
    store.variables.set(service.id, "pr-1", "BLOB", "x" * 20_000_000, "plain", NOON)
    said: list[str] = []

    def at(what: str, number: int, of: int) -> None:
        assert 1 <= number <= of
        said.append(what)
        if len(said) == 1:
            store.variables.set(service.id, PRODUCTION, "LATER", "x", "plain", NOON)

    backup(url, tmp_path / "copy.db", at)
    assert said == [*["copying, page by page"] * (len(said) - 1), "looking through the copy"]
    assert 2 < len(said) < 20, "it isn't begun anew by who writes meanwhile"
    with closing(open_store(f"sqlite:///{tmp_path}/copy.db", KEYS)) as restored:
        assert seen(restored) == before
    assert seen(store) != before


@pytest.mark.parametrize("kind", ["postgresql"])
def test_of_postgresql(store: Store, url: str, tmp_path: Path, postgresql: Postgres) -> None:
    before = filled(store)
    with pytest.raises(NotBackedUp, match="pg_dump"):
        backup(url, tmp_path / "copy.db")
    dump, name = f"{tmp_path}/tidegate.dump", f"restored_{os.getpid()}"
    base = ("--username=postgres", f"--host={postgresql.directory}")
    _run("pg_dump", *base, "--format=custom", f"--file={dump}", f"--dbname=of_{os.getpid()}")
    postgresql.execute(f"CREATE DATABASE {name}")
    try:
        _run("pg_restore", *base, "--clean", "--if-exists", "--single-transaction", f"--dbname={name}", dump)
        with closing(open_store(postgres.url(postgresql.directory, name), KEYS)) as restored:
            assert restored.ready()
            assert seen(restored) == before
    finally:
        postgresql.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _run(program: str, *arguments: str) -> None:
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"))
    command = str(found[-1]) if found else shutil.which(program) or program
    subprocess.run((command, *arguments), check=True, capture_output=True, text=True, timeout=60)
