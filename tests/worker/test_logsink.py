"""What a step printed stays at hand, masked, for whoever explains its failure; nobody need be there to watch."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from tests.fakes.clock import FakeClock
from tests.tidegate.store.given import KEYS, a_service, new
from tidegate.logs import MASK
from tidegate.store import open_store
from worker.logsink import StoredLog

SECRET = "correct horse"


@pytest.fixture
def log(tmp_path: Path) -> Iterator[StoredLog]:
    store, clock = open_store(f"sqlite:///{tmp_path}/store.db", KEYS), FakeClock()
    store.migrate()
    made = store.deployments.create(new(a_service(store)), clock.now())
    with Redis.from_url(f"unix://{tmp_path}/nobody.sock") as nobody:
        sink = StoredLog(store, nobody, clock, made.id, [SECRET])
        yield sink
        sink.close()
    store.close()


def test_each_step_has_its_own_lines(log: StoredLog) -> None:
    for number in range(3):
        log.line("build", f"built {number}")
        log.line("pre-deploy", f"migrated {number}")
    assert log.tail("build") == ["built 0", "built 1", "built 2"]
    assert log.tail("pre-deploy") == ["migrated 0", "migrated 1", "migrated 2"]
    assert log.tail("start") == []


def test_secrets_are_masked(log: StoredLog) -> None:
    log.line("build", f"src/x.c:1: error: {SECRET}")
    assert log.tail("build") == [f"src/x.c:1: error: {MASK}"]


def test_it_is_bounded(log: StoredLog) -> None:
    for number in range(6000):
        log.line("build", f"{number} {'x' * 3000}")
    tail = log.tail("build")
    assert tail[-1].startswith("5999 ")
    assert len(tail) == 5000
    assert sum(map(len, tail)) == 5_000_000
