"""What is live is kept running: unhealthy instances, crashes, lost hosts, and what is shown of them."""

from __future__ import annotations

from http import HTTPStatus

import pytest

from tests.fakes.engine import FakeContainer
from tests.worker.house import PREVIEWED, WEB, House
from tidegate.deployment import Health, Status, Trigger
from tidegate.freeze import Freeze
from tidegate.instance import InstanceState
from tidegate.repository import Repository
from worker.ports import Unavailable

_WRITES = ("deployment_state", "write_check", "commit_status")
TWO = WEB + "    numInstances: 2\n"


def live(house: House, file: str = WEB) -> tuple[Repository, str]:
    """A repository whose first commit is live, and was told."""
    repository = house.repository()
    sha = house.push(repository, {"tidegate.yml": file})
    house.work()
    assert house.status(repository, sha) is Status.LIVE
    house.tend()
    house.clock.advance(1)
    return repository, sha


def containers(house: House) -> list[FakeContainer]:
    return sorted(house.engine.containers.values(), key=lambda each: each.spec.name)


def states(house: House, repository: Repository, sha: str) -> list[InstanceState]:
    return [each.state for each in house.store.instances.of(house.row(repository, sha).id)]


def ends(house: House, exit_code: int, *, oom_killed: bool = False) -> None:
    """The first container's process, and the engine tells of it."""
    container = containers(house)[0]
    house.engine.ends(container.id, exit_code, oom_killed=oom_killed)
    house.tending.ring(container.id)


def servers(house: House, repository: Repository, sha: str) -> int:
    backend = house.router.table.backends.get(house.row(repository, sha).id)
    return len(backend.servers) if backend else 0


def shown(house: House, repository: Repository, sha: str) -> str:
    """The newest state of GitHub's deployment."""
    made = house.store.reports.get(house.row(repository, sha).id).github_deployment
    assert made is not None
    return house.github.deployments[made].states[-1].state


class TestAnInstanceThatDoesNotAnswer:
    def test_is_unrouted_after_three_probes_and_restarted_after_a_minute(self, house: House) -> None:
        repository, sha = live(house)
        (container,) = containers(house)
        house.prober.answer = lambda container, path: HTTPStatus.SERVICE_UNAVAILABLE
        house.tend(29)
        assert house.serving() == sha, "two failures are none"
        house.tend(17)
        assert house.serving() is None
        row = house.row(repository, sha)
        assert (row.status, row.health) == (Status.LIVE, Health.UNHEALTHY)
        assert row.health_reason == "instance 1 has failed 3 probes in a row: 503 Service Unavailable"
        assert shown(house, repository, sha) == "failure"
        assert container.signals == []

        house.tend(61)
        assert container.signals == ["SIGTERM"]
        house.prober.answer = lambda container, path: HTTPStatus.OK
        house.tend(2)
        assert house.serving() == sha
        assert house.row(repository, sha).health is Health.HEALTHY
        assert shown(house, repository, sha) == "success"
        assert [kind for kind in house.timeline(repository) if kind.startswith("instance")] == [
            "instance-unhealthy",
            "instance-restarted",
            "instance-recovered",
        ]

    def test_is_routed_again_as_soon_as_it_answers(self, house: House) -> None:
        _, sha = live(house)
        house.prober.answer = lambda container, path: None
        house.tend(46)
        assert house.serving() is None
        house.prober.answer = lambda container, path: HTTPStatus.OK
        house.tend(16)
        assert house.serving() == sha
        assert containers(house)[0].signals == [], "it needed no restart"

    def test_is_killed_where_it_does_not_stop(self, house: House) -> None:
        repository = house.repository()
        deaf = 'FROM scratch\nCMD ["/bin/sh", "-c", "trap \'\' TERM; exec httpd -f -p $PORT"]\n'
        sha = house.push(repository, {"Dockerfile": deaf})
        house.work()
        house.prober.answer = lambda container, path: None
        house.tend(46 + 61)
        (container,) = containers(house)
        assert container.signals == ["SIGTERM"]
        house.tend(31)
        assert container.signals == ["SIGTERM", "SIGKILL"]
        house.prober.answer = lambda container, path: HTTPStatus.OK
        house.tend(2)
        assert house.serving() == sha

    def test_leaves_the_traffic_to_the_others(self, house: House) -> None:
        repository, sha = live(house, TWO)
        bad = containers(house)[0].id
        house.prober.answer = lambda container, path: None if container.id == bad else HTTPStatus.OK
        house.tend(46)
        assert servers(house, repository, sha) == 1
        row = house.row(repository, sha)
        assert (row.status, row.health) == (Status.LIVE, Health.DEGRADED)
        assert row.health_reason.endswith("(1 of 2 are well)")
        assert shown(house, repository, sha) == "success"

    def test_is_never_restarted_where_the_file_says_so(self, house: House) -> None:
        live(house, WEB + "    restartPolicy: NEVER\n")
        house.prober.answer = lambda container, path: None
        house.tend(200)
        assert containers(house)[0].signals == []


