"""The sweep forgets what nobody asks about any more, and nothing else."""

from __future__ import annotations

import pytest

from tests.worker.house import House
from tidegate.repository import Delivery
from tidegate.request import Answer
from worker import sweep

HOUR = 3600
DAY = 24 * HOUR


def kept(house: House) -> list[str]:
    names = ["answered", "handled", "pending"]
    return [name for name in names if house.store.answers.get(name) or house.store.deliveries.seen(name)]


@pytest.mark.parametrize("github_is_down", [False, True])
def test_answers_and_handled_deliveries_are_forgotten_in_time(house: House, github_is_down: bool) -> None:
    now = house.clock.now()
    house.store.answers.put(Answer("answered", 200), now)
    house.store.deliveries.put([Delivery(guid, "push", b"{}", now) for guid in ("handled", "pending")])
    house.store.deliveries.handled(["handled"], now)
    if github_is_down:
        house.github.down()
    for wait, expected in [
        (HOUR, ["answered", "handled", "pending"]),
        (1, ["handled", "pending"]),
        (4 * DAY - HOUR - 1, ["handled", "pending"]),
        (1, ["pending"]),
        (30 * DAY, ["pending"]),
    ]:
        house.clock.advance(wait)
        sweep.catch_up(house.parts)
        assert kept(house) == expected, house.clock.now()
