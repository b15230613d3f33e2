"""From when a gate's times count: from its last opening, and for one that is closed from the beginning."""

from __future__ import annotations

from tests.worker.house import GATED, House
from tidegate.deployment import Status
from tidegate.repository import Repository

HOUR = 3600


def closed(house: House) -> tuple[Repository, str]:
    """A commit whose check failed."""
    repository = house.repository()
    sha = house.push(repository, {"tidegate.yml": GATED})
    house.conclude(repository, sha, "failure")
    house.work()
    assert house.status(repository, sha) is Status.SKIPPED
    return repository, sha


def test_one_that_is_opened_again_waits_a_day_from_then(house: House) -> None:
    repository, sha = closed(house)
    house.clock.advance(23 * HOUR)
    house.conclude(repository, sha, None)
    house.work()
    house.clock.advance(20 * HOUR)
    house.watch(60, every=20)
    assert house.status(repository, sha) is Status.WAITING
    house.clock.advance(5 * HOUR)
    house.watch(60, every=20)
    assert house.status(repository, sha) is Status.SKIPPED
    assert "did not finish within 24 h" in house.row(repository, sha).reason


def test_one_that_is_opened_again_settles_once(house: House) -> None:
    repository, sha = closed(house)
    house.clock.advance(60)
    house.conclude(repository, sha, "success")
    house.work()
    assert house.status(repository, sha) is Status.WAITING
    house.watch(4)
    assert house.status(repository, sha) is Status.WAITING
    house.watch(3)
    assert house.status(repository, sha) is Status.LIVE


def test_one_that_closed_for_want_of_checks_stays_closed_until_there_are_some(house: House) -> None:
    repository = house.repository()
    sha = house.push(repository, {"tidegate.yml": GATED})
    house.watch(620, every=20)
    assert house.status(repository, sha) is Status.SKIPPED
    version = house.row(repository, sha).version
    house.watch(620, every=20)
    assert house.row(repository, sha).version == version
    house.conclude(repository, sha, "success")
    house.watch(10, every=2)
    assert house.status(repository, sha) is Status.LIVE
