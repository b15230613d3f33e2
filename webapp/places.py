"""Places for those who watch a live log: each occupies a thread of the server while it watches."""

from __future__ import annotations

import threading
from collections.abc import Callable
from http import HTTPStatus

from webapp.problem import Problem

#: How many may watch at once.
PLACES = 32


class Places:
    """`stopping` tells that the server wants to end, for those who hold a place; server.py sets it."""

    def __init__(self, most: int = PLACES) -> None:
        self._free = threading.BoundedSemaphore(most)
        self.stopping: Callable[[], bool] = lambda: False

    def take(self) -> Callable[[], None]:
        """Takes one; call what this returns, once, to give it back. Raises Problem when all are taken."""
        if not self._free.acquire(blocking=False):
            detail = "Too many logs are being watched. Try again in a moment; the page without updates is there."
            raise Problem(HTTPStatus.SERVICE_UNAVAILABLE, detail, {"Retry-After": "10"})
        return self._free.release