class TestACrash:
    @pytest.mark.parametrize(
        ("exit_code", "oom_killed", "words"),
        [
            (1, False, "instance 1 exited with code 1; it is started again at once"),
            (137, True, "instance 1 ran out of memory and was killed (set a higher `memory`); it is started again"),
            (139, False, "instance 1 was killed by SIGSEGV (exit code 139); it is started again at once"),
        ],
    )
    def test_is_told_with_its_reason_and_mended(
        self, house: House, exit_code: int, oom_killed: bool, words: str
    ) -> None:
        repository, sha = live(house)
        ends(house, exit_code, oom_killed=oom_killed)
        house.tending.turn()
        assert house.serving() is None, "it gets no traffic"
        assert house.status(repository, sha) is Status.CRASHED
        assert any(each.text.startswith(words) for each in house.store.timeline.of_repository(repository.id, 9))
        house.tend(1)
        assert house.serving() == sha
        assert house.status(repository, sha) is Status.LIVE

    def test_that_is_over_in_a_moment_is_not_shown_on_github(self, house: House) -> None:
        repository, sha = live(house)
        before = house.github.calls.copy()
        ends(house, 1)
        house.tend(1)
        house.watch(10)
        assert house.status(repository, sha) is Status.LIVE
        assert [name for name in _WRITES if house.github.calls[name] != before[name]] == []

    def test_that_goes_on_is_shown_and_leaves_the_check_run_as_it_was(self, house: House) -> None:
        repository, sha = live(house, WEB + "    restartPolicy: NEVER\n")
        check = house.github.check_runs[house.check_run(house.row(repository, sha))]
        ends(house, 3)
        house.tend()
        house.watch(5)
        assert shown(house, repository, sha) == "failure"
        assert check.output.conclusion == "success"
        house.tend(120)
        assert states(house, repository, sha) == [InstanceState.CRASHED], "and nobody starts it"
        house.press(repository, house.row(repository, sha), Trigger.RESTART)
        house.work()
        house.tend()
        assert house.serving() == sha

    def test_of_one_instance_restarts_only_that(self, house: House) -> None:
        repository, sha = live(house, TWO)
        other = containers(house)[1].address
        ends(house, 1)
        house.tending.turn()
        assert servers(house, repository, sha) == 1
        assert house.status(repository, sha) is Status.LIVE
        house.tend(1)
        assert servers(house, repository, sha) == 2
        assert containers(house)[1].address == other

    def test_is_seen_without_a_probe_that_nobody_answers(self, house: House) -> None:
        repository, sha = live(house)
        ends(house, 1)
        before = house.prober.probes
        house.tending.turn()
        assert house.prober.probes == before
        assert states(house, repository, sha) == [InstanceState.CRASHED]

    def test_over_and_over_is_given_up_after_ten_restarts(self, house: House) -> None:
        repository, sha = live(house)
        for _ in range(12):
            ends(house, 1)
            house.tend(70)
        assert states(house, repository, sha) == [InstanceState.CRASHED]
        kinds = house.timeline(repository)
        assert kinds.count("instance-restarted") == 10
        assert kinds.count("instance-crashed") == 11
        assert "was started again 10 times in vain" in house.row(repository, sha).reason

    def test_after_a_long_time_is_a_first_one(self, house: House) -> None:
        _, sha = live(house)
        for _ in range(12):
            ends(house, 1)
            house.tend(2)
            house.clock.advance(601)
            house.tend(1)
        assert house.serving() == sha

    def test_that_was_heard_from_nobody_is_found_by_the_next_look(self, house: House) -> None:
        repository, sha = live(house)
        house.engine.ends(containers(house)[0].id, 1)
        house.tend(16)
        assert "instance-crashed" in house.timeline(repository)
        assert house.serving() == sha

    def test_of_what_says_that_it_is_done_is_an_error_too(self, house: House) -> None:
        repository, sha = live(house)
        ends(house, 0)
        house.tend(60)
        assert states(house, repository, sha) == [InstanceState.COMPLETED]
        assert house.status(repository, sha) is Status.CRASHED
        assert "must keep running" in house.row(repository, sha).reason

    def test_of_what_is_done_is_mended_under_always(self, house: House) -> None:
        _, sha = live(house, WEB + "    restartPolicy: ALWAYS\n")
        for _ in range(12):
            ends(house, 0)
            house.tend(70)
        assert house.serving() == sha

    def test_while_a_newer_version_is_deployed_hinders_neither(self, house: House) -> None:
        repository, old = live(house)
        bad = house.push(repository, {"Dockerfile": "FROM scratch\nRUN exit 3\n"})
        ends(house, 1)
        house.tend(1)
        assert house.status(repository, bad) is Status.FAILED
        assert house.serving() == old
        new = house.push(repository, {"Dockerfile": 'FROM scratch\nCMD ["/bin/sh", "-c", "exec httpd -f -p $PORT"]\n'})
        house.work()
        assert house.serving() == new
        house.engine.ends(containers(house)[0].id, 1)
        house.tend(20)
        assert house.status(repository, old) is Status.DRAINING, "what is retired is let go"
        assert [each.running for each in containers(house)] == [False, True]


