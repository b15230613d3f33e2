"""The watcher: one leads, a part that is down holds up nothing else, a gate's time is met and not hammered at."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.waiting import wait_until
from tests.worker.house import GATED, House
from tidegate.cronrun import RunState
from tidegate.deployment import Status
from tidegate.repository import Repository
from worker.pool import crew
from worker.watch import Watch


def turn(watch: Watch) -> None:
    watch.ring()
    watch.act()


def tended(house: House) -> tuple[Repository, str, Watch]:
    """What is live, its commit, and a leader that has looked at it."""
    repository = house.repository()
    sha = house.push(repository)
    house.work()
    watch = Watch(house.parts)
    watch.ring()
    watch.tend(*watch.tendings)
    return repository, sha, watch


def test_of_two_watchers_one_leads_and_the_other_takes_over(house: House) -> None:
    repository = house.repository()
    sha = house.push(repository)
    first = Watch(house.parts)
    second = Watch(replace(house.parts, owner="another"))
    house.bell.lose_all()
    turn(first)
    house.bell.lose_all()
    turn(second)
    assert house.bell.rings == [], "only the leader sweeps"

    house.clock.advance(15)
    turn(second)
    house.work()
    assert house.status(repository, sha) is Status.LIVE


def test_a_router_that_lost_its_table_is_given_it_by_a_new_leader(house: House) -> None:
    repository = house.repository()
    sha = house.push(repository)
    house.work()
    house.router.table = house.router.table.__class__({}, {})
    turn(Watch(house.parts))
    assert house.serving() == sha


def test_a_router_that_is_down_holds_up_nothing_else(house: House) -> None:
    repository = house.repository()
    house.push(repository)
    house.router.down = True
    watch = Watch(house.parts)
    house.bell.lose_all()
    house.clock.advance(15)
    turn(watch)
    assert "deploy" in {ring[0] for ring in house.bell.rings}


def test_a_gate_is_looked_at_when_its_settle_time_ends(house: House) -> None:
    watch = Watch(house.parts)
    assert watch.pause() == 0.5, "nothing waits"
    repository = house.repository()
    sha = house.push(repository, {"tidegate.yml": GATED})
    house.conclude(repository, sha)
    house.work()
    house.clock.advance(4.9)
    watch.ring()
    assert 0 < watch.pause() < 0.2
    house.clock.advance(1)
    assert watch.pause() == 0, "it became due since the last ring"
    watch.ring()
    assert watch.pause() == 0.5, "what is overdue has been rung for"


def test_github_is_asked_for_deliveries_only_where_it_cannot_send_them(tmp_path: Path) -> None:
    for mode, rings in {"push": 0, "poll": 3}.items():
        house = House(tmp_path / mode, TIDEGATE_WEBHOOKS=mode)
        watch, rung = Watch(house.parts), 0
        for _ in range(15):
            watch.ring()
            rung += house.bell.rings.count(("poll",))
            house.bell.lose_all()
            house.clock.advance(1)
        assert rung == rings, mode


def test_it_is_cleaned_up_now_and_then(house: House) -> None:
    watch, rung = Watch(house.parts), list[int]()
    for hour in range(4):
        watch.ring()
        rung += [hour] * house.bell.rings.count(("clean",))
        house.bell.lose_all()
        house.clock.advance(1800)
    assert rung == [2], "an hour after the start, and an hour after that"


def test_what_a_live_service_prints_is_in_its_log(house: House) -> None:
    repository = house.repository()
    sha = house.push(repository)
    house.work()
    watch = Watch(house.parts)
    turn(watch)
    (container,) = house.engine.containers.values()
    house.engine.prints(container.id, "somebody came by")
    row = house.row(repository, sha)
    wait_until(lambda: "somebody came by" in [line.text for line in house.store.logs.read(row.id, step="run")])
    house.engine.ends(container.id, 1)
    watch.stop()


def test_one_deploy_worker_is_always_free_for_what_people_wait_for() -> None:
    quick, rollouts = crew(3)
    assert quick == (("events",), ("upkeep",), ("news",))
    assert rollouts == (("deploys",), ("deploys", "builds"), ("deploys", "builds"))
    assert crew(1)[1] == (("deploys", "builds"),)


def test_a_crash_is_heard_from_the_host_and_mended(house: House) -> None:
    repository, sha, watch = tended(house)
    watch.listeners[0].start()
    (container,) = house.engine.containers.values()

    def heard() -> bool:
        """The clock stands still, so that no regular look finds it; nobody says when the line is open."""
        house.engine.ends(container.id, 1)
        watch.tend(*watch.tendings)
        return "instance-crashed" in house.timeline(repository)

    wait_until(heard)
    for _ in range(2):
        watch.tend(*watch.tendings)
        house.clock.advance(1)
    watch.tend(*watch.tendings)
    watch.stop()
    assert house.serving() == sha


def test_a_host_that_hangs_up_is_no_crash(house: House) -> None:
    repository, sha, watch = tended(house)
    house.clock.advance(1)
    house.engine.trouble = "Docker host local can't be reached"
    house.engine.restarts()
    watch.listeners[0].start()
    wait_until(lambda: watch.tendings[0]._cut)
    house.engine.trouble = None
    for _ in range(4):
        watch.tend(*watch.tendings)
        house.clock.advance(1)
    watch.stop()
    assert house.serving() == sha
    assert "instance-crashed" not in house.timeline(repository)


def test_only_the_leader_tends(house: House) -> None:
    repository = house.repository()
    house.push(repository)
    house.work()
    first, second = Watch(house.parts), Watch(replace(house.parts, owner="another"))
    first.ring()
    second.ring()
    house.engine.restarts()
    second.tend(*second.tendings)
    assert house.serving() is not None, "nothing was looked at"
    probes = house.prober.probes
    first.tend(*first.tendings)
    assert house.prober.probes > probes


def test_what_a_service_that_crashes_again_and_again_prints_is_in_its_log(house: House) -> None:
    repository = house.repository()
    sha = house.push(repository)
    house.work()
    watch = Watch(house.parts)
    turn(watch)
    watch.tend(*watch.tendings)
    (container,) = house.engine.containers.values()
    row = house.row(repository, sha)
    for life in range(3):
        house.engine.prints(container.id, f"last words {life}")
        wait_until(lambda life=life: f"last words {life}" in _said(house, row.id))  # type: ignore[misc]  # bound at once
        house.engine.ends(container.id, 1)
        for _ in range(6):
            house.clock.advance(5)
            watch.ring()
            watch.tend(*watch.tendings)
            watch.act()
    watch.stop()
    assert house.serving() == sha


def _said(house: House, deployment_id: str) -> list[str]:
    return [line.text for line in house.store.logs.read(deployment_id, step="run")]


def test_only_the_leader_starts_runs_and_who_leads_no_more_leaves_them_to_the_next(house: House) -> None:
    file = 'services:\n  - name: report\n    type: cron\n    schedule: "* * * * *"\n'
    house.push(
        house.repository(), {"tidegate.yml": file, "Dockerfile": 'FROM scratch\nCMD ["/bin/sh", "-c", "sleep 1000"]\n'}
    )
    house.work()
    first, second = Watch(house.parts), Watch(replace(house.parts, owner="another"))
    house.clock.advance(60)
    for watch in (first, second, first, second):
        watch.ring()
        watch.run_crons()
    (run,) = house.store.cron_runs.open()
    assert run.state is RunState.RUNNING
    house.clock.advance(15)
    for watch in (second, first):
        watch.ring()
        watch.run_crons()
    (container,) = house.engine.containers.values()
    house.engine.ends(container.id, 0)
    second.run_crons()
    ended = house.store.cron_runs.get(run.id)
    assert ended is not None
    assert (ended.state, house.engine.containers) == (RunState.COMPLETED, {})
    first.stop()
    second.stop()
