"""Several Docker hosts: where instances are placed, what a host that is cut off means, and how one is left."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fakes.engine import FakeEngine
from tests.worker.house import DOMAIN, WEB, House, Killed
from tidegate.container import ContainerSpec
from tidegate.deployment import Fault, Health, Status
from tidegate.instance import InstanceState
from tidegate.placement import Admission
from tidegate.repository import Repository
from worker.ports import Container

HOSTS = "here unix:///here eu, there unix:///there us"
TWO = WEB + "    numInstances: 2\n"
PAIR = WEB + "  - name: db\n    type: private\n"


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path, TIDEGATE_HOSTS=HOSTS)


def live(house: House, file: str = TWO) -> tuple[Repository, str]:
    repository = house.repository()
    sha = house.push(repository, {"tidegate.yml": file})
    house.work()
    house.tend()
    assert house.status(repository, sha) is Status.LIVE, house.row(repository, sha).reason
    return repository, sha


def where(house: House, service: str | None = None) -> list[str]:
    """The hosts of the instances that run, by what runs there."""
    return sorted(
        engine.name
        for engine in house.engines.values()
        for each in engine.containers.values()
        if each.running and service in {None, each.spec.labels["tidegate.service"]}
    )


def served(house: House) -> list[str]:
    """The hosts that requests go to; each of the instances is in reach."""
    target = house.router.table.hosts[f"web.{DOMAIN}"]
    servers = house.router.table.backends[target].servers if target else ()
    found = [name for address, _ in servers for name, engine in house.engines.items() if engine.at(address)]
    assert len(found) == len(servers), "nobody is sent to who isn't in reach"
    return sorted(found)


def close(house: House, name: str, admission: Admission) -> None:
    house.store.hosts.admit(name, admission, "mona", house.clock.now())


def test_instances_are_spread_and_the_image_is_built_once_and_copied_once(house: House) -> None:
    repository, sha = live(house)
    here, there = house.engines.values()
    assert served(house) == where(house) == ["here", "there"]
    assert (len(here.orders), len(there.orders), len(here.saved)) == (1, 0, 1)
    row = house.row(repository, sha)
    assert {engine.image_id(row.image or "") for engine in (here, there)} == {row.image_id}
    house.push(repository, {"tidegate.yml": TWO})
    house.work()
    assert len(here.orders) == len(here.saved) == 2
    assert not there.saved


def test_a_service_runs_in_its_regions_alone(house: House) -> None:
    live(house, TWO + "    region: us\n")
    assert served(house) == ["there", "there"]


def test_a_region_that_no_host_has_is_told_at_once(house: House) -> None:
    repository = house.repository()
    sha = house.push(repository, {"tidegate.yml": WEB + "    regions: [mars]\n"})
    house.work()
    row = house.row(repository, sha)
    assert (row.status, row.fault) == (Status.FAILED, Fault.USER)
    assert "no Docker host is in region `mars`; there are hosts in `eu`, `us`" in row.reason


def test_while_a_host_is_away_deploys_go_elsewhere(house: House) -> None:
    house.engines["here"].cut()
    live(house)
    assert served(house) == where(house) == ["there", "there"]


def test_while_no_host_of_the_region_answers_a_deploy_fails_for_it(house: House) -> None:
    house.engines["there"].cut()
    repository = house.repository()
    sha = house.push(repository, {"tidegate.yml": WEB + "    regions: [us]\n"})
    house.work()
    row = house.row(repository, sha)
    assert (row.status, row.fault) == (Status.FAILED, Fault.PLATFORM)
    assert "no Docker host of region `us` can take it: there can't be reached" in row.reason
    assert not house.engines["here"].containers


def test_who_must_be_found_by_name_shares_a_host(house: House) -> None:
    repository, _ = live(house, PAIR + "    numInstances: 2\n")
    hosts = set(where(house))
    assert len(where(house)) == 3
    assert len(hosts) == 1
    house.push(repository, {"tidegate.yml": PAIR + "    numInstances: 2\n    regions: [us]\n"})
    house.work()
    house.tend()
    assert set(where(house, "web")) == hosts


def test_a_host_that_is_cut_off_is_no_crash_and_comes_back_as_it_was(house: House) -> None:
    repository, sha = live(house)
    there = house.engines["there"]
    before = dict(there.containers)
    there.cut()
    house.tend(90)
    row = house.row(repository, sha)
    assert served(house) == ["here"]
    assert (row.status, row.health) == (Status.LIVE, Health.DEGRADED)
    there.mend()
    house.tend(30)
    row = house.row(repository, sha)
    assert (row.status, row.health) == (Status.LIVE, Health.HEALTHY)
    assert served(house) == ["here", "there"]
    assert dict(there.containers) == before, "nobody touched what went on"
    assert not any(each.signals for each in before.values())
    told = house.timeline(repository)
    assert (told.count("host-unreachable"), told.count("host-back")) == (1, 1)
    assert not {"instance-crashed", "instance-restarted", "crashed"} & set(told)


def test_a_deploy_while_a_host_is_cut_off_is_cleaned_up_once_it_is_back(house: House) -> None:
    repository, _ = live(house)
    there = house.engines["there"]
    there.cut()
    house.tend(60)
    new = house.push(repository)
    house.work()
    assert house.serving() == new
    assert served(house) == ["here", "here"]
    house.watch(150)
    assert len(there.containers) == 1, "nobody can stop it"
    assert where(house).count("here") == 2, "what can be stopped is"
    there.mend()
    house.watch(60)
    house.tend(30)
    assert not there.containers
    assert served(house) == ["here", "here"]


def test_a_cordoned_host_keeps_what_it_has_and_gets_nothing_new(house: House) -> None:
    repository, _ = live(house)
    close(house, "here", Admission.CORDONED)
    house.tend(60)
    assert served(house) == ["here", "there"]
    house.push(repository)
    house.work()
    assert served(house) == ["there", "there"]


def test_a_drained_host_is_left_without_a_gap(house: House) -> None:
    repository, sha = live(house)
    (leaving,) = house.engines["here"].containers.values()
    close(house, "here", Admission.DRAINED)
    for _ in range(20):
        house.tend(0.2)
        assert len(served(house)) >= 2, "another is well first"
        if leaving.signals:
            break
    house.tend(120)
    assert served(house) == where(house) == ["there", "there"]
    assert not house.engines["here"].containers
    row = house.row(repository, sha)
    assert (row.status, row.health or Health.HEALTHY) == (Status.LIVE, Health.HEALTHY)
    close(house, "here", Admission.OPEN)
    house.tend(60)
    assert served(house) == ["there", "there"], "nothing moves back by itself"


def test_who_shares_a_host_leaves_it_for_the_same_other(house: House) -> None:
    live(house, PAIR + "    numInstances: 2\n")
    (home,) = set(where(house))
    (other,) = house.engines.keys() - {home}
    close(house, home, Admission.DRAINED)
    house.tend(180)
    assert where(house) == [other] * 3
    assert served(house) == [other]
    names = {each.spec.labels["tidegate.service"]: each.aliases for each in house.engines[other].containers.values()}
    assert names["db"] == {"db"}


@pytest.mark.parametrize("name", ["here", "there"])
def test_a_worker_that_is_killed_is_resumed_where_it_had_begun(
    house: House, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    repository = house.repository()
    sha = house.push(repository, {"tidegate.yml": TWO})
    engine = house.engines[name]
    start = engine.start

    def killed(spec: ContainerSpec) -> Container:
        start(spec)
        raise Killed

    monkeypatch.setattr(engine, "start", killed)
    with pytest.raises(Killed):
        house.work()
    monkeypatch.undo()
    house.restart_worker()
    house.watch(60)
    assert house.status(repository, sha) is Status.LIVE
    assert where(house) == ["here", "there"], "none is started twice"


def test_a_host_that_can_not_be_replaced_keeps_what_it_has(house: House) -> None:
    live(house)
    close(house, "here", Admission.DRAINED)
    house.engines["there"].cut()
    house.tend(120)
    assert where(house) == ["here", "there"]
    assert served(house) == ["here"]


def test_a_host_that_is_gone_for_good_is_drained_by_the_settings(house: House, tmp_path: Path) -> None:
    repository, sha = live(house)
    other = House(tmp_path, TIDEGATE_HOSTS="there unix:///there us")
    other.engines["there"].images = house.engines["there"].images
    other.engines["there"].containers = house.engines["there"].containers
    other.engines["there"].networks = house.engines["there"].networks
    other.tend(60)
    assert served(other) == ["there", "there"]
    states = {each.instance.state for each in other.store.instances.tended()}
    assert states == {InstanceState.HEALTHY}
    assert other.row(repository, sha).health is Health.HEALTHY


def test_clean_up_is_each_hosts_own(house: House) -> None:
    repository, _ = live(house)
    house.clock.advance(7200)
    for engine in house.engines.values():
        engine.images["tidegate/1/web:old"] = next(iter(engine.images.values()))
    house.engines["there"].cut()
    assert {item.host for item in house.clean()} <= {"here", ""}
    house.engines["there"].mend()
    for number in range(12):
        house.push(repository, {"n": str(number)})
        house.work()
        house.watch(100, every=10)
    house.clock.advance(7200)
    removed = {item.host for item in house.clean()}
    assert removed == {"here", "there"}
    assert _kept(house.engines["here"]) == _kept(house.engines["there"])


def _kept(engine: FakeEngine) -> set[str]:
    return {name for name in engine.images if "old" not in name}


CRON = 'services:\n  - name: report\n    type: cron\n    schedule: "*/10 * * * *"\n'


def test_a_run_of_a_cron_service_is_placed_like_an_instance(house: House) -> None:
    repository = house.repository()
    dockerfile = 'FROM scratch\nCMD ["/bin/sh", "-c", "sleep 1000"]\n'
    sha = house.push(repository, {"tidegate.yml": CRON + "    region: us\n", "Dockerfile": dockerfile})
    house.work()
    assert house.status(repository, sha, "report") is Status.LIVE
    close(house, "there", Admission.CORDONED)
    house.clock.advance(600)
    house.runs.turn()
    house.runs.turn()
    assert where(house) == [], "it waits for a host of its region that takes it"
    close(house, "there", Admission.OPEN)
    house.runs.turn()
    house.runs.turn()
    assert where(house, "report") == ["there"], "with the image that was built on the other"
