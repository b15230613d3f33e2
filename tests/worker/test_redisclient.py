"""With Redis down or hanging, a ring and a line of a log are tried once and given up: what they belong to goes on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fakes.clock import FakeClock
from tests.silent_server import SilentServer
from tests.tidegate.store.given import a_service, new
from tests.waiting import wait_until
from tests.webapp.product import ENVIRONMENT
from tidegate.settings import Settings
from worker import wiring
from worker.parts import Parts


def write_a_line(parts: Parts) -> None:
    deployment = parts.store.deployments.create(new(a_service(parts.store)), FakeClock().now())
    log = parts.open_log(deployment.id, ())
    log.line("build", "hello")
    log.close()
    assert [line.text for line in parts.store.logs.read(deployment.id)] == ["hello"], "the store has it all the same"


CALLS: dict[str, Callable[[Parts], object]] = {
    "a ring that is heard once": lambda parts: parts.bell.drain(),
    "a ring for each": lambda parts: parts.bell.deploy("d"),
    "a ring was heard": lambda parts: parts.bell.heard("drain"),
    "a line of a log": write_a_line,
}


def parts_at(redis: SilentServer, directory: Path) -> Parts:
    """The worker's own, as it wires them."""
    places = {
        "DATABASE_URL": f"sqlite:///{directory}/store.db",
        "REDIS_URL": f"redis://127.0.0.1:{redis.port}/0",
        "TIDEGATE_DATA": str(directory),
        "TIDEGATE_HOSTS": "local unix:///nowhere.sock",
    }
    parts = wiring.make(Settings.from_env({**ENVIRONMENT, **places}, lambda path: ""), "me")
    parts.store.migrate()
    return parts


@pytest.mark.parametrize("call", CALLS)
def test_a_redis_that_is_down_is_tried_once(call: str, tmp_path: Path) -> None:
    with SilentServer(hangs=False).up() as redis:
        parts = parts_at(redis, tmp_path)
        CALLS[call](parts)
        parts.store.close()
        assert redis.tried == 1


@pytest.mark.parametrize("call", CALLS)
def test_a_redis_that_hangs_holds_nobody(call: str, tmp_path: Path) -> None:
    with SilentServer(hangs=True).up() as redis:
        parts = parts_at(redis, tmp_path)
        caller = threading.Thread(target=CALLS[call], args=(parts,))
        caller.start()
        # It hangs for as long as this waits, so what ends, ends by itself.
        wait_until(lambda: not caller.is_alive(), 15)
        parts.store.close()
        assert redis.tried == 1
