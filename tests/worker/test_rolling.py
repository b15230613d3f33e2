"""Several instances are replaced one at a time; if one fails, all are taken back, and no request is lost."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import pytest

from tests.fakes.engine import FakeContainer
from tests.worker.house import DOMAIN, WEB, House, Killed
from tidegate.deployment import Fault, Status
from tidegate.instance import InstanceState
from tidegate.repository import Repository
from worker.ports import Container, Reading, Stop, Unavailable

THREE = WEB + "    numInstances: 3\n"


@pytest.fixture
def live(house: House) -> tuple[House, Repository, str]:
    """Three instances of a first version."""
    repository = house.repository()
    sha = house.push(repository, {"tidegate.yml": THREE})
    house.work()
    assert served(house) == [sha] * 3
    return house, repository, sha


def served(house: House) -> list[str]:
    """The commits of whom the service's name leads to, in order."""
    target = house.router.table.hosts[f"web.{DOMAIN}"]
    servers = house.router.table.backends[target].servers if target else ()
    found = [house.engine.at(address) for address, _ in servers]
    return [each.spec.labels["tidegate.sha"] if each else "nobody" for each in found]


def of(house: House, sha: str) -> list[FakeContainer]:
    return [each for each in house.engine.containers.values() if each.spec.labels["tidegate.sha"] == sha]


def at_start_of(house: House, index: int, sha: Callable[[], str], do: Callable[[Container], None]) -> None:
    """Once the instance of the commit was started, `do` happens to it."""
    real = house.engine.start

    def started(spec: Any) -> Container:
        container = real(spec)
        if spec.name.endswith(f"-i{index}") and spec.labels["tidegate.sha"] == sha():
            do(container)
            return house.engine.inspect(container.id) or container
        return container

    house.engine.start = started  # type: ignore[method-assign]


def taken_back(house: House, repository: Repository, sha: str, good: str) -> None:
    """Out of the router at once; what is under way on those that had traffic is given the time that old ones get."""
    assert house.status(repository, sha) is Status.FAILED
    assert served(house) == [good] * 3
    assert house.status(repository, good) is Status.LIVE
    signals = {each.id: tuple(each.signals) for each in of(house, sha)}
    assert not any(signals.values()), "nobody was told to stop while requests may be under way"
    house.watch(100)
    assert of(house, sha) == [], "no new one is left"
    assert len(of(house, good)) == 3
    assert served(house) == [good] * 3
    assert {each.state for each in house.store.instances.of(house.row(repository, sha).id)} <= {InstanceState.REMOVED}
    assert house.store.retirements.all() == []


def test_each_new_instance_takes_the_place_of_an_old_one(live: tuple[House, Repository, str]) -> None:
    house, repository, good = live
    seen: list[list[str]] = []
    new = ""
    for index in range(3):
        at_start_of(house, index, lambda: new, lambda _: seen.append(served(house)))
    new = house.push(repository)
    house.work()
    assert seen == [[good, good, good], [new, good, good], [new, new, good]]
    assert served(house) == [new, new, new]
    house.watch(100)
    assert (len(of(house, good)), len(of(house, new))) == (0, 3)
    assert served(house) == [new, new, new]


@pytest.mark.parametrize("index", [0, 1, 2])
def test_one_that_fails_takes_the_whole_deploy_back(live: tuple[House, Repository, str], index: int) -> None:
    house, repository, good = live
    new = ""
    at_start_of(house, index, lambda: new, lambda container: house.engine.ends(container.id, 3))
    new = house.push(repository)
    house.work()
    row = house.row(repository, new)
    assert row.fault is Fault.USER
    assert row.reason.startswith(f"instance {index + 1} of 3 failed, so all are taken back: the container exited with")
    assert len(of(house, new)) == index, "those that had traffic may still have something to answer"
    assert house.github.commit_statuses[-1].state == "failure"
    taken_back(house, repository, new, good)


def test_one_that_dies_after_it_was_given_traffic_takes_all_back(live: tuple[House, Repository, str]) -> None:
    house, repository, good = live
    new = ""

    def first_dies(_: Container) -> None:
        house.engine.ends(next(each.id for each in of(house, new) if each.spec.name.endswith("-i0")), 139)

    at_start_of(house, 1, lambda: new, first_dies)
    new = house.push(repository)
    house.work()
    reason = house.row(repository, new).reason
    assert "instance 1 of 3 failed" in reason
    assert "it had answered, and then the container was killed by SIGSEGV" in reason
    taken_back(house, repository, new, good)


def test_one_that_answers_no_more_while_the_next_starts_takes_all_back(live: tuple[House, Repository, str]) -> None:
    house, repository, good = live
    new, started = "", False

    def answer(container: FakeContainer, path: str) -> HTTPStatus:
        """The first is well until the second is there, which never is."""
        ours = container.spec.labels["tidegate.sha"] == new
        return HTTPStatus.SERVICE_UNAVAILABLE if ours and started else HTTPStatus.OK

    def second(_: Container) -> None:
        nonlocal started
        started = True

    at_start_of(house, 1, lambda: new, second)
    house.prober.answer = answer
    new = house.push(repository)
    house.work()
    reason = house.row(repository, new).reason
    assert "instance 1 of 3 failed" in reason
    assert "failed 3 probes in a row: 503" in reason
    taken_back(house, repository, new, good)


