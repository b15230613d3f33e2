"""A Docker host that goes away under a deploy and comes back, its containers ended: the step begins again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from tests.worker.house import GATED, WEB, House
from tidegate.deployment import Fault, Status
from tidegate.repository import Repository
from worker.ports import Away, Container, Unavailable

_TROUBLE = "The Docker host local can't be reached."
_DETAIL = "The Docker host local at tcp://10.20.30.40:2376 can't be reached."
_ALL_STEPS = WEB + "    numInstances: 3\n    preDeployCommand: echo ready\n"


@pytest.fixture
def live(house: House) -> tuple[House, Repository, str]:
    """Three instances of a first version serve."""
    repository = house.repository()
    sha = house.push(repository, {"tidegate.yml": _ALL_STEPS})
    house.work()
    assert house.serving() == sha
    return house, repository, sha


def goes_away(house: House, *, seconds: float = 5) -> None:
    """All its containers end, and it answers again after that time of somebody's sleep."""
    back, sleep = house.clock.now() + timedelta(seconds=seconds), house.clock.sleep

    def slept(pause: float) -> None:
        sleep(pause)
        if house.clock.now() >= back:
            house.engine.trouble = None

    house.engine.restarts()
    house.engine.trouble = _TROUBLE
    house.clock.sleep = slept  # type: ignore[assignment, method-assign]


def goes_away_under(house: House, call: str, number: int = 1, times: float = 1) -> None:
    """The `number`th call, and as many from there on as are said, have no answer but that."""
    real, made = getattr(house.engine, call), 0

    def cut(*arguments: Any) -> Any:
        nonlocal made
        made += 1
        if house.engine.trouble is None and number <= made < number + times:
            real(*arguments)
            goes_away(house)
            raise Away(_TROUBLE, detail=_DETAIL)
        return real(*arguments)

    setattr(house.engine, call, cut)


@pytest.mark.parametrize(
    ("call", "number"),
    [("build", 1), ("run", 1), ("start", 1), ("start", 2), ("start", 3), ("ensure_network", 1), ("image_id", 1)],
)
def test_it_fails_no_deploy(live: tuple[House, Repository, str], call: str, number: int) -> None:
    house, repository, _ = live
    sha = house.push(repository)
    goes_away_under(house, call, number)
    house.work()
    assert house.status(repository, sha) is Status.LIVE
    house.watch(100)
    assert house.serving() == sha
    containers = list(house.engine.containers.values())
    assert [(each.spec.labels["tidegate.sha"], each.running) for each in containers] == [(sha, True)] * 3


@pytest.mark.parametrize("index", [0, 1, 2])
def test_instances_that_end_with_it_while_one_is_waited_for_are_nobody_s_failure(
    live: tuple[House, Repository, str], index: int
) -> None:
    house, repository, _ = live
    real, struck = house.engine.start, False

    def started(spec: Any) -> Container:
        nonlocal struck
        container = real(spec)
        if spec.name.endswith(f"-i{index}") and not struck:
            struck = True
            goes_away(house)
        return container

    sha = house.push(repository)
    house.engine.start = started  # type: ignore[method-assign]
    house.work()
    assert struck
    assert house.status(repository, sha) is Status.LIVE
    house.watch(100)
    target = house.router.table.hosts["web.apps.test"]
    assert target is not None
    answering = [house.engine.at(address) for address, _ in house.router.table.backends[target].servers]
    assert [each and each.spec.labels["tidegate.sha"] for each in answering] == [sha] * 3


def test_a_build_that_brings_it_down_each_time_ends_as_the_platform_s_failure(
    live: tuple[House, Repository, str],
) -> None:
    house, repository, good = live
    sha = house.push(repository)
    before = len(house.engine.orders)
    goes_away_under(house, "build", times=float("inf"))
    with capture_logs() as logged:
        house.work()
    row = house.row(repository, sha)
    assert (row.status, row.fault) == (Status.FAILED, Fault.PLATFORM)
    said = [row.reason, *(line.text for line in house.store.logs.read(row.id))]
    said += [each.text for each in house.store.timeline.of_deployment(row.id)]
    assert sum("local can't be reached" in each for each in said) > 4
    assert not any("10.20.30.40" in each for each in said), "who runs the server finds that in its own log"
    assert any(each.get("trouble") == _DETAIL for each in logged)
    assert len(house.engine.orders) - before == 4
    house.watch(100)
    assert house.serving() == good


def test_a_build_ahead_begins_again(house: House) -> None:
    repository = house.repository()
    goes_away_under(house, "build")
    sha = house.push(repository, {"tidegate.yml": GATED})
    house.work()
    assert house.status(repository, sha) is Status.WAITING
    assert len(house.engine.orders) == 2
    assert len(house.engine.images) == 1
    house.conclude(repository, sha)
    house.watch(10)
    assert house.serving() == sha
    assert len(house.engine.orders) == 2, "what was built ahead is what is deployed"


def test_a_build_ahead_is_given_up_where_the_host_stays_away(house: House) -> None:
    repository = house.repository()
    real = house.engine.build

    def cut(*arguments: Any) -> Any:
        house.engine.trouble = _TROUBLE
        return real(*arguments)

    house.engine.build = cut  # type: ignore[assignment, method-assign]
    sha = house.push(repository, {"tidegate.yml": GATED})
    begun = house.clock.now()
    house.work()
    assert (house.clock.now() - begun).total_seconds() >= 50
    assert house.status(repository, sha) is Status.WAITING
    told = [line.text for line in house.store.logs.read(house.row(repository, sha).id)]
    assert any("can't be reached" in line for line in told)
    house.engine.trouble = None
    house.engine.build = real  # type: ignore[method-assign]
    house.conclude(repository, sha)
    house.watch(10)
    assert house.serving() == sha, "the rollout builds for itself"


def test_a_host_that_answers_but_cannot_build_is_not_asked_again(live: tuple[House, Repository, str]) -> None:
    """Its disk is full, say."""
    house, repository, _ = live
    asked = 0

    def full(*arguments: Any) -> str:
        nonlocal asked
        asked += 1
        raise Unavailable("Docker host local is out of disk space.")

    sha = house.push(repository)
    house.engine.build = full  # type: ignore[assignment, method-assign]
    house.work()
    assert house.status(repository, sha) is Status.FAILED
    assert asked == 1
