"""A service of type cron: a run when it is due, one at a time, whatever happens to who watches and to the host."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.fakes.engine import FakeContainer
from tests.worker.house import House
from tidegate import cronrun
from tidegate.cronrun import CronRun, RunState, RunTrigger
from tidegate.deployment import Status, Trigger
from tidegate.events import RepositoryGone
from tidegate.preview import environment_of
from tidegate.repository import PRODUCTION, Repository
from tidegate.store.manual_run import NothingToRun, ask_run
from tidegate.store.scale import Unscalable, scale
from worker.fleet import Fleet
from worker.ports import Container

CRON = 'services:\n  - name: report\n    type: cron\n    schedule: "*/10 * * * *"\n'
#: The house's clock begins at noon.
TEN_PAST = datetime(2026, 3, 1, 12, 10, tzinfo=UTC)
LIMIT = 3600
WORKS, ENDS = "echo counting; sleep 1000", "echo counted; exit 0"


def runs(script: str, file: str = CRON) -> dict[str, str | None]:
    return {"tidegate.yml": file, "Dockerfile": f'FROM scratch\nCMD ["/bin/sh", "-c", "{script}"]\n'}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path, TIDEGATE_RUN_TIMEOUT=str(LIMIT))
    yield made
    made.runs.stop()
    made.store.close()


@pytest.fixture
def repository(house: House) -> Repository:
    return house.repository()


def live(house: House, repository: Repository, script: str, file: str = CRON) -> str:
    sha = house.push(repository, runs(script, file))
    house.work()
    assert house.status(repository, sha, "report") is Status.LIVE
    return sha


def turn(house: House, seconds: float = 0) -> None:
    """Time passes, then the watcher looks, and looks again at what that has changed."""
    house.clock.advance(seconds)
    for _ in range(4):
        house.runs.turn()


def until(house: House, at: datetime) -> None:
    turn(house, (at - house.clock.now()).total_seconds())


def history(house: House, repository: Repository, environment: str = PRODUCTION) -> list[CronRun]:
    """Oldest first."""
    service = house.store.services.by_name(repository.id, "report")
    assert service is not None
    return house.store.cron_runs.of(service.id, environment, 100)[::-1]


def containers(house: House) -> list[FakeContainer]:
    return [each for each in house.engine.containers.values() if each.spec.labels["tidegate.role"] == "run"]


def running(house: House) -> FakeContainer:
    (container,) = [each for each in containers(house) if each.running]
    return container


def by_hand(house: House, repository: Repository, environment: str = PRODUCTION) -> CronRun:
    service = house.store.services.by_name(repository.id, "report")
    assert service is not None
    return ask_run(house.store, service, environment, "mona", house.clock.now())


def printed(house: House, run: CronRun) -> list[str]:
    assert run.deployment_id is not None
    return [line.text for line in house.store.logs.read(run.deployment_id, step=cronrun.log_name(run.id))]


def states(house: House, repository: Repository) -> list[RunState]:
    return [each.state for each in history(house, repository)]


def test_a_deploy_starts_nothing_and_is_live_at_once(house: House, repository: Repository) -> None:
    began = house.clock.now()
    sha = live(house, repository, ENDS)
    assert house.clock.now() == began
    house.tend(30)
    assert (house.engine.containers, house.prober.probes) == ({}, 0)
    assert house.store.instances.tended() == []
    assert (house.router.table.hosts, house.router.table.backends) == ({}, {})
    row = house.row(repository, sha, "report")
    assert any("its next run is of this version" in line.text for line in house.store.logs.read(row.id))
    shown = [each for made in house.github.deployments.values() for each in made.states]
    assert (shown[-1].state, shown[-1].environment_url) == ("success", None)


def test_a_run_comes_when_it_is_due_and_leaves_its_history_and_its_log(house: House, repository: Repository) -> None:
    live(house, repository, ENDS)
    turn(house, 599)
    assert history(house, repository) == []
    turn(house, 2)
    (run,) = history(house, repository)
    assert (run.state, run.reason, run.exit_code) == (RunState.COMPLETED, "exited with code 0", 0)
    assert (run.trigger, run.actor, run.asked_at) == (RunTrigger.SCHEDULE, "tidegate", TEN_PAST)
    assert run.began_at == run.ended_at == TEN_PAST + timedelta(seconds=1)
    assert printed(house, run) == ["counted"]
    assert containers(house) == []
    turn(house, 300)
    assert len(history(house, repository)) == 1
    turn(house, 300)
    assert states(house, repository) == [RunState.COMPLETED] * 2


@pytest.mark.parametrize(
    ("code", "oom", "told"),
    [
        (3, False, "exited with code 3"),
        (137, True, "ran out of memory and was killed (set a higher `memory`)"),
        (0, True, "ran out of memory and was killed (set a higher `memory`)"),
    ],
)
def test_one_that_fails_says_why_and_is_not_started_again(
    house: House, repository: Repository, code: int, oom: bool, told: str
) -> None:
    sha = live(house, repository, WORKS)
    until(house, TEN_PAST)
    house.engine.ends(running(house).id, code, oom_killed=oom)
    turn(house, 1)
    (run,) = history(house, repository)
    assert (run.state, run.reason, run.exit_code) == (RunState.FAILED, told, code)
    assert "run-failed" in house.timeline(repository)
    assert house.status(repository, sha, "report") is Status.LIVE
    turn(house, 300)
    assert len(history(house, repository)) == 1


def test_a_scheduled_run_waits_for_the_active_one(house: House, repository: Repository) -> None:
    live(house, repository, WORKS)
    until(house, TEN_PAST)
    first = running(house)
    turn(house, 1500)
    assert states(house, repository) == [RunState.RUNNING, RunState.WAITING]
    assert running(house) is first
    house.engine.ends(first.id, 0)
    turn(house, 1)
    assert states(house, repository) == [RunState.COMPLETED, RunState.RUNNING]
    assert running(house) is not first


def test_a_run_by_hand_takes_the_place_of_the_active_one(house: House, repository: Repository) -> None:
    live(house, repository, WORKS)
    until(house, TEN_PAST)
    first = running(house)
    turn(house, 600)
    asked = by_hand(house, repository)
    turn(house)
    scheduled, waited, manual = history(house, repository)
    assert (scheduled.state, waited.state, manual.state) == (RunState.CANCELED, RunState.CANCELED, RunState.RUNNING)
    assert first.signals == ["SIGTERM"]
    assert scheduled.reason == "mona started another by hand, and there is one at a time"
    assert (manual.id, manual.trigger, manual.actor) == (asked.id, RunTrigger.MANUAL, "mona")
    assert len(containers(house)) == 1
    assert {"run-asked", "run-canceled"} <= set(house.timeline(repository))


def test_one_that_does_not_listen_is_killed_after_its_delay(house: House, repository: Repository) -> None:
    live(house, repository, "trap '' TERM; sleep 1000", CRON + "    maxShutdownDelaySeconds: 20\n")
    until(house, TEN_PAST)
    first = running(house)
    by_hand(house, repository)
    turn(house)
    turn(house, 19)
    assert states(house, repository) == [RunState.RUNNING, RunState.WAITING]
    turn(house, 2)
    assert states(house, repository) == [RunState.CANCELED, RunState.RUNNING]
    assert first.signals == ["SIGTERM", "SIGKILL"]


def test_one_that_takes_too_long_is_stopped_and_has_failed(house: House, repository: Repository) -> None:
    live(house, repository, WORKS, CRON.replace("*/10 *", "10 12"))
    until(house, TEN_PAST)
    turn(house, LIMIT - 1)
    assert states(house, repository) == [RunState.RUNNING]
    house.restart_watch()
    turn(house, 1)
    (run,) = history(house, repository)
    assert (run.state, run.exit_code) == (RunState.FAILED, 143)
    assert run.reason == "it ran for 1 h, which is the longest that it may"


def test_a_deploy_lets_the_active_run_finish_and_the_next_is_of_the_new_version(
    house: House, repository: Repository
) -> None:
    old = live(house, repository, WORKS)
    until(house, TEN_PAST)
    first = running(house)
    new = live(house, repository, "echo new; sleep 1000")
    house.watch(100)
    assert house.status(repository, old, "report") is Status.REMOVED
    assert (running(house), first.signals) == (first, [])
    turn(house, 600)
    house.engine.ends(first.id, 0)
    turn(house, 1)
    assert running(house).spec.labels["tidegate.sha"] == new
    done, _ = history(house, repository)
    assert (done.state, printed(house, done)) == (RunState.COMPLETED, ["counting"])


def test_a_time_that_falls_into_a_deploy_is_kept(house: House, repository: Repository) -> None:
    live(house, repository, ENDS)
    turn(house, 599)
    house.clock.advance(2)
    new = live(house, repository, "echo new; exit 0")
    turn(house)
    (run,) = history(house, repository)
    row = house.store.deployments.get(run.deployment_id or "")
    assert row is not None
    assert (run.asked_at, row.sha) == (TEN_PAST, new)


def test_another_schedule_counts_from_its_deploy_on(house: House, repository: Repository) -> None:
    live(house, repository, ENDS)
    turn(house, 300)
    live(house, repository, ENDS, CRON.replace("*/10", "7"))
    turn(house, 600)
    assert [each.asked_at for each in history(house, repository)] == [TEN_PAST - timedelta(minutes=3)]


def test_what_was_missed_while_nobody_watched_is_made_up_for_once(house: House, repository: Repository) -> None:
    live(house, repository, ENDS)
    turn(house)
    house.restart_watch()
    turn(house, 5 * 3600)
    (run,) = history(house, repository)
    assert run.state is RunState.COMPLETED
    turn(house, 600)
    assert len(history(house, repository)) == 2


def test_a_watcher_killed_after_the_start_starts_it_not_again(
    house: House, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the container's start and the row that says so."""
    live(house, repository, ENDS)
    with monkeypatch.context() as killed:
        killed.setattr(house.store.cron_runs, "began", _killed)
        with pytest.raises(_Killed):
            until(house, TEN_PAST + timedelta(seconds=1))
    assert states(house, repository) == [RunState.STARTING]
    (container,) = containers(house)
    house.restart_watch()
    turn(house, 30)
    (run,) = history(house, repository)
    assert (run.state, printed(house, run)) == (RunState.COMPLETED, ["counted"])
    assert house.engine.happened.count(container.id) == 2  # made, and removed


