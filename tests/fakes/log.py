"""A log that goes to the store at once, masked as the real one masks."""

from __future__ import annotations

import threading
from collections.abc import Collection, Sequence

from tidegate.logs import mask
from tidegate.store import Store
from worker.ports import Clock


class FakeLog:
    def __init__(self, store: Store, clock: Clock, deployment_id: str, secrets: Collection[str]) -> None:
        self._store, self._clock, self._id, self._secrets = store, clock, deployment_id, secrets
        self._lock = threading.Lock()

    def line(self, step: str, text: str) -> None:
        with self._lock:  # an instance's output is copied from a thread of its own
            first = self._store.logs.next_line(self._id)
            self._store.logs.append(self._id, str(step), first, [(self._clock.now(), mask(text, self._secrets))])

    def tail(self, step: str) -> Sequence[str]:
        return [line.text for line in self._store.logs.tail(self._id, 5000) if line.step == step]

    def close(self) -> None:
        pass
