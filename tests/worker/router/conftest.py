"""A started proxy and servers behind it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.worker.router.origins import Origins, origins
from tests.worker.router.proxy import Proxy


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[Proxy]:
    proxy = Proxy(tmp_path)
    proxy.start()
    yield proxy
    proxy.stop()


@pytest.fixture
def servers() -> Iterator[Origins]:
    with origins() as running:
        yield running
