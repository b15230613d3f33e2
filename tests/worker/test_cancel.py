"""A deploy that is canceled, at whatever step it stands: it ends there, nothing of it stays, the old version serves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.waiting import wait_until
from tests.worker.house import WEB, House
from tests.worker.test_hosts import HOSTS
from tidegate.deployment import Status
from tidegate.repository import Repository
from tidegate.routing import RoutingTable
from worker.datadir import DataDir
from worker.heart import Heart
from worker.ports import Unavailable

WORKER = "services:\n  - name: web\n    type: worker\n"
DISK = WEB + "    disk: {name: data, mountPath: /data, sizeGB: 5}\n"
MIGRATES = WEB + "    preDeployCommand: sleep 1000\n"
TWO = WEB + "    numInstances: 2\n"
MUTE = 'FROM scratch\nCMD ["/bin/sh", "-c", "sleep 1000"]\n'


@dataclass(frozen=True)
class Case:
    """Canceled at this call of a part, which then goes on; `file` is the deploy file, `dockerfile` the new version's.
    `ended`: the step that it stood in, as it ended; None: it was between two."""

    part: str
    call: str
    ended: tuple[str, str] | None
    file: str = WEB
    dockerfile: str | None = None
    hosts: str = ""


CASES = {
    "waiting for a build of the same tree": Case("store.leases", "take", None),
    "fetch": Case("source", "export", ("fetch", "canceled")),
    "build": Case("engine", "build", ("build", "canceled"), dockerfile="FROM scratch\nRUN sleep 1000\n"),
    "the image is on its way to a second host": Case("engines.there", "load", None, TWO, hosts=HOSTS),
    "pre-deploy": Case("engine", "run", ("pre-deploy", "canceled"), MIGRATES),
    "an instance that doesn't answer": Case("prober", "probe", ("start", "canceled"), dockerfile=MUTE),
    "a worker that must stay up": Case("engine", "start", ("start", "canceled"), WORKER, MUTE),
    "the old one makes way with its disk": Case("engine", "stop", ("start", "canceled"), DISK),
    "the router can't be reached": Case("router", "apply", ("switch", "canceled")),
}


@pytest.fixture
def hearts(monkeypatch: pytest.MonkeyPatch) -> list[Heart]:
    """Those of rollouts, as they begin."""
    begun, enter = list[Heart](), Heart.__enter__

    def noted(heart: Heart) -> Heart:
        begun.append(heart)
        return enter(heart)

    monkeypatch.setattr(Heart, "__enter__", noted)
    monkeypatch.setattr("worker.heart._LOOK", 0.01)
    return begun


def at(house: House, case: Case, cancel: Callable[[], None]) -> None:
    """The first call of a rollout finds the wish to cancel."""
    target: Any = house
    for name in case.part.split("."):
        target = target[name] if isinstance(target, dict) else getattr(target, name)
    real = getattr(target, case.call)

    def called(*arguments: Any) -> Any:
        if case.part == "store.leases" and not arguments[0].startswith("build:"):
            return real(*arguments)
        setattr(target, case.call, real)
        cancel()
        if case.part == "store.leases":
            return False  # another builds it
        if case.part == "router":
            raise Unavailable("The router can't be reached.")
        return real(*arguments)

    setattr(target, case.call, called)


def canceled(house: House, repository: Repository, case: Case, hearts: list[Heart]) -> str:
    """A new version's commit, whose deploy was canceled at that call."""
    new = {} if case.dockerfile is None else {"Dockerfile": case.dockerfile}
    sha = house.commit(repository, {"tidegate.yml": case.file, **new})

    def cancel() -> None:
        assert house.store.deployments.ask_cancel(house.row(repository, sha).id, "mona", house.clock.now())
        wait_until(hearts[-1].stop)

    at(house, case, cancel)
    house.tell(house.pushed(repository, sha))
    house.work()
    return sha


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_at_any_step_it_leaves_nothing(case: Case, tmp_path: Path, hearts: list[Heart]) -> None:
    house = House(tmp_path, **({"TIDEGATE_HOSTS": case.hosts} if case.hosts else {}))
    repository = house.repository()
    first = {} if case.dockerfile is None or case.file != WORKER else {"Dockerfile": case.dockerfile}
    good = house.push(repository, {"tidegate.yml": case.file.replace("sleep 1000", "echo done"), **first})
    house.work()
    house.tend()
    assert house.status(repository, good) is Status.LIVE
    before = routes(house)

    sha = canceled(house, repository, case, hearts)
    row = house.row(repository, sha)
    assert (row.status, row.reason) == (Status.CANCELED, "canceled by mona")
    ended = [(each.step, each.outcome) for each in house.store.phases.of(row.id)]
    assert [each for each in ended if each[1] not in {"ok", "skipped"}] == ([case.ended] if case.ended else [])

    house.watch(20, every=10)
    house.tend(2)  # who made way comes back
    there = [each for engine in house.engines.values() for each in engine.containers.values()]
    assert {(each.spec.labels["tidegate.sha"], each.running) for each in there} == {(good, True)}
    assert routes(house) == before
    assert house.status(repository, good) is Status.LIVE
    trees = DataDir(house.settings.data).trees
    assert not trees.exists() or list(trees.iterdir()) == []
    run = next(run for run in house.github.check_runs.values() if run.output.sha == sha)
    assert run.output.conclusion == "cancelled"
    house.store.close()


def routes(house: House) -> dict[str, str | None]:
    return dict(house.router.table.hosts)


def test_once_traffic_is_being_switched_it_comes_too_late_and_the_deploy_is_live(
    tmp_path: Path, hearts: list[Heart]
) -> None:
    house = House(tmp_path)
    repository = house.repository()
    house.push(repository)
    house.work()
    sha, real = house.commit(repository), house.router.apply

    def apply(table: Callable[[], RoutingTable]) -> None:
        house.router.apply = real  # type: ignore[method-assign]
        assert house.store.deployments.ask_cancel(house.row(repository, sha).id, "mona", house.clock.now())
        wait_until(hearts[-1].stop)
        real(table)

    house.router.apply = apply  # type: ignore[method-assign]
    house.tell(house.pushed(repository, sha))
    house.work()
    assert house.status(repository, sha) is Status.LIVE
    assert house.serving() == sha
    assert "mona asked to cancel" in [
        each.text for each in house.store.timeline.of_deployment(house.row(repository, sha).id)
    ]
