"""Probes the fake engines' containers: one that listens answers, with what a test makes it answer."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from tests.fakes.engine import FakeContainer, FakeEngine
from worker.ports import Reading, Stop

#: The status that a container answers a path with; None where it accepts and never answers.
Answer = Callable[[FakeContainer, str], int | None]


class FakeProber:
    """`answer` may be set; everything that listens is well otherwise. `probes` counts."""

    def __init__(self, *engines: FakeEngine) -> None:
        self.answer: Answer = lambda container, path: HTTPStatus.OK
        self.probes = 0
        self._engines = engines

    def probe(self, address: str, port: int, path: str | None, timeout: float, stop: Stop = lambda: False) -> Reading:
        self.probes += 1
        container = next(filter(None, (engine.at(address) for engine in self._engines)), None)
        if container is None or port not in container.process.ports:
            return Reading(ok=False, detail="connection refused")
        if path is None:
            return Reading(ok=True, detail=f"port {port} is open")
        status = self.answer(container, path)
        if status is None and stop():
            return Reading(ok=False, detail="was not waited for")
        if status is None:
            return Reading(ok=False, detail=f"no answer within {timeout:g} s")
        ok = HTTPStatus.OK <= status < HTTPStatus.BAD_REQUEST
        return Reading(ok=ok, detail=f"{status} {HTTPStatus(status).phrase}")
