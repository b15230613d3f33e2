"""A service with a disk: one instance, stopped before the next one starts, and back where that one fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fakes.engine import FakeContainer
from tests.worker.house import DOCKERFILE, PREVIEWED, WEB, House, Killed
from tests.worker.test_rolling import at_start_of, kill_at
from tidegate import wording
from tidegate.container import ContainerSpec
from tidegate.deployment import Status, Trigger
from tidegate.disk import OVER_SIZE, volume_name
from tidegate.instance import InstanceState
from tidegate.placement import Admission
from tidegate.repository import PRODUCTION, Repository
from tidegate.retention import GIGABYTE
from tidegate.scaling import Scaling
from tidegate.store.scale import Unscalable, scale
from worker import usage
from worker.ports import OnLine, Stop

DISK = "    disk: {name: data, mountPath: /data, sizeGB: 5}\n"
KEPT = WEB + DISK


@pytest.fixture
def live(house: House) -> tuple[House, Repository, str]:
    """A first version serves, with the disk."""
    repository = house.repository()
    sha = house.push(repository, {"tidegate.yml": KEPT})
    house.work()
    house.tend()
    assert house.serving() == sha
    return house, repository, sha


def volume(repository: Repository, place: str = PRODUCTION) -> str:
    return volume_name(repository.id, place, "web", "data")


def writers(house: House) -> list[str]:
    """The commits of the containers that run with the disk."""
    there = (each for each in house.engine.containers.values() if each.running and each.spec.disk)
    return [each.spec.labels["tidegate.sha"] for each in there]


def watched(house: House) -> list[int]:
    """How many ran with the disk right after each start, from now on."""
    counts, real = list[int](), house.engine._create

    def create(spec: object) -> FakeContainer:
        made = real(spec)  # type: ignore[arg-type]  # what it was called with
        counts.append(len(writers(house)) + made.running)
        return made

    house.engine._create = create  # type: ignore[method-assign]
    return counts


def back(house: House, repository: Repository, sha: str, failed: str) -> None:
    """The version before serves again, with the disk to itself."""
    house.watch(20, every=10)
    house.tend(2)
    assert house.status(repository, failed) in {Status.FAILED, Status.CANCELED}
    assert house.serving() == sha
    assert house.status(repository, sha) is Status.LIVE
    assert writers(house) == [sha]
    assert [each.state for each in house.store.instances.of(house.row(repository, sha).id)] == [InstanceState.HEALTHY]


def test_its_instance_has_the_volume_and_the_pre_deploy_command_has_not(house: House) -> None:
    ran, real = list[object](), house.engine.run

    def run(spec: ContainerSpec, on_line: OnLine, timeout: float, stop: Stop) -> int:
        ran.append(spec.disk)
        return real(spec, on_line, timeout, stop)

    house.engine.run = run  # type: ignore[method-assign]
    repository = house.repository()
    sha = house.push(repository, {"tidegate.yml": f"{KEPT}    preDeployCommand: echo migrated\n"})
    house.work()
    assert house.status(repository, sha) is Status.LIVE
    assert ran == [None]
    (container,) = house.engine.containers.values()
    assert container.spec.disk is not None
    assert (container.spec.disk.volume, container.spec.disk.path) == (volume(repository), "/data")
    labels = house.engine.volumes[volume(repository)]
    assert (labels["tidegate.service"], labels["tidegate.environment"]) == ("web", PRODUCTION)


def test_the_old_one_stops_first_and_it_is_said(live: tuple[House, Repository, str]) -> None:
    house, repository, old = live
    counts = watched(house)
    new = house.push(repository)
    house.work()
    assert counts == [1], "two never have the disk"
    assert house.serving() == new
    assert "instance-stopped" in house.timeline(repository)
    entries = [each.text for each in house.store.timeline.of_deployment(house.row(repository, new).id)]
    assert wording.STARTING_AFTER_STOP in entries
    check = next(each for each in house.github.check_runs.values() if each.output.sha == new)
    assert "nobody served for" in check.output.summary, "and the check run tells how long"
    house.watch(100, every=20)
    assert writers(house) == [new]
    assert house.status(repository, old) is Status.REMOVED
    assert len(house.engine.volumes) == 1


def test_a_version_that_fails_brings_the_old_one_back(live: tuple[House, Repository, str]) -> None:
    house, repository, old = live
    new = ""
    at_start_of(house, 0, lambda: new, lambda container: house.engine.ends(container.id, 3))
    new = house.push(repository)
    house.work()
    assert house.status(repository, new) is Status.FAILED
    back(house, repository, old, new)
    assert "instance-recalled" in house.timeline(repository)


def test_one_whose_build_fails_stops_nobody(live: tuple[House, Repository, str]) -> None:
    house, repository, old = live
    new = house.push(repository, {"Dockerfile": f"{DOCKERFILE}RUN exit 1\n"})
    house.work()
    assert house.status(repository, new) is Status.FAILED
    assert "instance-stopped" not in house.timeline(repository)
    assert writers(house) == [old]


def test_a_deaf_one_is_killed_after_its_delay(house: House) -> None:
    repository = house.repository()
    deaf = DOCKERFILE.replace("exec httpd", "trap '' TERM; exec httpd")
    house.push(repository, {"tidegate.yml": f"{KEPT}    maxShutdownDelaySeconds: 7\n", "Dockerfile": deaf})
    house.work()
    (old,) = house.engine.containers.values()
    counts, before = watched(house), house.clock.now()
    new = house.push(repository, {"Dockerfile": DOCKERFILE})
    house.work()
    assert (house.serving(), counts) == (new, [1])
    assert old.signals[0] == "SIGTERM"
    assert old.signals[-1] == "SIGKILL"
    assert 7 <= (house.clock.now() - before).total_seconds() < 15


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("fails", [False, True], ids=["goes live", "fails"])
@pytest.mark.parametrize(
    ("part", "call"), [("engine", "stop"), ("engine", "start"), ("prober", "probe"), ("router", "apply")]
)
def test_killed_anywhere_it_converges(
    live: tuple[House, Repository, str], part: str, call: str, fails: bool, after: bool
) -> None:
    house, repository, old = live
    counts, new = watched(house), ""
    if fails:
        at_start_of(house, 0, lambda: new, lambda container: house.engine.ends(container.id, 3))
    new = house.push(repository)
    kill_at(house, part, call, 0, after)
    with pytest.raises(Killed):
        house.work()
    house.bell.lose_all()
    house.restart_worker()
    house.tend(1)
    house.watch(40, every=10)
    if fails:
        back(house, repository, old, new)
    else:
        house.tend(1)
        assert house.status(repository, new) is Status.LIVE
        assert house.serving() == new
        assert writers(house) == [new]
    assert max(counts) == 1, "two never have the disk"


def test_killed_after_it_had_failed_the_sweep_brings_the_old_one_back(
    live: tuple[House, Repository, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    house, repository, old = live
    new = ""
    at_start_of(house, 0, lambda: new, lambda container: house.engine.ends(container.id, 3))

    def killed(_: object) -> None:
        monkeypatch.undo()
        raise Killed

    monkeypatch.setattr("worker.make_way.bring_back", killed)
    new = house.push(repository)
    with pytest.raises(Killed):
        house.work()
    assert writers(house) == []
    house.restart_worker()
    house.watch(11)
    back(house, repository, old, new)


def test_a_new_version_that_dies_after_the_router_was_told_brings_the_old_one_back(
    live: tuple[House, Repository, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker is killed between the store's word and the end of the switch, and what it had started dies."""
    house, repository, old = live
    real = house.store.environments.route

    def routed(*arguments: object) -> None:
        monkeypatch.undo()
        real(*arguments)  # type: ignore[arg-type]  # as it was called
        raise Killed

    monkeypatch.setattr(house.store.environments, "route", routed)
    new = house.push(repository)
    with pytest.raises(Killed):
        house.work()
    at_start_of(house, 0, lambda: new, lambda container: house.engine.ends(container.id, 3))
    house.engine.restarts()
    house.restart_worker()
    house.watch(40, every=10)
    back(house, repository, old, new)


