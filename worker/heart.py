"""Keeps a rollout's lease alive from beside it, and hears that it was canceled or taken over."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Self

import structlog

from tidegate.deployment import Lane, LaneLost
from tidegate.logline import carried
from tidegate.store import StoreDown
from worker.parts import Parts

#: How often a wish to cancel is looked for, in seconds: people wait for it.
_LOOK = 0.1

log = structlog.get_logger(__name__)


class Heart:
    """Beats while the `with` block runs. `lost` once the lane is no longer ours; `canceled_by` once somebody asked."""

    def __init__(self, parts: Parts, lane: Lane) -> None:
        self._parts = parts
        self._lane = lane
        self._done = threading.Event()
        self._thread = threading.Thread(target=carried(self._beat), name=f"heart-{lane.deployment_id}", daemon=True)
        self.lost = False
        self.canceled_by: str | None = None

    def stop(self) -> bool:
        """Whether the rollout must give up what it is doing."""
        return self.lost or self.canceled_by is not None

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        self._thread.join()

    def _beat(self) -> None:
        lease = self._parts.settings.timing.lease
        last = self._parts.clock.now()
        while not self._done.wait(_LOOK):
            now = self._parts.clock.now()
            try:
                if (now - last).total_seconds() >= lease / 4:
                    self.canceled_by = self._parts.store.deployments.beat(self._lane, lease, now)
                    last = now
                else:
                    row = self._parts.store.deployments.get(self._lane.deployment_id)
                    self.canceled_by = row.cancel_asked_by if row else None
            except LaneLost:
                self.lost = True
                return
            except StoreDown:
                log.warning("the store can't be reached; the lease may run out", deployment_id=self._lane.deployment_id)
                if (now - last).total_seconds() >= lease:
                    self.lost = True
                    return
