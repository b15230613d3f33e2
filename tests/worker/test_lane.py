"""One deployment at a time in each place: what becomes of the one that runs when a newer one comes (SEMANTICS 4)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.waiting import wait_until
from tests.worker.house import House
from tidegate.deployment import Status


def test_override_cancels_the_running_one_and_says_for_which(tmp_path: Path) -> None:
    house = House(tmp_path, TIDEGATE_OVERLAP_POLICY="override")
    repository = house.repository()
    first = house.push(repository)
    build, pushed = house.engine.build, list[str]()

    def overtaken_meanwhile(order: Any, on_line: Any, timeout: float, stop: Callable[[], bool]) -> str:
        if not pushed:
            pushed.append(house.push(repository))
            wait_until(stop)
        return build(order, on_line, timeout, stop)

    house.engine.build = overtaken_meanwhile  # type: ignore[method-assign]
    house.work()
    second = pushed[0]
    row = house.row(repository, first)
    assert (row.status, row.reason) == (Status.CANCELED, f"canceled to make room for {second[:7]}")
    assert house.status(repository, second) is Status.LIVE


def test_once_the_running_one_is_canceled_the_one_that_waits_starts(house: House) -> None:
    repository = house.repository()
    first = house.push(repository)
    build, pushed = house.engine.build, list[str]()

    def canceled_meanwhile(order: Any, on_line: Any, timeout: float, stop: Callable[[], bool]) -> str:
        if not pushed:
            pushed.append(house.push(repository))
            assert house.store.deployments.ask_cancel(house.row(repository, first).id, "mona", house.clock.now())
            wait_until(stop)
        return build(order, on_line, timeout, stop)

    house.engine.build = canceled_meanwhile  # type: ignore[method-assign]
    house.work()
    row = house.row(repository, first)
    assert (row.status, row.reason) == (Status.CANCELED, "canceled by mona")
    assert house.status(repository, pushed[0]) is Status.LIVE
