"""From many request threads to one transaction: deliveries that arrive while a commit runs share the next one.

A durable commit waits for the disk, so one commit each would cap the receiver at the disk's pace. No thread is set
apart for writing: the first to join a batch leads it, which costs no hand-over when there is only one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from tidegate.repository import Delivery


class _Batch:
    def __init__(self) -> None:
        self.deliveries: list[Delivery] = []
        self.error: Exception | None = None
        #: Held until the commit is over; then each who waits hands it on to the next. To wake all at once (an Event)
        #: would make them fight for Python's own lock, which cost a tenth of the throughput.
        self.unsettled = threading.Lock()
        self.unsettled.acquire()


class Inbox:
    """`keep` stores deliveries in one durable transaction and raises where it can't; `ring` must return at once."""

    def __init__(self, keep: Callable[[Sequence[Delivery]], object], ring: Callable[[], None]) -> None:
        self._keep = keep
        self._ring = ring
        self._joining = threading.Lock()
        self._writing = threading.Lock()
        self._open = _Batch()

    def put(self, delivery: Delivery) -> None:
        """Returns once the delivery is durable; raises what `keep` raised, to everyone whose delivery it held."""
        with self._joining:
            batch = self._open
            leads = not batch.deliveries
            batch.deliveries.append(delivery)
        if leads:
            self._lead(batch)
        else:
            with batch.unsettled:
                pass
        if batch.error is not None:
            raise batch.error

    def _lead(self, batch: _Batch) -> None:
        # Others join while we wait for the commit before ours.
        with self._writing:
            with self._joining:
                self._open = _Batch()
            try:
                self._keep(batch.deliveries)
            except Exception as error:  # noqa: BLE001 - whatever it is, each waiter must hear of it
                batch.error = error
            finally:
                batch.unsettled.release()
        if batch.error is None:
            self._ring()
