"""A laptop, and at the server a worker that carries out what it asks for: on one store, in one thread."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from tests.cli.remote.laptop import Laptop
from tests.webapp.beside import beside
from tests.worker.house import House as WorkersHouse
from tidegate.repository import Delivery
from webapp.parts import KEY
from webapp.workers import Workers
from worker import drain
from worker.clock import SystemClock


class World:
    """`web` of octo/web is live at `sha`."""

    def __init__(self, laptop: Laptop, workers: WorkersHouse) -> None:
        self.laptop, self.workers = laptop, workers
        self.repository = workers.repository()
        self.sha = workers.push(self.repository)
        workers.work()
        store = laptop.web.store

        def answered_at_once(delivery: Delivery) -> None:
            store.deliveries.put([delivery])
            drain.drain(replace(workers.parts, clock=SystemClock()))

        told = Workers(answered_at_once, store.answers.get, stopping=lambda: False)
        extensions = laptop.web.app.extensions
        extensions[KEY] = replace(extensions[KEY], workers=told)

    def push(self, files: Mapping[str, str | None]) -> str:
        sha = self.workers.push(self.repository, files)
        self.workers.work()
        return sha

    @property
    def deployments(self) -> int:
        return len(self.laptop.web.store.deployments.page(None, 100, None))


@contextmanager
def world(laptop: Laptop, directory: Path) -> Iterator[World]:
    """On the database of build(directory), which the laptop's server has."""
    with beside(directory) as workers:
        laptop.sign_in()
        yield World(laptop, workers)
