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
