"""Load on a service while a story goes on, of which not one request may fail."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.e2e.project import Project
from tests.load import load

CONNECTIONS = 16


@contextmanager
def no_request_lost(project: Project) -> Iterator[None]:
    url = f"http://127.0.0.1:{project.world.router_port}/"
    host = f"{project.service}.{project.world.settings.domain}"
    with (
        load(url, host, connections=CONNECTIONS, keep_alive=True) as kept,
        load(url, host, connections=CONNECTIONS, keep_alive=False) as fresh,
    ):
        yield
        results = (kept.result(), fresh.result())
    for result in results:
        assert result.failed == 0, result
        assert result.requests > CONNECTIONS
