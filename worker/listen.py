"""Hears from a host what happens to containers, and rings who tends them. What it misses, a regular look finds."""

from __future__ import annotations

import threading

import structlog

from worker.parts import Parts
from worker.ports import Canceled, Unavailable
from worker.tend import Tending

#: Seconds after which a silent line is opened anew: a dead one is silent, too.
_LINE = 60.0
#: Until a host that has hung up is called again.
_PAUSE = 1.0

log = structlog.get_logger(__name__)


class Listener:
    def __init__(self, parts: Parts, tending: Tending) -> None:
        self._parts = parts
        self._tending = tending
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._listen, name=f"listen-{tending.host}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(timeout=2)

    def _listen(self) -> None:
        while not self._stopped.is_set():
            try:
                self._parts.hosts.of(self._tending.host).events(self._tending.ring, self._stopped.is_set, _LINE)
            except TimeoutError:
                continue
            except Canceled:
                return
            except Unavailable as trouble:
                log.warning("the host has hung up", host=self._tending.host, trouble=str(trouble))
                self._tending.cut()
                self._stopped.wait(_PAUSE)
