"""More and fewer instances of what is live, without a deploy: asked for in the store, seen to by the watcher."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.fakes.engine import FakeContainer
from tests.worker.house import DOMAIN, WEB, House, Killed
from tidegate.deployment import Health, Status, Trigger
from tidegate.instance import InstanceState
from tidegate.repository import PRODUCTION, Repository
from tidegate.store.scale import scale

TWO = WEB + "    numInstances: 2\n"


@pytest.fixture
def live(house: House) -> tuple[House, Repository, str]:
    """One instance serves."""
    repository = house.repository()
    sha = house.push(repository)
    house.work()
    house.tend()
    return house, repository, sha


def ask(house: House, repository: Repository, count: int) -> str:
    service = house.store.services.by_name(repository.id, "web")
    assert service is not None
    told = scale(house.store, service, PRODUCTION, count, "mona", house.clock.now())
    assert told is not None
    return told


def served(house: House) -> int:
    """How many instances requests go to; each of them runs."""
    target = house.router.table.hosts[f"web.{DOMAIN}"]
    servers = house.router.table.backends[target].servers if target else ()
    assert all(house.engine.at(address) for address, _ in servers), "nobody is sent to who doesn't run"
    return len(servers)


def containers(house: House) -> list[FakeContainer]:
    return sorted(house.engine.containers.values(), key=lambda each: each.spec.name)


def sized(house: House, count: int) -> None:
    house.tend(120)
    assert (served(house), len(containers(house))) == (count, count)
    states = {each.instance.state for each in house.store.instances.tended()}
    assert states == {InstanceState.HEALTHY}


def test_up_and_down_without_a_deploy(live: tuple[House, Repository, str]) -> None:
    house, repository, sha = live
    row = house.row(repository, sha)
    (first,) = containers(house)
    assert ask(house, repository, 3) == "scaled from 1 to 3 instances"
    sized(house, 3)
    assert ask(house, repository, 2) == "scaled from 3 to 2 instances"
    sized(house, 2)
    assert containers(house)[0] is first, "the first is never touched"
    assert house.row(repository, sha) == row, "no deploy, and at no time unwell"
    told = [each.text for each in reversed(house.store.timeline.of_deployment(row.id))]
    assert [each for each in told if "instance" in each and "new instances" not in each] == [
        "scaled from 1 to 3 instances",
        "instance 2 of 3 is added",
        "instance 3 of 3 is added",
        "instance 2 answers (200 OK) and has traffic",
        "instance 3 answers (200 OK) and has traffic",
        "scaled from 3 to 2 instances",
        "instance 3 leaves: 2 wanted",
    ]


def test_what_leaves_finishes_what_it_answers(live: tuple[House, Repository, str]) -> None:
    house, repository, _ = live
    ask(house, repository, 2)
    sized(house, 2)
    leaving = containers(house)[1]
    leaving.process = replace(leaving.process, deaf=True)
    ask(house, repository, 1)
    house.tend()
    assert (served(house), leaving.running, leaving.signals) == (1, True, []), "out of the router first"
    house.tend(58)
    assert leaving.signals == []
    house.tend(5)
    assert (leaving.running, leaving.signals) == (True, ["SIGTERM"])
    house.tend(35)
    assert leaving.signals[-1] == "SIGKILL"
    sized(house, 1)


def test_what_is_wanted_again_stays(live: tuple[House, Repository, str]) -> None:
    house, repository, _ = live
    ask(house, repository, 3)
    sized(house, 3)
    before = containers(house)
    ask(house, repository, 1)
    house.tend(10)
    assert served(house) == 1
    ask(house, repository, 3)
    house.tend()
    assert served(house) == 3
    sized(house, 3)
    assert containers(house) == before
    assert not any(each.signals for each in before)


def test_what_is_wanted_again_too_late_is_made_anew(live: tuple[House, Repository, str]) -> None:
    house, repository, _ = live
    ask(house, repository, 2)
    sized(house, 2)
    ending = containers(house)[1]
    ending.process = replace(ending.process, deaf=True)
    ask(house, repository, 1)
    house.tend(65)
    assert ending.signals == ["SIGTERM"]
    ask(house, repository, 2)
    sized(house, 2)
    assert ending not in containers(house)


def test_it_lasts_from_deploy_to_deploy_until_the_file_says_another_number(
    live: tuple[House, Repository, str],
) -> None:
    house, repository, _ = live
    ask(house, repository, 3)
    sized(house, 3)
    house.push(repository)
    house.work()
    assert served(house) == 3
    house.press(repository, house.row(repository, house.serving() or ""), Trigger.RESTART)
    house.work()
    assert served(house) == 3
    house.push(repository, {"tidegate.yml": TWO})
    house.work()
    assert served(house) == 2


def test_asked_during_a_deploy_it_counts_once_that_is_live(live: tuple[House, Repository, str]) -> None:
    house, repository, _ = live
    real = house.engine.start

    def meanwhile(spec: object) -> object:
        house.engine.start = real  # type: ignore[method-assign]
        ask(house, repository, 3)
        return real(spec)  # type: ignore[arg-type]

    house.engine.start = meanwhile  # type: ignore[method-assign, assignment]
    sha = house.push(repository)
    house.work()
    assert (house.serving(), served(house)) == (sha, 1)
    house.tend(5)
    assert (house.serving(), served(house)) == (sha, 3)


def test_before_anything_is_live_it_counts_from_the_first_deploy_on(house: House) -> None:
    repository = house.repository()
    house.push(repository)
    assert ask(house, repository, 2) == "scaled from 1 to 2 instances, from its next deploy on"
    house.work()
    assert served(house) == 2


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("call", ["start", "stop", "remove"])
def test_a_watcher_killed_midway_is_made_up_for(live: tuple[House, Repository, str], call: str, after: bool) -> None:
    house, repository, _ = live
    if call != "start":
        ask(house, repository, 3)
        sized(house, 3)
    real = getattr(house.engine, call)

    def killed(*arguments: object) -> object:
        setattr(house.engine, call, real)
        if after:
            real(*arguments)
        raise Killed

    setattr(house.engine, call, killed)
    ask(house, repository, 3 if call == "start" else 1)
    with pytest.raises(Killed):
        house.tend(120)
    house.restart_watch()
    sized(house, 3 if call == "start" else 1)


def test_a_host_that_is_down_is_waited_for(live: tuple[House, Repository, str]) -> None:
    house, repository, sha = live
    house.engine.trouble = "The Docker host local can't be reached."
    ask(house, repository, 2)
    house.tend(20)
    assert house.status(repository, sha) is Status.LIVE
    house.engine.trouble = None
    sized(house, 2)


def test_one_that_never_answers_gets_no_traffic_and_is_told(live: tuple[House, Repository, str]) -> None:
    house, repository, sha = live
    house.prober.answer = lambda container, path: 503 if container.spec.name.endswith("-i1") else 200
    ask(house, repository, 2)
    house.tend(60)
    assert served(house) == 1
    assert house.row(repository, sha).health is None, "it is still starting"
    house.tend(900)
    row = house.row(repository, sha)
    assert (served(house), row.status, row.health) == (1, Status.LIVE, Health.DEGRADED)
    assert row.health_reason.startswith("instance 2 has not answered since it was started")
    ask(house, repository, 1)
    sized(house, 1)
    assert house.row(repository, sha).health is Health.HEALTHY


def test_a_deploy_takes_over_from_what_is_being_scaled(live: tuple[House, Repository, str]) -> None:
    house, repository, old = live
    ask(house, repository, 3)
    sized(house, 3)
    ask(house, repository, 2)
    house.tend(1)
    sha = house.push(repository)
    house.work()
    house.tend(1)
    house.watch(120)
    assert (house.serving(), served(house)) == (sha, 2)
    assert {each.spec.labels["tidegate.sha"] for each in containers(house)} == {sha}
    assert house.status(repository, old) is Status.REMOVED


def test_a_place_that_is_not_there_is_said(tmp_path: Path) -> None:
    house = House(tmp_path)
    repository = house.repository()
    house.push(repository)
    service = house.store.services.by_name(repository.id, "web")
    assert service is not None
    assert scale(house.store, service, "pr-7", 2, "mona", house.clock.now()) is None
