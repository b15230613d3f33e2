"""Old instances on several hosts leave each by itself: a host that is away holds up its own, and cuts none short."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.fakes.engine import FakeContainer, FakeEngine
from tests.worker.house import DOCKERFILE, WEB, House, Killed
from tidegate.deployment import Status
from tidegate.instance import InstanceState
from tidegate.repository import Repository

HOSTS = "here unix:///here eu, there unix:///there us"
TWO = WEB + "    numInstances: 2\n    maxShutdownDelaySeconds: 20\n"
#: Seconds from the switch to SIGTERM.
OVERLAP = 60


class Leaving:
    """Of two hosts each has an instance of the version that was just replaced, which ends at SIGKILL only."""

    def __init__(self, place: Path) -> None:
        self.house = House(place, TIDEGATE_HOSTS=HOSTS)
        self.repository: Repository = self.house.repository()
        deaf = DOCKERFILE.replace("exec httpd", "trap '' TERM; exec httpd")
        self.sha = self._push({"tidegate.yml": TWO, "Dockerfile": deaf})
        self.here, self.there = self.house.engines.values()
        self.on_here, self.on_there = (self._old(engine) for engine in (self.here, self.there))
        self._push({"tidegate.yml": TWO, "Dockerfile": DOCKERFILE})

    def _push(self, files: dict[str, str]) -> str:
        sha = self.house.push(self.repository, files)
        self.house.work()
        assert self.house.serving() == sha
        return sha

    def _old(self, engine: FakeEngine) -> FakeContainer:
        (found,) = engine.containers.values()
        return found

    def is_there(self) -> tuple[bool, bool]:
        """Whether each host still has its old instance."""
        return self.on_here.id in self.here.containers, self.on_there.id in self.there.containers

    def status(self) -> Status:
        return self.house.status(self.repository, self.sha)

    def seconds(self) -> float:
        """What it took to retire, as the deployment's steps tell."""
        row = self.house.row(self.repository, self.sha)
        (step,) = [each for each in self.house.store.phases.of(row.id) if each.step == "retire"]
        assert step.ended_at is not None
        return (step.ended_at - step.started_at).total_seconds()


@pytest.fixture
def leaving(tmp_path: Path) -> Leaving:
    return Leaving(tmp_path)


@pytest.mark.parametrize("away", ["here", "there"])
def test_each_has_its_signal_once_its_host_can_be_reached_and_its_delay_from_then(leaving: Leaving, away: str) -> None:
    """Each look is another process's, so that all of it is in the store."""
    house = leaving.house

    def watch(seconds: int) -> None:
        house.restart_worker()
        house.watch(seconds)

    near, far = (leaving.on_there, leaving.on_here) if away == "here" else (leaving.on_here, leaving.on_there)
    watch(OVERLAP - 10)
    house.engines[away].cut()
    watch(15)
    assert (near.signals, far.signals) == (["SIGTERM"], [])
    watch(13)
    assert near.running, "its delay is 20 s"
    watch(5)
    assert (near.running, far.running) == (False, True), "what answers isn't held up"
    assert leaving.status() is Status.DRAINING
    watch(30)
    house.engines[away].mend()
    watch(3)
    assert (far.signals, far.running) == (["SIGTERM"], True)
    watch(15)
    assert far.running, "its delay begins with its own signal"
    watch(5)
    assert leaving.is_there() == (False, False)
    assert (near.signals, far.signals) == (["SIGTERM"], ["SIGTERM"])
    assert leaving.status() is Status.REMOVED
    assert OVERLAP + 70 <= leaving.seconds() <= OVERLAP + 80, "until the last was gone"


def test_a_host_that_goes_away_after_the_signal_brings_nobody_another_or_a_longer_delay(leaving: Leaving) -> None:
    leaving.house.watch(OVERLAP + 5)
    assert leaving.on_there.signals == ["SIGTERM"]
    leaving.there.cut()
    leaving.house.watch(20)
    assert leaving.is_there() == (False, True)
    leaving.there.mend()
    leaving.house.watch(1)
    assert leaving.is_there() == (False, False)
    assert leaving.on_there.signals == ["SIGTERM"]


def test_one_that_is_gone_when_its_host_is_back_is_waited_for_no_longer(leaving: Leaving) -> None:
    leaving.there.cut()
    leaving.house.watch(OVERLAP + 30)
    assert leaving.status() is Status.DRAINING
    del leaving.there.containers[leaving.on_there.id]
    leaving.there.mend()
    leaving.house.watch(3)
    assert leaving.status() is Status.REMOVED


def test_nobody_is_waited_for_whose_host_the_settings_name_no_more(leaving: Leaving) -> None:
    store, row = leaving.house.store, leaving.house.row(leaving.repository, leaving.sha)
    (lost,) = [each for each in store.instances.of(row.id) if each.host == "there"]
    store.instances.put(replace(lost, host="sold"))
    leaving.house.watch(OVERLAP + 2)
    assert (leaving.on_here.signals, leaving.on_here.running, leaving.status()) == (["SIGTERM"], True, Status.DRAINING)
    leaving.house.watch(20)
    assert leaving.status() is Status.REMOVED


def test_a_watcher_that_is_killed_at_the_signal_sends_it_again_rather_than_never(
    leaving: Leaving, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(leaving.house.store.instances, "told_to_end", killed)
        with pytest.raises(Killed):
            leaving.house.watch(OVERLAP + 1)
    leaving.house.restart_worker()
    leaving.house.watch(3)
    assert leaving.on_here.signals == ["SIGTERM", "SIGTERM"]
    assert leaving.on_there.signals == ["SIGTERM"]
    assert leaving.is_there() == (True, True), "it has its delay"
    leaving.house.watch(20)
    assert leaving.is_there() == (False, False)


def test_what_was_due_of_one_that_was_ill_is_not_its_deadline(leaving: Leaving) -> None:
    """It was to be stopped for its health soon, when its deployment was replaced."""
    store, row = leaving.house.store, leaving.house.row(leaving.repository, leaving.sha)
    ill = store.instances.of(row.id)[0]
    soon = leaving.house.clock.now()
    store.instances.put(replace(ill, state=InstanceState.UNHEALTHY, due_at=soon))
    leaving.house.watch(OVERLAP + 3)
    assert (leaving.on_here.signals, leaving.on_there.signals) == (["SIGTERM"], ["SIGTERM"])
    assert leaving.is_there() == (True, True)
