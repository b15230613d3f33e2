"""Named leases around a piece of work: renewed from beside it, so that one is kept however long that takes and is free
soon after a kill; or for what is short, and waited for."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import uuid4

import structlog

from tidegate.logline import carried
from tidegate.store import StoreDown
from worker.parts import Parts
from worker.ports import Unavailable

#: Another is waited for so long, in seconds; and between two tries.
_PATIENCE, _PAUSE = 2.0, 0.05

log = structlog.get_logger(__name__)


@contextmanager
def held(parts: Parts, name: str) -> Iterator[bool]:
    """Whether the lease is this process's while the block runs; False where another holds it."""
    if not _take(parts, name):
        yield False
        return
    done = threading.Event()
    thread = threading.Thread(target=carried(_renew), args=(parts, name, done), name=f"lease-{name}", daemon=True)
    thread.start()
    try:
        yield True
    finally:
        done.set()
        thread.join()
        parts.store.leases.release(name, parts.owner)


@contextmanager
def awaited(parts: Parts, name: str, seconds: float, trouble: str) -> Iterator[None]:
    """The lease is this caller's alone, for `seconds` at most. Raises Unavailable(trouble) where it can't be had."""
    owner = f"{parts.owner}-{uuid4().hex}"
    until = parts.clock.now() + timedelta(seconds=_PATIENCE)
    while not parts.store.leases.take(name, owner, seconds, parts.clock.now()):
        if parts.clock.now() >= until:
            raise Unavailable(trouble)
        parts.clock.sleep(_PAUSE)
    try:
        yield
    finally:
        parts.store.leases.release(name, owner)


def _take(parts: Parts, name: str) -> bool:
    return parts.store.leases.take(name, parts.owner, parts.settings.timing.lease, parts.clock.now())


def _renew(parts: Parts, name: str, done: threading.Event) -> None:
    while not done.wait(parts.settings.timing.lease / 4):
        try:
            _take(parts, name)
        except StoreDown:
            log.warning("the store can't be reached; the lease may run out", lease=name)
