from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.worker.hosts.docker_host import Host, docker_host


@pytest.fixture
def host() -> Iterator[Host]:
    with docker_host() as made:
        yield made
