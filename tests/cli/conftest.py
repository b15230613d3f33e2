"""The store that a command finds by its environment: `TIDEGATE_DATA` at `tmp_path`, with the keys of `COMPLETE`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.test_up import COMPLETE
from tests.migrated import put_migrated
from tidegate.store import Store, open_store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    path = tmp_path / "tidegate.db"
    put_migrated(path)
    made = open_store(f"sqlite:///{path}", [COMPLETE["TIDEGATE_SECRET_KEY"]])
    yield made
    made.close()


@pytest.fixture
def machine(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """The same, found by the environment of this process."""
    for name, value in {**COMPLETE, "TIDEGATE_DATA": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    return store


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither signed in nor on the workers' machine."""
    for name in (*COMPLETE, "TIDEGATE_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