def test_it_is_not_revived_while_another_has_its_disk(tmp_path: Path) -> None:
    """A failed version's container that could not be removed is still there: the host was away for a moment."""
    house = House(tmp_path, TIDEGATE_START_TIMEOUT="2")
    house.prober.answer = lambda _, path: 200 if path == "/" else 503
    repository = house.repository()
    old = house.push(repository, {"tidegate.yml": KEPT})
    house.work()
    real = house.engine.remove
    new = house.push(repository, {"tidegate.yml": f"{KEPT}    healthCheckPath: /never\n"})
    house.engine.remove = lambda container: None  # type: ignore[method-assign]
    house.work()
    assert house.status(repository, new) is Status.FAILED
    house.tend(2)
    assert writers(house) == [new]
    house.engine.remove = real  # type: ignore[method-assign]
    back(house, repository, old, new)


def test_more_instances_are_refused(live: tuple[House, Repository, str]) -> None:
    house, repository, _ = live
    service = house.store.services.by_name(repository.id, "web")
    assert service is not None
    with pytest.raises(Unscalable, match="one instance"):
        scale(house.store, service, PRODUCTION, 2, "mona", house.clock.now())


def test_what_was_scaled_before_it_had_a_disk_has_one(house: House) -> None:
    repository = house.repository()
    house.push(repository, {"tidegate.yml": WEB})
    house.work()
    service = house.store.services.by_name(repository.id, "web")
    assert service is not None
    scale(house.store, service, PRODUCTION, 3, "mona", house.clock.now())
    house.tend(60)
    assert len(house.engine.containers) == 3
    new = house.push(repository, {"tidegate.yml": KEPT})
    house.work()
    house.tend(60)
    assert writers(house) == [new]
    place = house.store.environments.get(service.id, PRODUCTION)
    assert place is not None
    assert place.scaling == Scaling(3, instead_of=1), "which counts again once it has none"