def test_a_watcher_killed_before_the_start_leaves_it_to_the_next(
    house: House, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    live(house, repository, ENDS)
    with monkeypatch.context() as killed:
        killed.setattr(house.engine, "start", _killed)
        with pytest.raises(_Killed):
            until(house, TEN_PAST)
    house.restart_watch()
    turn(house, 1)
    assert states(house, repository) == [RunState.COMPLETED]


def test_a_watcher_killed_before_the_removal_leaves_it_to_the_sweep(
    house: House, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    live(house, repository, ENDS)
    with monkeypatch.context() as killed:
        killed.setattr(house.engine, "remove", _killed)
        with pytest.raises(_Killed):
            until(house, TEN_PAST)
    assert len(containers(house)) == 1
    house.restart_watch()
    house.watch(10)
    assert containers(house) == []
    assert states(house, repository) == [RunState.COMPLETED]


def test_a_run_outlives_its_watcher_and_its_log_goes_on(house: House, repository: Repository) -> None:
    live(house, repository, WORKS)
    until(house, TEN_PAST)
    container = running(house)
    house.runs.stop()
    house.restart_watch()
    turn(house, 60)
    assert running(house) is container
    house.engine.prints(container.id, "half way")
    house.engine.ends(container.id, 0)
    turn(house, 60)
    (run,) = history(house, repository)
    assert run.state is RunState.COMPLETED
    assert printed(house, run) == ["counting", "half way"]


def test_while_the_host_is_away_nothing_is_lost_or_doubled(house: House, repository: Repository) -> None:
    live(house, repository, WORKS)
    until(house, TEN_PAST)
    container = running(house)
    house.engine.trouble = "Docker host local can't be reached"
    turn(house, 700)
    assert states(house, repository) == [RunState.RUNNING, RunState.WAITING]
    house.engine.trouble = None
    turn(house, 1)
    assert states(house, repository) == [RunState.RUNNING, RunState.WAITING]
    house.engine.ends(container.id, 0)
    turn(house, 1)
    assert states(house, repository) == [RunState.COMPLETED, RunState.RUNNING]


def test_one_that_is_due_while_the_host_is_away_begins_when_it_is_back(house: House, repository: Repository) -> None:
    live(house, repository, ENDS)
    turn(house)
    house.engine.trouble = "Docker host local can't be reached"
    turn(house, 600)
    turn(house, 1200)
    assert states(house, repository) == [RunState.STARTING, RunState.WAITING]
    house.engine.trouble = None
    turn(house, 1)
    assert states(house, repository) == [RunState.COMPLETED] * 2


def test_a_container_that_somebody_removed_is_a_failed_run(house: House, repository: Repository) -> None:
    live(house, repository, WORKS)
    until(house, TEN_PAST)
    house.engine.remove(running(house).id)
    turn(house, 1)
    (run,) = history(house, repository)
    assert (run.state, run.reason) == (RunState.FAILED, "its container was removed by somebody else")


def test_one_that_the_engine_refuses_has_failed_with_its_reason(house: House, repository: Repository) -> None:
    live(house, repository, WORKS)
    house.engine.refusal = "no such image"
    until(house, TEN_PAST)
    (run,) = history(house, repository)
    assert (run.state, run.reason) == (RunState.FAILED, "it could not be started: no such image")


def test_one_whose_host_is_no_longer_ours_has_failed_and_makes_room(tmp_path: Path) -> None:
    house = House(tmp_path, TIDEGATE_HOSTS="one unix:///one.sock, two unix:///two.sock")
    repository = house.repository()
    live(house, repository, WORKS)
    until(house, TEN_PAST)
    (run,) = history(house, repository)
    house.runs.stop()
    left = [engine for engine in house.parts.hosts if engine.name != run.host]
    house.parts = replace(house.parts, hosts=Fleet(left))
    house.restart_watch()
    turn(house)
    ended = house.store.cron_runs.get(run.id)
    assert ended is not None
    assert (ended.state, ended.reason) == (
        RunState.FAILED,
        f"its Docker host {run.host} is no longer among TIDEGATE_HOSTS",
    )
    assert house.store.cron_runs.open() == []
    house.restart_worker()
    house.watch(10)
    assert (house.engine.containers, house.store.cron_runs.open()) == ({}, [])
    house.runs.stop()


def test_one_that_cannot_be_tended_keeps_no_other_from_it(
    house: House, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = CRON.removeprefix("services:\n").replace("report", "other")
    live(house, repository, ENDS, CRON + other)
    inspect = house.engine.inspect

    def broken(container: str) -> Container | None:
        if "-report-" in container:
            raise ValueError("nobody has thought of this")
        return inspect(container)

    monkeypatch.setattr(house.engine, "inspect", broken)
    until(house, TEN_PAST)
    found = house.store.services.by_name(repository.id, "other")
    assert found is not None
    (done,) = house.store.cron_runs.of(found.id, PRODUCTION, 10)
    assert (done.state, states(house, repository)) == (RunState.COMPLETED, [RunState.STARTING])


def test_a_preview_runs_by_hand_only_and_takes_its_runs_with_it(house: House, repository: Repository) -> None:
    file = CRON + "previews:\n  generation: automatic\n"
    live(house, repository, WORKS, file)
    pull = house.open(repository)
    house.work()
    place = environment_of(pull.number)
    until(house, TEN_PAST)
    house.engine.ends(running(house).id, 0)
    turn(house, 1)
    assert history(house, repository, place) == []
    by_hand(house, repository, place)
    turn(house)
    assert running(house).spec.environment["IS_PULL_REQUEST"] == "true"
    house.github.close_pull(repository, pull.number)
    house.changed(repository, pull.number)
    house.watch(60)
    (run,) = history(house, repository, place)
    assert run.state is RunState.CANCELED
    assert house.left_of(repository, pull.number) == []


def test_a_repository_that_is_gone_stops_its_runs_and_back_again_has_them(house: House, repository: Repository) -> None:
    live(house, repository, WORKS)
    until(house, TEN_PAST)
    house.tell(RepositoryGone(repository.id, "taken from us"))
    turn(house)
    (run,) = history(house, repository)
    assert (run.state, run.reason) == (RunState.CANCELED, "taken from us")
    turn(house, 3600)
    assert (len(history(house, repository)), containers(house)) == (1, [])


def test_of_another_type_it_has_no_runs_any_more(house: House, repository: Repository) -> None:
    live(house, repository, WORKS)
    until(house, TEN_PAST)
    house.engine.ends(running(house).id, 0)
    live(house, repository, WORKS, CRON.replace("cron", "worker").replace('    schedule: "*/10 * * * *"\n', ""))
    turn(house, 3600)
    assert states(house, repository) == [RunState.COMPLETED]
    live(house, repository, ENDS)
    turn(house)
    assert states(house, repository) == [RunState.COMPLETED]
    turn(house, 600)
    assert states(house, repository) == [RunState.COMPLETED] * 2


def test_rolled_back_and_restarted_it_is_live_without_a_build(house: House, repository: Repository) -> None:
    old = live(house, repository, ENDS)
    live(house, repository, "echo new; exit 0")
    built = len(house.engine.orders)
    house.press(repository, house.row(repository, old, "report"), Trigger.ROLLBACK)
    house.work()
    house.press(repository, house.row(repository, old, "report"), Trigger.RESTART)
    house.work()
    assert len(house.engine.orders) == built
    until(house, TEN_PAST)
    (run,) = history(house, repository)
    row = house.store.deployments.get(run.deployment_id or "")
    assert row is not None
    assert (row.sha, row.trigger, printed(house, run)) == (old, Trigger.RESTART, ["counted"])


def test_what_only_other_types_have_is_refused(house: House, repository: Repository) -> None:
    sha = house.push(repository, runs(WORKS))
    service = house.store.services.by_name(repository.id, "report")
    assert service is not None
    with pytest.raises(NothingToRun, match="nothing of `report` is live in `production`"):
        by_hand(house, repository)
    with pytest.raises(Unscalable, match="`report` is a cron service"):
        scale(house.store, service, PRODUCTION, 2, "mona", house.clock.now())
    house.work()
    assert house.status(repository, sha, "report") is Status.LIVE
    web = live(house, repository, WORKS, CRON.replace("cron", "worker").replace('    schedule: "*/10 * * * *"\n', ""))
    assert web
    with pytest.raises(NothingToRun, match="`report` is of type `worker`"):
        by_hand(house, repository)


class _Killed(BaseException):
    """kill -9, as far as a test in one process can have it."""


def _killed(*_: object) -> None:
    raise _Killed
