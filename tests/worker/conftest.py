from __future__ import annotations

from pathlib import Path

import pytest

from tests.migrated import Emptied
from tests.worker.house import KEY, House


@pytest.fixture(scope="session")
def emptied() -> Emptied:
    return Emptied([KEY])


@pytest.fixture
def house(tmp_path: Path, emptied: Emptied) -> House:
    return House(tmp_path, emptied.store(), DATABASE_URL=emptied.url)
