"""A service of type worker: nothing can be asked of it, so it is well for as long as it runs."""

from __future__ import annotations

import pytest

from tests.worker.house import House
from tidegate.container import network_name
from tidegate.deployment import Fault, Status
from tidegate.instance import InstanceState
from tidegate.repository import Repository

WORKER = "services:\n  - name: jobs\n    type: worker\n"


def runs(script: str) -> dict[str, str | None]:
    return {"tidegate.yml": WORKER, "Dockerfile": f'FROM scratch\nCMD ["/bin/sh", "-c", "{script}"]\n'}


@pytest.fixture
def repository(house: House) -> Repository:
    return house.repository()


def live(house: House, repository: Repository, script: str = "echo working; sleep 1000") -> str:
    sha = house.push(repository, runs(script))
    house.work()
    assert house.status(repository, sha, "jobs") is Status.LIVE
    return sha


def running(house: House) -> list[str]:
    return [each.spec.labels["tidegate.sha"] for each in house.engine.containers.values() if each.running]


def states(house: House, repository: Repository, sha: str) -> list[InstanceState]:
    return [each.state for each in house.store.instances.of(house.row(repository, sha, "jobs").id)]


def test_it_is_live_once_it_has_stayed_up_and_has_no_address(house: House, repository: Repository) -> None:
    began = house.clock.now()
    sha = live(house, repository)
    assert (house.clock.now() - began).total_seconds() >= house.settings.timing.grace
    assert house.prober.probes == 0
    assert (house.router.table.hosts, house.router.table.backends) == ({}, {})
    assert not house.engine.found_by(network_name(repository.id, "production"), "jobs")
    row = house.row(repository, sha, "jobs")
    told = [line.text for line in house.store.logs.read(row.id)]
    assert "working" in told
    assert "instance 1 has stayed up for 10 s" in told
    shown = [each for made in house.github.deployments.values() for each in made.states]
    assert (shown[-1].state, shown[-1].environment_url) == ("success", None)


@pytest.mark.parametrize("code", [0, 3])
def test_a_version_that_ends_before_its_time_fails_and_the_old_one_runs_on(
    house: House, repository: Repository, code: int
) -> None:
    good = live(house, repository)
    bad = house.push(repository, runs(f"echo no queue; exit {code}"))
    house.work()
    row = house.row(repository, bad, "jobs")
    assert (row.status, row.fault) == (Status.FAILED, Fault.USER)
    assert row.reason == f"the container exited with code {code} before it had stayed up for 10 s"
    run = next(run for run in house.github.check_runs.values() if run.output.sha == bad)
    assert "no queue" in run.output.text
    assert running(house) == [good]
    assert house.status(repository, good, "jobs") is Status.LIVE


def test_the_old_one_is_retired_after_its_overlap(house: House, repository: Repository) -> None:
    old = live(house, repository)
    new = live(house, repository, "echo more; sleep 1000")
    assert running(house) == [old, new]
    house.watch(100)
    assert running(house) == [new]
    assert house.status(repository, old, "jobs") is Status.REMOVED


def test_a_worker_that_was_killed_in_the_middle_is_resumed(house: House, repository: Repository) -> None:
    sha = house.push(repository, runs("sleep 1000"))
    row = house.row(repository, sha, "jobs")
    assert house.store.deployments.claim(row.id, "dead", 5, house.clock.now())
    house.restart_worker()
    house.watch(60)
    assert house.status(repository, sha, "jobs") is Status.LIVE
    assert running(house) == [sha]


def test_a_crash_is_mended_and_over_once_it_has_stayed_up(house: House, repository: Repository) -> None:
    sha = live(house, repository)
    house.tend(5)
    (container,) = house.engine.containers.values()
    house.engine.ends(container.id, 1)
    house.tending.ring(container.id)
    house.tend(5)
    assert states(house, repository, sha) == [InstanceState.STARTING]
    assert house.status(repository, sha, "jobs") is Status.CRASHED
    house.tend(10)
    assert states(house, repository, sha) == [InstanceState.HEALTHY]
    assert house.status(repository, sha, "jobs") is Status.LIVE
    assert "instance-recovered" in house.timeline(repository)


def test_one_that_crashes_again_and_again_is_left_alone(house: House, repository: Repository) -> None:
    sha = live(house, repository)
    for _ in range(house.settings.restart_limit + 1):
        house.tend(70)
        (container,) = house.engine.containers.values()
        house.engine.ends(container.id, 1)
        house.tending.ring(container.id)
        house.tend()
    house.tend(300)
    assert states(house, repository, sha) == [InstanceState.CRASHED]
    assert house.status(repository, sha, "jobs") is Status.CRASHED


def test_a_host_that_cannot_be_asked_makes_nothing_well(house: House, repository: Repository) -> None:
    sha = live(house, repository)
    house.tend(5)
    (container,) = house.engine.containers.values()
    house.engine.ends(container.id, 1)
    house.tending.ring(container.id)
    house.tend(2)
    house.engine.trouble = "Docker host local can't be reached"
    house.tend(60)
    assert states(house, repository, sha) == [InstanceState.STARTING]
    house.engine.trouble = None
    house.tend(60)
    assert states(house, repository, sha) == [InstanceState.HEALTHY]
