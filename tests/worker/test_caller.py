"""What an operator's address answers, and what keeps it from that, without a word of the address."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tests.silent_server import SilentServer
from tests.webapp.product import free_port
from worker.caller import HttpCaller

BODY = {"service": "web", "url": "https://web.example.com"}


class _Address(BaseHTTPRequestHandler):
    got: list[object]

    def do_POST(self) -> None:
        self.got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(int(self.path.rpartition("/")[2]))
        self.send_header("Location", "/elsewhere/200")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@pytest.fixture
def address() -> Iterator[tuple[str, list[object]]]:
    _Address.got = []
    with HTTPServer(("127.0.0.1", 0), _Address) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/secret", _Address.got
        server.shutdown()


@pytest.mark.parametrize(("status", "ok"), [(200, True), (204, True), (302, True), (404, False), (500, False)])
def test_what_it_answers(address: tuple[str, list[object]], status: int, ok: bool) -> None:
    url, got = address
    answer = HttpCaller().post(f"{url}/{status}", BODY, 10)
    assert (answer.ok, answer.detail.split()[0]) == (ok, str(status))
    assert got == [BODY], "told once: a redirect is an answer"


def test_nobody_is_there() -> None:
    answer = HttpCaller().post(f"http://127.0.0.1:{free_port()}/secret", BODY, 10)
    assert not answer.ok
    assert "secret" not in answer.detail


def test_one_that_never_answers_is_given_up_in_its_time() -> None:
    with SilentServer(hangs=True).up() as server:
        answer = HttpCaller().post(f"http://127.0.0.1:{server.port}/secret", BODY, 0.2)
    assert (answer.ok, answer.detail) == (False, "no answer within 0.2 s")
