"""What an instance may write, and what it runs in: too much is stopped and made anew; previews may have a sandbox."""

from __future__ import annotations

from pathlib import Path

from tests.fakes.engine import FakeContainer
from tests.worker.house import PREVIEWED, WEB, House
from tidegate.container import ContainerSpec
from tidegate.deployment import Fault, Status
from tidegate.preview import environment_of
from tidegate.retention import GIGABYTE
from worker.watch import Watch


def test_one_that_has_written_too_much_is_made_anew(house: House) -> None:
    repository = house.repository()
    sha = house.push(repository)
    house.work()
    house.tend()
    (old,) = house.engine.containers.values()
    house.engine.sizes[old.id] = 10 * GIGABYTE
    house.tending.measured(house.engine.written())
    house.tend(5)
    assert list(house.engine.containers) == [old.id], "as much as it may"
    house.engine.sizes[old.id] += 1
    house.tending.measured(house.engine.written())
    house.tend(5)
    (new,) = house.engine.containers.values()
    assert new.id != old.id, "with nothing of what was written"
    assert new.spec == old.spec
    assert old.signals == ["SIGTERM"]
    assert house.serving() == sha
    assert house.router.answer("web.apps.test") == new.spec.labels["tidegate.deployment"]
    told = house.timeline(repository)
    assert told.index("instance-outgrown") < told.index("instance-restarted") < told.index("instance-recovered")
    house.tending.measured(house.engine.written())
    house.tend(60)
    assert list(house.engine.containers) == [new.id]


def test_one_is_measured_again_by_another_watcher(house: House) -> None:
    repository = house.repository()
    house.push(repository)
    house.work()
    house.tend()
    (old,) = house.engine.containers.values()
    house.engine.sizes[old.id] = 11 * GIGABYTE
    house.tending.measured(house.engine.written())
    house.tending.turn()
    house.restart_watch()
    house.tend(5)
    house.tending.measured(house.engine.written())
    house.tend(5)
    assert old.id not in house.engine.containers


def test_the_leading_watcher_measures_and_no_other(house: House) -> None:
    repository = house.repository()
    house.push(repository)
    house.work()
    watch = Watch(house.parts)
    (old,) = house.engine.containers.values()
    house.engine.sizes[old.id] = 11 * GIGABYTE
    for tending in watch.tendings:
        watch.measure(tending)
        watch.tend(tending)
    assert old.signals == [], "it doesn't lead"
    watch.ring()
    for tending in watch.tendings:
        watch.measure(tending)
        watch.tend(tending)
    assert old.signals == ["SIGTERM"]
    watch.stop()


def test_a_read_only_service_is_so_in_its_pre_deploy_command_too(house: House) -> None:
    ran, create = list[bool](), house.engine._create

    def noted(spec: ContainerSpec) -> FakeContainer:
        ran.append(spec.read_only)
        return create(spec)

    house.engine._create = noted  # type: ignore[method-assign]
    repository = house.repository()
    sha = house.push(
        repository, {"tidegate.yml": f"{WEB}    readOnlyRootFilesystem: true\n    preDeployCommand: echo ready\n"}
    )
    house.work()
    assert house.status(repository, sha) is Status.LIVE
    assert ran == [True, True]


def test_previews_run_in_the_sandbox_and_production_does_not(tmp_path: Path) -> None:
    house = House(tmp_path, TIDEGATE_PREVIEW_RUNTIME="runsc")
    house.engine.runtimes.add("runsc")
    repository = house.repository()
    house.push(repository, {"tidegate.yml": PREVIEWED})
    house.work()
    pull = house.open(repository)
    house.work()
    runtimes = {
        each.spec.labels["tidegate.environment"]: each.spec.runtime for each in house.engine.containers.values()
    }
    assert runtimes == {"production": None, environment_of(pull.number): "runsc"}
    preview = next(each for each in house.engine.containers.values() if each.spec.runtime)
    house.tend()
    house.engine.remove(preview.id)
    house.tend(30)
    assert [each.spec.runtime for each in house.engine.containers.values()].count("runsc") == 1, "made anew so"


def test_a_sandbox_that_the_host_does_not_have_fails_the_preview_and_is_not_the_users_fault(tmp_path: Path) -> None:
    house = House(tmp_path, TIDEGATE_PREVIEW_RUNTIME="runsc")
    repository = house.repository()
    house.push(repository, {"tidegate.yml": PREVIEWED})
    house.work()
    pull = house.open(repository)
    house.work()
    row = house.row(repository, pull.head_sha, environment=environment_of(pull.number))
    assert (row.status, row.fault) == (Status.FAILED, Fault.PLATFORM)
    assert "no runtime `runsc`" in row.reason
