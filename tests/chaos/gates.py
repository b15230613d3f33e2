"""Gates that commands in builds and containers stand before until the test opens them, whoever runs them by then."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Gates:
    """Each shut until it is opened. `asked` are the names of those that somebody stood before."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._opened: set[str] = set()
        self.asked: set[str] = set()

    def wait(self, name: str) -> str:
        """A shell's command that ends once the gate is open."""
        return f"until wget -q -O /dev/null http://{self._address}/{name} 2>/dev/null; do sleep 0.2; done"

    def open_all(self) -> None:
        """At which somebody stands."""
        self._opened |= self.asked

    def is_open(self, name: str) -> bool:
        self.asked.add(name)
        return name in self._opened


@contextmanager
def gates(address: str) -> Iterator[Gates]:
    """On a free port of that address of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(HTTPStatus.OK if made.is_open(self.path[1:]) else HTTPStatus.NOT_FOUND)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    with ThreadingHTTPServer((address, 0), Handler) as server:
        made = Gates(f"{address}:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, name="gates")
        thread.start()
        try:
            yield made
        finally:
            server.shutdown()
            thread.join()