class TestAHost:
    def test_that_cannot_be_reached_is_never_a_crash(self, house: House) -> None:
        repository, sha = live(house)
        house.engine.trouble = "Docker host local can't be reached"
        house.tend(100)
        assert house.status(repository, sha) is Status.LIVE
        assert house.serving() == sha, "it answers"
        house.prober.answer = lambda container, path: None
        house.tend(100)
        assert house.serving() is None
        row = house.row(repository, sha)
        assert (row.status, row.health) == (Status.LIVE, Health.UNHEALTHY)
        assert row.health_reason.endswith("no answer within 5 s; Docker host local can't be reached")

        house.engine.trouble = None
        house.prober.answer = lambda container, path: HTTPStatus.OK
        house.tend(2)
        assert house.serving() == sha
        kinds = house.timeline(repository)
        assert (kinds.count("host-unreachable"), kinds.count("host-back")) == (1, 1)
        assert "instance-crashed" not in kinds

    @pytest.mark.parametrize("policy", ["ON_FAILURE", "ALWAYS", "NEVER"])
    @pytest.mark.parametrize("seen", ["unreachable", "cut", "unseen"])
    def test_that_was_restarted_gets_everything_back(self, house: House, policy: str, seen: str) -> None:
        repository, sha = live(house, f"{TWO}    restartPolicy: {policy}\n")
        if seen == "unreachable":
            house.engine.trouble = "Docker host local can't be reached"
            house.tend(5)
            house.engine.trouble = None
        house.engine.restarts()
        if seen == "cut":
            house.tending.cut()
        if seen == "unseen":
            house.restart_watch()
        house.tend(2)
        assert servers(house, repository, sha) == 2
        assert house.status(repository, sha) is Status.LIVE
        assert "instance-crashed" not in house.timeline(repository)

    def test_without_the_container_or_its_network_gets_a_new_one(self, house: House) -> None:
        repository, sha = live(house)
        house.engine.containers.clear()
        house.engine.networks.clear()
        house.tend(17)
        assert house.serving() == sha
        assert len(containers(house)) == 1
        assert "instance-stopped" in house.timeline(repository)

    def test_that_will_not_start_it_is_asked_ten_times_more(self, house: House) -> None:
        repository, sha = live(house)
        house.engine.images.clear()
        house.engine.containers.clear()
        house.tend(600)
        assert house.status(repository, sha) is Status.CRASHED
        assert "No such image" in house.row(repository, sha).reason
        assert house.timeline(repository).count("instance-crashed") == 11

    def test_that_is_full_is_asked_until_it_is_not(self, house: House) -> None:
        _, sha = live(house)
        start = house.engine.start

        def full(spec: object) -> None:
            raise Unavailable("Docker host local is out of disk space")

        house.engine.start = full  # type: ignore[method-assign,assignment]  # a bad day of one call only
        ends(house, 1)
        house.tend(30)
        assert house.serving() is None
        house.engine.start = start  # type: ignore[method-assign]  # the day is over
        house.tend(3)
        assert house.serving() == sha


