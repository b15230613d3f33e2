"""Probes against servers that behave and that don't. None of it may raise, or outlast the time limit."""

from __future__ import annotations

import socket
import threading

import pytest

from tests.worker.raw_server import RawServer, nothing, says
from worker.ports import Reading
from worker.prober import HttpProber


def probe(server: RawServer, timeout: float = 30) -> Reading:
    return HttpProber().probe("127.0.0.1", server.port, "/healthz?full=1", timeout)


@pytest.mark.parametrize(
    ("answer", "ok", "detail"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\nhello", True, "200 OK"),
        (b"HTTP/1.0 204 No Content\r\n\r\n", True, "204 No Content"),
        (b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n\r\n", True, "302 Found"),
        (b"HTTP/1.1 399 Odd\r\n\r\n", True, "399 Odd"),
        (b"HTTP/1.1 404 Not Found\r\n\r\n", False, "404 Not Found"),
        (b"HTTP/1.1 503 Service Unavailable\r\n\r\n", False, "503 Service Unavailable"),
        (b"HTTP/1.1 200\r\n\r\n", True, "200 OK"),
        (b"HTTP/1.1 299\r\n\r\n", True, "299"),
        (b"HTTP/1.1 200 OK", True, "200 OK"),
        (b"HTTP/1.1 100 Continue\r\n\r\n", False, "100 Continue"),
        (b"", False, "closed the connection without an answer"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", False, "answered something that isn't HTTP"),
        (b"HTTP/1.1 \xb2\xb3\xb9 OK\r\n", False, "answered something that isn't HTTP"),
        (b"\xff" * 100_000, False, "answered something that isn't HTTP"),
        (b"\x15\x03\x01\x00\x02\x02\x16", False, "answered something that isn't HTTP"),
    ],
)
def test_the_status_line_is_all_that_counts(answer: bytes, ok: bool, detail: str) -> None:
    with RawServer(says(answer)).serving() as server:
        assert probe(server) == Reading(ok, detail)


def test_what_is_asked() -> None:
    with RawServer(says(b"HTTP/1.1 200 OK\r\n\r\n")).serving() as server:
        probe(server)
        assert server.requests == [
            (
                f"GET /healthz?full=1 HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nUser-Agent: tidegate-probe\r\n"
                "Accept: */*\r\nConnection: close\r\n\r\n"
            ).encode()
        ]


def test_a_redirect_is_not_followed() -> None:
    with (
        RawServer(says(b"HTTP/1.1 500 Oops\r\n\r\n")).serving() as target,
        RawServer(
            says(f"HTTP/1.1 301 Moved\r\nLocation: http://127.0.0.1:{target.port}/\r\n\r\n".encode())
        ).serving() as server,
    ):
        assert probe(server).ok
        assert target.requests == []


def test_a_port_that_nothing_listens_on() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert HttpProber().probe("127.0.0.1", port, "/", 5) == Reading(ok=False, detail="connection refused")


def test_an_address_that_is_none() -> None:
    assert not HttpProber().probe("", 3000, "/", 5).ok
    assert not HttpProber().probe("not an address", 3000, "/", 5).ok


def test_a_server_that_never_answers() -> None:
    with RawServer(nothing).serving() as server:
        assert probe(server, 0.1) == Reading(ok=False, detail="no answer within 0.1 s")


def test_a_server_that_drips_is_held_to_the_limit_as_a_whole() -> None:
    def drip(connection: socket.socket, over: threading.Event) -> None:
        while not over.wait(0.01):
            connection.sendall(b"H")

    with RawServer(drip).serving() as server:
        assert probe(server, 0.2) == Reading(ok=False, detail="no answer within 0.2 s")


def test_a_server_that_resets_the_connection() -> None:
    def reset(connection: socket.socket, over: threading.Event) -> None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")

    with RawServer(reset).serving() as server:
        assert probe(server) == Reading(ok=False, detail="connection reset by peer")


def test_a_backlog_that_is_full_takes_no_longer_than_allowed() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        address: tuple[str, int] = listener.getsockname()
        crowd = [socket.socket() for _ in range(4)]
        for each in crowd:
            each.setblocking(False)
            each.connect_ex(address)
        assert HttpProber().probe(*address, "/", 0.1) == Reading(ok=False, detail="no answer within 0.1 s")
        for each in crowd:
            each.close()
