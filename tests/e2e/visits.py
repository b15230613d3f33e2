"""Visits that last: each goes on in a thread of its own, and knows when it ended, and whether it was cut."""

from __future__ import annotations

import http.client
import socket
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus

from tests.e2e.project import Project

_PAUSE = 0.2
_TIMEOUT = 120
_HANDSHAKE = """\
GET /socket HTTP/1.1\r
Host: {}\r
Connection: Upgrade\r
Upgrade: websocket\r
Sec-WebSocket-Version: 13\r
Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
\r
"""


class Visit:
    """`trouble` is what went wrong, if anything has."""

    def __init__(self, kind: str, work: Callable[[], None]) -> None:
        self.kind = kind
        self.trouble: Exception | None = None
        self.ended: datetime | None = None
        self._thread = threading.Thread(target=self._run, args=(work,), name=kind)
        self._thread.start()

    def _run(self, work: Callable[[], None]) -> None:
        try:
            work()
        except (OSError, AssertionError, http.client.HTTPException) as trouble:
            self.trouble = trouble
        self.ended = datetime.now(UTC)

    def wait(self) -> datetime:
        """When it ended."""
        self._thread.join(_TIMEOUT)
        assert self.ended is not None, f"{self.kind} has no end"
        return self.ended


class Visits:
    """To the service that tests/e2e/lasting.py is, through the router; each takes `seconds`."""

    def __init__(self, project: Project, seconds: float) -> None:
        self._host = f"{project.service}.{project.world.settings.domain}"
        self._port = project.world.router_port
        self._seconds = seconds

    def one_of_each(self) -> list[Visit]:
        return [Visit(each.__name__, each) for each in (self._upload, self._long_poll, self._events)]

    def _upload(self) -> None:
        count = round(self._seconds / _PAUSE)
        client = self._client()
        client.putrequest("POST", "/upload", skip_host=True)
        client.putheader("Host", self._host)
        client.putheader("Content-Length", str(count))
        client.endheaders()
        for _ in range(count):
            client.send(b"x")
            time.sleep(_PAUSE)
        _told(client, str(count))

    def _long_poll(self) -> None:
        client = self._client()
        client.request("GET", f"/slow?seconds={self._seconds:g}", headers={"Host": self._host})
        _told(client, "old")

    def _events(self) -> None:
        client = self._client()
        client.request("GET", f"/stream?seconds={self._seconds:g}", headers={"Host": self._host})
        _told(client, "data: end\n\n")

    def _client(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self._port, timeout=_TIMEOUT)

    def socket(self) -> WebSocket:
        return WebSocket(self._port, self._host)


def _told(client: http.client.HTTPConnection, end: str) -> None:
    answer = client.getresponse()
    text = answer.read().decode()
    client.close()
    assert answer.status == HTTPStatus.OK, answer.status
    assert text.endswith(end), text


class WebSocket:
    """Speaks and is answered; ConnectionError where it was cut."""

    def __init__(self, port: int, host: str) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), _TIMEOUT)
        self._socket.sendall(_HANDSHAKE.format(host).encode())
        self._answer = self._socket.makefile("rb")
        assert b" 101 " in self._answer.readline()
        while self._answer.readline() != b"\r\n":
            pass

    def say(self, text: bytes) -> None:
        """A frame of text whose mask is zeros, so that it stands there as it is (RFC 6455, 5.2)."""
        self._socket.sendall(bytes([0x81, 0x80 | len(text), 0, 0, 0, 0]) + text)
        answer = self._answer.read(2 + len(text))
        if answer != bytes([0x81, len(text)]) + text:
            raise ConnectionResetError(f"cut: {answer!r}")

    def talk(self) -> None:
        """Until it is cut."""
        while True:
            self.say(b"still there?")
            time.sleep(_PAUSE)

    def close(self) -> None:
        self._answer.close()
        self._socket.close()
