"""A worker beside the web app: its real use cases on the same database, with GitHub and Docker faked."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from tests.worker.house import House as WorkersHouse
from worker import drain
from worker.clock import SystemClock


@contextmanager
def beside(directory: Path) -> Iterator[WorkersHouse]:
    """On the database of house.build(directory); nothing is drained until working()."""
    house = WorkersHouse(directory, DATABASE_URL=f"sqlite:///{directory}/tidegate.db")
    try:
        yield house
    finally:
        house.store.close()


def on_time(house: WorkersHouse) -> None:
    """The workers' own clock, by which they go while nobody is working(), is brought to the web app's."""
    house.clock.advance((SystemClock().now() - house.clock.now()).total_seconds())


@contextmanager
def working(house: WorkersHouse) -> Iterator[None]:
    """Deliveries are handled as they come: by the clock that the web app goes by."""
    ended, parts = threading.Event(), replace(house.parts, clock=SystemClock())

    def work() -> None:
        while not ended.is_set():
            drain.drain(parts)
            ended.wait(0.02)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
