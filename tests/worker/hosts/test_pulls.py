"""A registry that hangs holds no deploy: the pull is given up when it is told to, or when its time is over."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.silent_server import SilentServer
from tests.worker.hosts.docker_host import Host
from worker.ports import Canceled

pytestmark = pytest.mark.docker


@pytest.fixture
def hanging() -> Iterator[SilentServer]:
    with SilentServer(hangs=True).up() as server:
        yield server


def ignore(line: str) -> None:
    """Nobody reads it."""


def test_when_it_is_told_to(host: Host, hanging: SilentServer) -> None:
    with pytest.raises(Canceled):
        host.engine.pull(f"127.0.0.1:{hanging.port}/team/app:1", ignore, 60, lambda: hanging.tried > 0)


def test_when_its_time_is_over(host: Host, hanging: SilentServer) -> None:
    with pytest.raises(TimeoutError):
        host.engine.pull(f"127.0.0.1:{hanging.port}/team/app:1", ignore, 0.5, lambda: False)