def test_a_rollback_has_todays_disk(house: House) -> None:
    repository = house.repository()
    house.push(repository, {"tidegate.yml": WEB + DISK.replace("/data", "/old")})
    house.work()
    new = house.push(repository, {"tidegate.yml": KEPT})
    house.work()
    house.press(repository, house.row(repository, new), Trigger.ROLLBACK)
    house.work()
    (container,) = (each for each in house.engine.containers.values() if each.running)
    assert container.spec.labels["tidegate.sha"] != new
    assert container.spec.disk is not None
    assert container.spec.disk.path == "/data"


def test_a_preview_has_its_own_which_goes_with_it(house: House) -> None:
    repository = house.repository()
    file = PREVIEWED.replace("previews:", f"{DISK}previews:")
    house.push(repository, {"tidegate.yml": file})
    house.work()
    pull = house.open(repository)
    house.work()
    assert set(house.engine.volumes) == {volume(repository), volume(repository, f"pr-{pull.number}")}
    house.github.close_pull(repository, pull.number)
    house.changed(repository, pull.number)
    house.work()
    house.watch(100, every=20)
    assert set(house.engine.volumes) == {volume(repository)}


def test_more_on_it_than_its_size_is_told_once_and_nothing_is_cut_off(live: tuple[House, Repository, str]) -> None:
    house, repository, sha = live
    usage.tell_of_full_disks(house.parts)
    assert OVER_SIZE not in house.timeline(repository)
    house.engine.sizes[volume(repository)] = 6 * GIGABYTE
    usage.tell_of_full_disks(house.parts)
    usage.tell_of_full_disks(house.parts)
    assert house.timeline(repository).count(OVER_SIZE) == 1
    (entry,) = (e for e in house.store.timeline.of_deployment(house.row(repository, sha).id) if e.kind == OVER_SIZE)
    assert "`data` holds 6.0 GB, more than its `sizeGB: 5`" in entry.text
    assert writers(house) == [sha]


@pytest.mark.parametrize("closed", [Admission.CORDONED, Admission.DRAINED])
def test_with_several_docker_hosts_it_stays_on_its_own(tmp_path: Path, closed: Admission) -> None:
    house = House(tmp_path, TIDEGATE_HOSTS="here unix:///here eu, there unix:///there us")
    repository = house.repository()
    house.push(repository, {"tidegate.yml": KEPT})
    house.work()
    (home,) = (engine for engine in house.engines.values() if engine.volumes)
    house.store.hosts.admit(home.name, closed, "mona", house.clock.now())
    house.tend(30)
    new = house.push(repository)
    house.work()
    house.tend(30)
    assert house.status(repository, new) is Status.LIVE
    assert [name for name, engine in house.engines.items() if engine.volumes] == [home.name]
    assert [each.spec.labels["tidegate.sha"] for each in home.containers.values() if each.running] == [new]
