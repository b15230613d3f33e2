"""What GitHub shows is brought to what is recorded, in few writes, whatever happens to the writes."""

from __future__ import annotations

from tests.fakes.github import FakeCheckRun
from tests.worker.house import House
from tidegate.deployment import Status


def test_a_quick_deploy_costs_two_reports_and_few_calls(house: House) -> None:
    repository = house.repository()
    house.github.calls.clear()
    house.push(repository)
    house.work()
    writes = {name: count for name, count in house.github.calls.items() if name in _WRITES}
    assert sum(writes.values()) <= 7, writes
    assert sum(house.github.calls.values()) <= 12, house.github.calls


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
    assert house.github.statuses[-1].state == "success"


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
    assert house.github.statuses[-1].state == "success"


_WRITES = {"create_deployment", "deployment_state", "write_check", "commit_status"}


def _only(house: House) -> FakeCheckRun:
    (run,) = house.github.check_runs.values()
    return run
