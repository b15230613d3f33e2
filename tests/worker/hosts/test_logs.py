"""Following a container that goes away is no trouble: it has said all that it will say."""

from __future__ import annotations

import json
import socket
import threading
from http import HTTPStatus

import pytest

from tests.worker.raw_server import RawServer
from worker.hosts.engine import DockerEngine

VERSION = {"ApiVersion": "1.41", "Version": "20.10.24"}


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (HTTPStatus.NOT_FOUND, "No such container: x"),
        (HTTPStatus.CONFLICT, "can not get logs from container which is dead or marked for removal"),
    ],
)
def test_a_container_that_is_gone_or_just_going_says_nothing(status: HTTPStatus, message: str) -> None:
    def engine(connection: socket.socket, _: threading.Event) -> None:
        version = b"/version" in server.requests[-1].partition(b"\r\n")[0]
        body = json.dumps(VERSION if version else {"message": message}).encode()
        code = HTTPStatus.OK if version else status
        head = (
            f"HTTP/1.1 {code.value} {code.phrase}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        )
        connection.sendall(f"{head}Connection: close\r\n\r\n".encode() + body)

    server = RawServer(engine)
    said: list[str] = []
    with server.serving():
        DockerEngine("local", f"tcp://127.0.0.1:{server.port}").logs("x", said.append, lambda: False)
    assert said == []
    assert any(b"/containers/x/" in request for request in server.requests)
