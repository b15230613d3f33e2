"""What was asked of the stand-in, so that a test can count and check the product's requests."""

from __future__ import annotations

import re
import threading
from collections import deque
from typing import Any

KEPT = 20_000


class Calls:
    """The last `KEPT` requests; bodies and answers only while `bodies` is on."""

    def __init__(self) -> None:
        self.bodies = False
        self._lock = threading.Lock()
        self._kept: deque[dict[str, Any]] = deque(maxlen=KEPT)

    def add(self, call: dict[str, Any]) -> None:
        with self._lock:
            self._kept.append(call)

    def reset(self) -> None:
        with self._lock:
            self._kept.clear()

    def find(self, *, app: str = "", method: str = "", path: str = "", kind: str = "") -> list[dict[str, Any]]:
        """Oldest first; `path` is a regular expression, the others match whole."""
        pattern = re.compile(path)
        with self._lock:
            kept = list(self._kept)
        wanted = {"app": app, "method": method, "kind": kind}
        return [
            call
            for call in kept
            if all(not value or call[key] == value for key, value in wanted.items()) and pattern.search(call["path"])
        ]

    def take(self) -> list[dict[str, Any]]:
        """All, oldest first; they are forgotten, and no call is told twice or never."""
        with self._lock:
            taken = list(self._kept)
            self._kept.clear()
        return taken