def test_a_host_that_cannot_be_asked_for_a_moment_fails_nothing(live: tuple[House, Repository, str]) -> None:
    house, repository, _ = live
    probe, asked = house.prober.probe, 0

    def away(container: str) -> Container | None:
        nonlocal asked
        asked += 1
        raise Unavailable("The Docker host local can't be reached.")

    def last(address: str, port: int, path: str | None, timeout: float, stop: Stop = lambda: False) -> Reading:
        """From the last one's first probe on."""
        found = house.engine.at(address)
        if found is not None and found.spec.name.endswith("-i2"):
            house.engine.inspect = away  # type: ignore[method-assign]
        return probe(address, port, path, timeout, stop)

    house.prober.probe = last  # type: ignore[method-assign]
    new = house.push(repository)
    house.work()
    assert house.status(repository, new) is Status.LIVE
    assert served(house) == [new] * 3
    assert asked > 0


def test_canceled_in_the_middle_it_is_taken_back_too(
    live: tuple[House, Repository, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    house, repository, good = live
    monkeypatch.setattr("worker.heart._LOOK", 0.001)  # the fake clock's minutes are milliseconds
    new = ""

    def cancel(_: Container) -> None:
        assert house.store.deployments.ask_cancel(house.row(repository, new).id, "mona", house.clock.now())
        house.prober.answer = lambda container, path: (
            HTTPStatus.OK if container.spec.name.endswith("-i0") else HTTPStatus.SERVICE_UNAVAILABLE
        )

    at_start_of(house, 1, lambda: new, cancel)
    new = house.push(repository)
    house.work()
    assert house.status(repository, new) is Status.CANCELED
    assert served(house) == [good] * 3
    house.watch(100)
    assert (len(of(house, new)), len(of(house, good))) == (0, 3)


#: Where the worker dies: at the call, the how-manieth of the rollout, before or after it took effect.
#: With the second of the three instances; with the others in `-m long`.
KILLS = [
    pytest.param(part, call, number, after, marks=() if number == 1 else pytest.mark.long)
    for part, call, times in (("engine", "start", 3), ("prober", "probe", 3), ("router", "apply", 3))
    for number in range(times)
    for after in (False, True)
]


def kill_at(house: House, part: str, call: str, number: int, after: bool) -> None:
    target = getattr(house, part)
    real, count = getattr(target, call), 0

    def killed(*arguments: Any) -> Any:
        nonlocal count
        count += 1
        if count <= number:
            return real(*arguments)
        setattr(target, call, real)
        if after:
            real(*arguments)
        raise Killed

    setattr(target, call, killed)


@pytest.mark.parametrize("fails", [False, True], ids=["goes live", "fails"])
@pytest.mark.parametrize(("part", "call", "number", "after"), KILLS)
def test_killed_anywhere_it_is_resumed_by_another(
    live: tuple[House, Repository, str], part: str, call: str, number: int, after: bool, fails: bool
) -> None:
    house, repository, good = live
    new = ""
    if fails:
        at_start_of(house, 2, lambda: new, lambda container: house.engine.ends(container.id, 3))
    new = house.push(repository)
    kill_at(house, part, call, number, after)
    with pytest.raises(Killed):
        house.work()
    assert "nobody" not in served(house), "who is sent to runs"

    house.bell.lose_all()
    house.restart_worker()
    house.watch(45)
    if fails:
        taken_back(house, repository, new, good)
    else:
        assert house.status(repository, new) is Status.LIVE
        assert served(house) == [new] * 3
        house.watch(100)
        assert (len(of(house, good)), len(of(house, new))) == (0, 3)


def test_killed_while_it_is_taken_back_it_is_taken_back_by_another(live: tuple[House, Repository, str]) -> None:
    house, repository, good = live
    new = ""
    at_start_of(house, 2, lambda: new, lambda container: house.engine.ends(container.id, 3))
    new = house.push(repository)
    kill_at(house, "engine", "remove", 0, after=False)
    with pytest.raises(Killed):
        house.work()
    assert served(house) == [good] * 3, "out of the router first"
    house.restart_worker()
    house.watch(45)
    taken_back(house, repository, new, good)


def test_a_leave_that_was_cut_short_is_found_by_the_sweep(
    live: tuple[House, Repository, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    house, repository, good = live
    new = ""
    at_start_of(house, 2, lambda: new, lambda container: house.engine.ends(container.id, 3))

    def killed(*_: object) -> None:
        monkeypatch.undo()
        raise Killed

    monkeypatch.setattr("worker.retire.leave", killed)
    new = house.push(repository)
    with pytest.raises(Killed):
        house.work()
    assert house.store.retirements.all() == []
    house.restart_worker()
    house.watch(10)
    assert len(of(house, new)) == 2, "not removed under what they may still answer"
    taken_back(house, repository, new, good)
