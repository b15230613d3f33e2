"""A server that takes connections and never says a word, whatever was to be spoken there."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class SilentServer:
    """On 127.0.0.1; closes each connection at once, or lets it hang until the end. `tried` counts them."""

    def __init__(self, *, hangs: bool) -> None:
        self._hangs = hangs
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._held: list[socket.socket] = []
        self.port: int = self._listener.getsockname()[1]
        self.tried = 0

    @contextmanager
    def up(self) -> Iterator[SilentServer]:
        thread = threading.Thread(target=self._accept)
        thread.start()
        try:
            yield self
        finally:
            # A thread that accepts isn't woken by closing what it accepts from.
            with suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            thread.join()
            for each in (self._listener, *self._held):
                each.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.tried += 1
            self._held.append(connection)
            if not self._hangs:
                connection.close()
