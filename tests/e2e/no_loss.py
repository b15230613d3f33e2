"""Load on a service while a story goes on, of which not one request may fail."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.e2e.project import Project
from tests.load import load

#: Some hundred requests a second, and the machine is left to the stories beside it.
CONNECTIONS, PAUSE = 16, 50


@contextmanager
def no_request_lost(project: Project) -> Iterator[None]:
    url = f"http://127.0.0.1:{project.world.router_port}/"
    host = f"{project.service}.{project.world.settings.domain}"
    with (
        load(url, host, connections=CONNECTIONS, keep_alive=True, pause=PAUSE) as kept,
        load(url, host, connections=CONNECTIONS, keep_alive=False, pause=PAUSE) as fresh,
    ):
        yield
        results = (kept.result(), fresh.result())
    for result in results:
        assert result.failed == 0, result
        assert result.requests > CONNECTIONS