def test_what_was_given_up_stays_so_for_the_next_watcher(house: House) -> None:
    repository, sha = live(house, WEB + "    restartPolicy: NEVER\n")
    ends(house, 1)
    house.tend(5)
    house.restart_watch()
    house.tend(60)
    assert states(house, repository, sha) == [InstanceState.CRASHED]


def test_what_somebody_starts_by_hand_serves_again(house: House) -> None:
    repository, sha = live(house, WEB + "    restartPolicy: NEVER\n")
    ends(house, 1)
    house.tend(5)
    container = containers(house)[0]
    house.engine.start(container.spec)
    house.tend(17)
    assert house.serving() == sha
    assert house.status(repository, sha) is Status.LIVE


def test_what_somebody_restarts_is_found_where_it_is_now(house: House) -> None:
    _, sha = live(house)
    container = containers(house)[0]
    house.engine.stop(container.id, "SIGKILL")
    house.engine.start(container.spec)
    house.tend(16)
    assert house.serving() == sha
    (backend,) = house.router.table.backends.values()
    assert backend.servers == ((container.address, 3000),)


def test_a_crash_that_is_never_mended_says_what_it_came_to(house: House) -> None:
    """Though it stays crashed all the while."""
    repository, sha = live(house)
    house.prober.answer = lambda container, path: None
    for _ in range(11):
        ends(house, 1)
        house.tend(70)
    row = house.row(repository, sha)
    assert row.status is Status.CRASHED
    assert "10 times in vain" in row.reason
    made = house.store.reports.get(row.id).github_deployment
    assert made is not None
    assert "10 times in vain" in house.github.deployments[made].states[-1].description


def test_a_router_that_is_down_is_told_when_it_is_back(house: House) -> None:
    _, sha = live(house)
    house.router.down = True
    ends(house, 1)
    house.tend(5)
    address = containers(house)[0].address
    house.router.come_back()
    house.tend(1)
    assert house.serving() == sha
    (backend,) = house.router.table.backends.values()
    assert backend.servers == ((address, 3000),), "where it is now"


def test_a_frozen_service_is_kept_running(house: House) -> None:
    repository, sha = live(house)
    house.store.freezes.put(Freeze(repository.id, None, None, "holidays", "mona", house.clock.now()))
    ends(house, 1)
    house.tend(1)
    assert house.serving() == sha


def test_a_preview_that_is_closed_is_not_brought_back(house: House) -> None:
    repository = house.repository()
    house.push(repository, {"tidegate.yml": PREVIEWED})
    house.work()
    pull = house.open(repository)
    house.work()
    house.tend()
    house.github.close_pull(repository, pull.number)
    house.changed(repository, pull.number)
    house.engine.restarts()
    house.tending.cut()
    house.tend(60)
    house.watch(120, every=5)
    assert house.left_of(repository, pull.number) == []


def test_what_is_retired_between_the_look_and_the_deed_stays_retired(house: House) -> None:
    repository, sha = live(house)
    row = house.row(repository, sha)
    (instance,) = house.store.instances.of(row.id)
    house.store.instances.set_state(row.id, 0, InstanceState.STOPPED)
    assert not house.store.instances.change(instance, instance, "instance-crashed", "too late", house.clock.now())
    house.tend(30)
    assert states(house, repository, sha) == [InstanceState.STOPPED]
    assert "instance-crashed" not in house.timeline(repository)


def test_a_kill_between_start_and_save_is_mended_by_the_next(house: House) -> None:
    repository, sha = live(house)
    ends(house, 1)
    house.tending.turn()
    assert states(house, repository, sha) == [InstanceState.CRASHED]
    house.engine.start(containers(house)[0].spec)
    house.restart_watch()
    house.tend(1)
    assert house.serving() == sha
    assert len(containers(house)) == 1
