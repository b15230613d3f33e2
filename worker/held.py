"""A named lease that is renewed from beside the work: kept however long that takes, and free soon after a kill."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from tidegate.store import StoreDown
from worker.parts import Parts

log = structlog.get_logger(__name__)


@contextmanager
def held(parts: Parts, name: str) -> Iterator[bool]:
    """Whether the lease is this process's while the block runs; False where another holds it."""
    if not _take(parts, name):
        yield False
        return
    done = threading.Event()
    thread = threading.Thread(target=_renew, args=(parts, name, done), name=f"lease-{name}", daemon=True)
    thread.start()
    try:
        yield True
    finally:
        done.set()
        thread.join()
        parts.store.leases.release(name, parts.owner)


def _take(parts: Parts, name: str) -> bool:
    return parts.store.leases.take(name, parts.owner, parts.settings.timing.lease, parts.clock.now())


def _renew(parts: Parts, name: str, done: threading.Event) -> None:
    while not done.wait(parts.settings.timing.lease / 4):
        try:
            _take(parts, name)
        except StoreDown:
            log.warning("the store can't be reached; the lease may run out", lease=name)
