"""What GitHub shows is brought to what is recorded, in few writes, whatever happens to the writes."""

from __future__ import annotations

from typing import Any

from tests.fakes.github import FakeCheckRun
from tests.worker.house import GATED, House
from tidegate.deployment import Status
from worker import reporter


def test_a_quick_deploy_costs_one_report(house: House) -> None:
    repository = house.repository()
    house.push(repository)
    house.work()
    house.github.calls.clear()
    house.push(repository)
    house.work()
    house.watch(70)
    assert house.github.calls == {
        "branch_head": 1,
        "deploy_file": 1,
        "create_deployment": 1,
        "deployment_state": 2,  # the new one's success, the old one's end
        "write_check": 1,
        "commit_status": 1,
    }


def test_a_slow_deploy_is_shown_while_it_runs(house: House) -> None:
    repository = house.repository()
    sha = house.push(repository)
    build = house.engine.build
    shown = []

    def slow(order: Any, on_line: Any, timeout: float, stop: Any) -> str:
        house.clock.advance(2)
        reporter.report(house.parts)
        shown.append(_only(house).output.status)
        return build(order, on_line, timeout, stop)

    house.engine.build = slow  # type: ignore[method-assign]
    house.work()
    assert shown == ["in_progress"]
    assert house.status(repository, sha) is Status.LIVE
    assert [state.state for state in next(iter(house.github.deployments.values())).states] == ["in_progress", "success"]


def test_what_is_waited_for_is_told_now_and_then(house: House) -> None:
    repository = house.repository()
    sha = house.push(repository, {"tidegate.yml": GATED})
    house.work()
    house.github.calls.clear()
    for name in "abcdefgh":
        house.conclude(repository, sha, None, name)
        house.conclude(repository, sha, "success", name)
        house.watch(1)
    assert house.github.calls["write_check"] <= 2
    assert house.github.calls["checks"] <= 8


def test_a_failed_report_never_fails_a_deploy_and_is_made_up_for(house: House) -> None:
    repository = house.repository()
    sha = house.push(repository)
    for name in _WRITES:
        house.github.down(method=name)
    house.work()
    assert house.status(repository, sha) is Status.LIVE
    assert not house.github.check_runs

    house.github.up()
    house.watch(10)
    assert _only(house).output.conclusion == "success"
    assert house.github.commit_statuses[-1].state == "success"


def test_an_answer_that_is_lost_makes_nothing_twice(house: House) -> None:
    repository = house.repository()
    house.push(repository)
    house.github.down(method="create_deployment", times=1, after=True)
    house.github.down(method="write_check", times=1, after=True)
    house.work()
    house.watch(30)
    assert len(house.github.deployments) == 1
    assert _only(house).output.conclusion == "success"


def test_a_limit_is_obeyed_and_only_delays(house: House) -> None:
    repository = house.repository()
    house.push(repository)
    house.github.limited(90, times=1, method="create_deployment")
    house.work()
    asked = house.github.calls["create_deployment"]
    house.watch(80)
    assert house.github.calls["create_deployment"] == asked
    house.watch(15)
    assert _only(house).output.conclusion == "success"


def test_what_github_refuses_is_given_up_not_tried_for_ever(house: House) -> None:
    repository = house.repository()
    sha = house.push(repository)
    house.github.refuse("Resource not accessible by integration", method="create_deployment")
    house.work()
    house.watch(5)
    asked = house.github.calls["create_deployment"]
    house.watch(60)
    assert house.github.calls["create_deployment"] == asked
    assert house.status(repository, sha) is Status.LIVE


def test_a_commit_that_never_deploys_has_no_github_deployment(house: House) -> None:
    repository = house.repository()
    house.push(repository, message="[skip cd] docs")
    house.work()
    assert not house.github.deployments
    assert _only(house).output.conclusion == "skipped"
    assert house.github.commit_statuses[-1].state == "success"


_WRITES = {"create_deployment", "deployment_state", "write_check", "commit_status"}


def _only(house: House) -> FakeCheckRun:
    (run,) = house.github.check_runs.values()
    return run


def test_where_little_is_left_only_what_people_wait_for_is_told(house: House) -> None:
    house.github.limited(3600, spare=True)
    repository = house.repository()
    skipped = house.push(repository, message="Change [skip tidegate]")
    live = house.push(repository)
    house.work()
    assert {run.output.sha for run in house.github.check_runs.values()} == {live}
    house.github.up()
    house.watch(15)
    assert {run.output.sha for run in house.github.check_runs.values()} == {live, skipped}
