"""A way to the Docker Engine that can be cut, so that an engine that dies can be tried without killing one."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.worker.hosts.docker_host import URL


class Way:
    """Relays connections to the engine until it is cut; then connecting is refused, as by an engine that is gone."""

    def __init__(self, path: Path) -> None:
        self.url = f"unix://{path}"
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen()
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept)]
        self._lock = threading.Lock()

    @contextmanager
    def open(self) -> Iterator[Way]:
        self._threads[0].start()
        try:
            yield self
        finally:
            self.cut()
            for thread in self._threads:
                thread.join()
            for each in self._open:
                each.close()

    def cut(self) -> None:
        with self._lock:
            for each in (self._listener, *self._open):
                with suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)
            self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            far = socket.socket(socket.AF_UNIX)
            far.connect(URL.removeprefix("unix://"))
            with self._lock:
                self._open += [near, far]
                for pair in ((near, far), (far, near)):
                    self._threads.append(threading.Thread(target=_relay, args=pair))
                    self._threads[-1].start()


def _relay(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while chunk := source.recv(65536):
            target.sendall(chunk)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)
