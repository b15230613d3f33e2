"""A server that answers as told, byte for byte, and keeps what it was asked."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

#: Speaks on a connection whose request was read, until the server is over; closed when it returns.
Answer = Callable[[socket.socket, threading.Event], object]


class RawServer:
    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.requests: list[bytes] = []
        self._over = threading.Event()
        self._talks: list[threading.Thread] = []

    @contextmanager
    def serving(self) -> Iterator[RawServer]:
        thread = threading.Thread(target=self._serve)
        thread.start()
        try:
            yield self
        finally:
            self._over.set()
            # A thread that accepts isn't woken by closing what it accepts from.
            with suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            for each in (thread, *self._talks):
                each.join()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            talk = threading.Thread(target=self._talk, args=(connection,))
            self._talks.append(talk)
            talk.start()

    def _talk(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            request = b""
            while b"\r\n\r\n" not in request and (chunk := connection.recv(4096)):
                request += chunk
            self.requests.append(request)
            self._answer(connection, self._over)


def says(answer: bytes) -> Answer:
    return lambda connection, over: connection.sendall(answer)


def nothing(connection: socket.socket, over: threading.Event) -> None:
    over.wait(30)
