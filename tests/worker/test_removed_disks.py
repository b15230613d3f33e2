"""A service with a disk is removed by hand: its disks stay, which is said, or go where that was asked."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.worker.house import House, Killed
from tests.worker.test_disk import KEPT, volume
from tests.worker.test_dismissal import begin, instances, killed, service_of
from tests.worker.test_ordered import order
from tidegate.freeze import Freeze
from tidegate.permission import Action
from tidegate.repository import PRODUCTION, Repository
from worker import dismissal


@pytest.fixture
def repository(house: House) -> Repository:
    """Its service `web` is live, with a disk in production and another in a preview."""
    made, sha = begin(house, KEPT + "previews:\n  generation: automatic\n")
    house.open(made)
    house.work()
    assert house.serving() == sha
    assert set(house.engine.volumes) == {volume(made), volume(made, "pr-1")}
    return made


def remove(house: House, repository: Repository, *, disks: bool) -> str:
    told = order(house, repository, Action.REMOVE, actor="octo", disks=disks)
    assert told.status == 200, told.body
    return str(told.body["detail"])


def told(house: House, repository: Repository, kind: str) -> list[str]:
    return [each.text for each in house.store.timeline.of_repository(repository.id, 50) if each.kind == kind]


def test_they_stay_and_it_is_said_how_they_are_had_again_or_removed(house: House, repository: Repository) -> None:
    detail = remove(house, repository, disks=False)
    for name in (volume(repository), volume(repository, "pr-1")):
        assert f"`{name}` on local" in detail
    assert "a deploy of the service finds them again" in detail
    assert "`tidegate remove web --confirm web --disks` removes them for good" in detail
    house.watch(120, every=10)
    assert volume(repository) in house.engine.volumes
    (event,) = told(house, repository, "service-removed")
    assert volume(repository) in event
    sha = house.push(repository)
    house.work()
    assert house.serving() == sha
    (again,) = [each for each in house.engine.containers.values() if each.spec.labels["tidegate.sha"] == sha]
    assert again.spec.disk is not None
    assert again.spec.disk.volume == volume(repository)


def test_they_go_once_nothing_of_it_runs(house: House, repository: Repository) -> None:
    house.engine.volumes["tidegate-7-production.web.data"] = {"tidegate.role": "disk"}
    house.engine.volumes[volume(repository).replace(".web.", ".other.")] = {"tidegate.role": "disk"}
    detail = remove(house, repository, disks=True)
    assert f"its disks go then, with all that is on them: `{volume(repository)}` on local" in detail
    assert volume(repository) in house.engine.volumes, "what runs still has it"
    house.watch(120, every=10)
    assert instances(house) == []
    assert set(house.engine.volumes) == {
        "tidegate-7-production.web.data",
        volume(repository).replace(".web.", ".other."),
    }, "another repository's, and another service's"
    assert sorted(told(house, repository, "disk-removed")) == [
        f"the disk `{name}` on local was removed with its service, with all that was on it"
        for name in sorted((volume(repository), volume(repository, "pr-1")))
    ]
    assert house.store.environments.of_repository(repository.id) == []


def test_those_that_were_kept_can_be_removed_later(house: House, repository: Repository) -> None:
    remove(house, repository, disks=False)
    house.watch(120, every=10)
    assert house.store.environments.get(service_of(house, repository).id, PRODUCTION) is None
    assert volume(repository) in house.engine.volumes
    remove(house, repository, disks=True)
    house.watch(60, every=10)
    assert house.engine.volumes == {}
    assert house.store.environments.of_repository(repository.id) == []
    assert order(house, repository, Action.REMOVE, actor="octo", disks=True).status == 409, "none is left"


def test_they_may_be_added_to_a_removal_that_is_under_way(house: House, repository: Repository) -> None:
    remove(house, repository, disks=False)
    remove(house, repository, disks=True)
    house.watch(120, every=10)
    assert house.engine.volumes == {}


def test_whoever_deploys_again_meanwhile_has_them(house: House, repository: Repository) -> None:
    remove(house, repository, disks=True)
    sha = house.push(repository)
    house.work()
    house.watch(120, every=10)
    assert house.serving() == sha
    assert set(house.engine.volumes) == {volume(repository)}, "the preview's is gone"
    remove(house, repository, disks=False)
    house.watch(120, every=10)
    assert set(house.engine.volumes) == {volume(repository)}, "what was asked before is no more"


@pytest.mark.parametrize("reason", ["skipped", "frozen", "told again"])
def test_a_push_that_deploys_nothing_does_not_call_it_off(house: House, repository: Repository, reason: str) -> None:
    sha = house.serving() or ""
    house.engine.trouble = "the host is away"
    remove(house, repository, disks=True)
    if reason == "frozen":
        house.store.freezes.put(Freeze(repository.id, None, None, "holidays", "mona", house.clock.now()))
    if reason == "told again":
        house.tell(house.pushed(repository, sha))
    else:
        house.push(repository, message="Change [skip deploy]" if reason == "skipped" else "Change")
    house.work()
    house.engine.trouble = None
    house.watch(120, every=10)
    assert (house.engine.volumes, instances(house)) == ({}, [])


@pytest.mark.parametrize("point", ["remove_volume", "finish"])
def test_though_the_worker_was_killed_in_the_middle(
    house: House, repository: Repository, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    remove(house, repository, disks=True)
    places = {"remove_volume": (house.engine, point), "finish": (house.store.dismissals, point)}
    with monkeypatch.context() as patched:
        patched.setattr(*places[point], killed)
        with pytest.raises(Killed):
            house.watch(120, every=10)
    house.restart_worker()
    house.watch(120, every=10)
    assert (house.engine.volumes, instances(house)) == ({}, [])
    assert house.store.environments.of_repository(repository.id) == []


def test_a_host_that_is_away_is_named_and_loses_them_once_it_is_back(house: House, repository: Repository) -> None:
    house.engine.trouble = "the host is away"
    detail = remove(house, repository, disks=True)
    assert "its disks go then, with all that is on them: any on local, which can't be reached now" in detail
    assert detail.count("local") == 1
    house.watch(120, every=10)
    assert "It is being removed already; its disks go then" in remove(house, repository, disks=True)
    assert house.engine.volumes
    house.engine.trouble = None
    house.watch(120, every=10)
    assert house.engine.volumes == {}
    assert len(told(house, repository, "disk-removed")) == 2
    assert house.store.environments.of_repository(repository.id) == []


def test_those_that_were_kept_on_it_can_be_removed_later_too(house: House, repository: Repository) -> None:
    remove(house, repository, disks=False)
    house.watch(120, every=10)
    house.engine.trouble = "the host is away"
    assert "any on local, which can't be reached now" in remove(house, repository, disks=True)
    house.watch(60, every=10)
    house.engine.trouble = None
    assert set(house.engine.volumes) == {volume(repository), volume(repository, "pr-1")}
    house.watch(60, every=10)
    assert house.engine.volumes == {}
    assert house.store.environments.of_repository(repository.id) == []


def test_what_a_closed_pull_request_had_there_is_not_looked_for(house: House, repository: Repository) -> None:
    house.github.close_pull(repository, 1)
    house.changed(repository, 1)
    house.work()
    house.watch(120, every=10)
    assert set(house.engine.volumes) == {volume(repository)}
    house.engine.trouble = "the host is away"
    remove(house, repository, disks=True)
    assert [each.name for each in house.store.environments.of_repository(repository.id)] == [PRODUCTION]


def test_a_deploy_while_the_hosts_are_asked_keeps_the_disk(
    house: House, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    remove(house, repository, disks=False)
    house.watch(120, every=10)
    assert instances(house) == []
    house.engine.trouble = "the host is away"
    remove(house, repository, disks=True)
    house.engine.trouble = None
    held = house.engine.held_volumes

    def meanwhile() -> Sequence[str]:
        monkeypatch.undo()
        house.push(repository)
        return held()

    monkeypatch.setattr(house.engine, "held_volumes", meanwhile)
    house.watch(60, every=10)
    assert set(house.engine.volumes) == {volume(repository)}
    (gone,) = told(house, repository, "disk-removed")
    assert volume(repository, "pr-1") in gone


def test_what_two_workers_remove_at_once_is_told_once(
    house: House, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    remove(house, repository, disks=True)
    by_one = house.engine.remove_volume

    def by_another_before(name: str) -> bool:
        monkeypatch.undo()
        dismissal.go_on(house.parts)
        return by_one(name)

    monkeypatch.setattr(house.engine, "remove_volume", by_another_before)
    house.watch(120, every=10)
    assert house.engine.volumes == {}
    assert len(told(house, repository, "disk-removed")) == 2


def test_of_a_service_that_never_had_one_nothing_is_said(house: House) -> None:
    repository, _ = begin(house)
    house.engine.trouble = "the host is away"
    assert "disk" not in remove(house, repository, disks=True)
