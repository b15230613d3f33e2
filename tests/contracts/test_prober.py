"""The port `Prober`, judged on the fake and on real servers alike."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from http import HTTPStatus
from typing import Protocol

import pytest

from tests.fakes.engine import FakeEngine, FakeImage
from tests.fakes.prober import FakeProber
from tests.worker.raw_server import RawServer, nothing, says
from tidegate.container import ContainerSpec, Limits
from worker.ports import Prober
from worker.prober import HttpProber

Place = tuple[str, int]


class Stage(Protocol):
    @property
    def prober(self) -> Prober: ...
    def serving(self, status: int | None) -> Place:
        """Something that answers with this status; None accepts and never answers."""
        ...

    def silent(self) -> Place:
        """Where nothing listens."""
        ...


class FakeStage:
    def __init__(self) -> None:
        self._engine = FakeEngine()
        self._engine.images["web"] = FakeImage("sha256:web", "exec httpd -f -p 3000", {})
        self._engine.ensure_network("n", {})
        self.prober = FakeProber(self._engine)

    def serving(self, status: int | None) -> Place:
        self.prober.answer = lambda container, path: status
        container = self._engine.start(ContainerSpec("web", "web", "n", {}, {}, 3000, Limits()))
        return container.address or "", 3000

    def silent(self) -> Place:
        address, _ = self.serving(HTTPStatus.OK)
        return address, 4000


class RealStage:
    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self.prober = HttpProber()

    def serving(self, status: int | None) -> Place:
        if status is None:
            server = RawServer(nothing)
        else:
            server = RawServer(says(f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n\r\n".encode()))
        self._stack.enter_context(server.serving())
        return "127.0.0.1", server.port

    def silent(self) -> Place:
        with RawServer(says(b"")).serving() as server:
            return "127.0.0.1", server.port


@pytest.fixture(params=["fake", "real"])
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    if request.param == "fake":
        yield FakeStage()
        return
    with ExitStack() as stack:
        yield RealStage(stack)


@pytest.mark.parametrize(
    ("status", "ok", "detail"),
    [
        (200, True, "200 OK"),
        (204, True, "204 No Content"),
        (302, True, "302 Found"),
        (404, False, "404 Not Found"),
        (503, False, "503 Service Unavailable"),
    ],
)
def test_success_and_redirects_are_well(stage: Stage, status: int, ok: bool, detail: str) -> None:
    reading = stage.prober.probe(*stage.serving(status), "/", 30)
    assert (reading.ok, reading.detail) == (ok, detail)


def test_where_nothing_listens(stage: Stage) -> None:
    reading = stage.prober.probe(*stage.silent(), "/", 30)
    assert (reading.ok, reading.detail) == (False, "connection refused")


def test_what_never_answers(stage: Stage) -> None:
    reading = stage.prober.probe(*stage.serving(None), "/", 0.1)
    assert (reading.ok, reading.detail) == (False, "no answer within 0.1 s")


def test_what_never_answers_is_not_waited_for_once_nobody_asks_any_more(stage: Stage) -> None:
    reading = stage.prober.probe(*stage.serving(None), "/", 1000, lambda: True)
    assert (reading.ok, reading.detail) == (False, "was not waited for")


def test_without_a_path_an_open_port_is_enough(stage: Stage) -> None:
    place = stage.serving(None)
    reading = stage.prober.probe(*place, None, 30)
    assert (reading.ok, reading.detail) == (True, f"port {place[1]} is open")
    assert not stage.prober.probe(*stage.silent(), None, 30).ok
