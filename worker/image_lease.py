"""One at a time per image: a rollout waits for the build ahead of its tree instead of building beside it, and nobody
cleans up an image that another is about to use."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from worker.parts import Parts
from worker.ports import Stop

#: A builder that was killed holds its image for this long, in seconds.
_TTL = 15.0


class ImageLease:
    """Held while the `with` block runs, as long as `keep` is asked often; `mine` is False where another builds it.
    `waited`: whoever holds it had to wait for another."""

    def __init__(self, parts: Parts, image: str, owner: str) -> None:
        self._parts = parts
        self._name = f"build:{image}"
        self._owner = owner
        self._renewed = 0.0
        self.mine = self.waited = False

    def __enter__(self) -> Self:
        self.mine = self._take()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.mine:
            self._parts.store.leases.release(self._name, self._owner)

    def keep(self, stop: Stop) -> Stop:
        """The same question as `stop`, renewing the lease each time that it is asked after a third of its life."""

        def renewing() -> bool:
            if self._parts.clock.now().timestamp() - self._renewed > _TTL / 3:
                self.mine = self._take()
            return stop()

        return renewing

    def _take(self) -> bool:
        now = self._parts.clock.now()
        self._renewed = now.timestamp()
        return self._parts.store.leases.take(self._name, self._owner, _TTL, now)
