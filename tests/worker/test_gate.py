"""`checksPass`: a commit waits for its checks as a row, and is looked at again whenever anything may have changed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fakes.github import APP
from tests.worker.house import DOCKERFILE, GATED, House
from tidegate.deployment import Status
from tidegate.events import ChecksChanged
from tidegate.repository import Repository


def push(house: House) -> tuple[Repository, str]:
    repository = house.repository()
    sha = house.push(repository, {"tidegate.yml": GATED})
    house.work()
    return repository, sha


def test_green_checks_deploy_after_the_settle_time(house: House) -> None:
    repository, sha = push(house)
    house.conclude(repository, sha, None)
    house.conclude(repository, sha, "success")
    house.work()
    assert house.status(repository, sha) is Status.WAITING

    house.watch(4)
    assert house.status(repository, sha) is Status.WAITING
    house.watch(2)
    assert house.status(repository, sha) is Status.LIVE
    assert house.serving() == sha


def test_the_image_is_built_ahead_and_nothing_of_it_runs_before_the_gate_opens(house: House) -> None:
    repository, sha = push(house)
    assert len(house.engine.orders) == 1
    assert house.engine.containers == {}

    house.conclude(repository, sha)
    house.watch(6)
    assert len(house.engine.orders) == 1
    (build,) = [p for p in house.store.phases.of(house.row(repository, sha).id) if p.step == "build"]
    assert build.outcome == "skipped"


@pytest.mark.parametrize("conclusion", ["success", "failure"])
def test_what_a_build_ahead_took_is_the_service_s_whatever_the_checks_say(
    house: House, conclusion: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    build = house.engine.build

    def slowly(*arguments: Any) -> str:
        house.clock.advance(42)
        return build(*arguments)

    monkeypatch.setattr(house.engine, "build", slowly)
    repository, sha = push(house)
    house.conclude(repository, sha, conclusion)
    house.watch(6)
    row = house.row(repository, sha)
    assert row.status is (Status.LIVE if conclusion == "success" else Status.SKIPPED)
    (ahead,) = [each for each in house.store.phases.of(row.id) if each.step == "build-ahead"]
    assert ahead.outcome == "ok"
    assert house.store.phases.metered(row.service_id, row.created_at) == {"build": 42.0}


def test_a_workflow_that_registers_late_is_seen_before_the_switch(house: House) -> None:
    repository, sha = push(house)
    house.conclude(repository, sha, name="unit")
    house.work()
    house.clock.advance(3)
    house.github.check(repository, sha, None, "e2e")  # registered, and its event is lost
    house.watch(60)
    assert house.status(repository, sha) is Status.WAITING
    house.conclude(repository, sha, name="e2e")
    house.watch(6)
    assert house.status(repository, sha) is Status.LIVE


@pytest.mark.parametrize(
    "conclusion", ["failure", "cancelled", "timed_out", "action_required", "stale", "startup_failure"]
)
def test_a_red_check_closes_the_gate_with_its_reason_and_a_rerun_to_green_opens_it(
    house: House, conclusion: str
) -> None:
    repository, sha = push(house)
    house.conclude(repository, sha, conclusion)
    house.work()
    row = house.row(repository, sha)
    assert row.status is Status.SKIPPED
    assert "`test`" in row.reason
    run = next(iter(house.github.check_runs.values()))
    assert run.output.conclusion == "skipped"

    house.conclude(repository, sha, None)
    house.work()
    assert house.status(repository, sha) is Status.WAITING
    house.conclude(repository, sha, "success")
    house.watch(6)
    assert house.status(repository, sha) is Status.LIVE


def test_a_rerun_to_green_of_an_overtaken_commit_stays_closed(house: House) -> None:
    repository, old = push(house)
    house.conclude(repository, old, "failure")
    new = house.push(repository)
    house.conclude(repository, new)
    house.watch(6)
    house.conclude(repository, old, "success")
    house.watch(10)
    assert house.status(repository, old) is Status.SKIPPED
    assert house.serving() == new


def test_a_newer_push_supersedes_a_waiting_one(house: House) -> None:
    repository, old = push(house)
    new = house.push(repository)
    house.conclude(repository, old)
    house.conclude(repository, new)
    house.watch(6)
    assert house.status(repository, old) is Status.SUPERSEDED
    assert house.serving() == new


def test_zero_checks_never_open_the_gate_and_close_it_with_advice(house: House) -> None:
    repository, sha = push(house)
    house.watch(590, every=10)
    assert house.status(repository, sha) is Status.WAITING
    house.watch(15)
    row = house.row(repository, sha)
    assert row.status is Status.SKIPPED
    assert "no checks" in row.reason
    assert "autoDeployTrigger: commit" in row.reason


def test_our_own_check_never_opens_or_blocks_the_gate(house: House) -> None:
    repository, sha = push(house)
    own = [check for check in house.github.checks(repository, sha) if check.app_id == APP]
    assert own, "the waiting deployment has a check run of its own on this commit"
    house.conclude(repository, sha)
    house.watch(6)
    assert house.status(repository, sha) is Status.LIVE


def test_one_reading_of_the_checks_serves_every_service_of_the_commit(house: House) -> None:
    services = "".join(f"  - name: s{n}\n    type: web\n    autoDeployTrigger: checksPass\n" for n in range(10))
    repository = house.repository()
    sha = house.push(repository, {"tidegate.yml": f"services:\n{services}", "Dockerfile": DOCKERFILE})
    house.work()
    house.github.calls.clear()
    house.conclude(repository, sha)
    house.watch(6)
    assert all(house.status(repository, sha, f"s{n}") is Status.LIVE for n in range(10))
    assert house.github.calls["checks"] == 2


def test_the_sha_that_passed_is_deployed_not_the_tip(house: House) -> None:
    repository, sha = push(house)
    house.conclude(repository, sha)
    house.commit(repository)  # the tip moves on, and nobody has told us yet
    house.watch(6)
    assert house.serving() == sha
    (container,) = house.engine.containers.values()
    assert container.spec.labels["tidegate.sha"] == sha


def test_lost_check_events_are_made_up_for_by_the_clock(house: House) -> None:
    repository, sha = push(house)
    house.github.check(repository, sha, "success", at=house.clock.now())  # and no event comes
    house.watch(310, every=10)
    assert house.status(repository, sha) is Status.LIVE


def test_github_down_while_waiting_costs_nothing_but_time(house: House) -> None:
    repository, sha = push(house)
    house.conclude(repository, sha)
    house.github.down()
    house.github.calls.clear()
    house.watch(20)
    assert house.github.calls["checks"] <= 5, "a gate that is overdue must not hammer"
    house.github.up()
    house.watch(6)
    assert house.status(repository, sha) is Status.LIVE


def test_a_closed_gate_cancels_the_build_ahead(house: House) -> None:
    repository = house.repository()
    sha = house.commit(repository, {"tidegate.yml": GATED, "Dockerfile": "FROM scratch\nRUN sleep 1000\n"})
    house.tell(house.pushed(repository, sha))
    house.github.check(repository, sha, "failure", at=house.clock.now())
    house.tell(ChecksChanged(repository.id, sha, concluded=True))
    house.work()
    assert house.status(repository, sha) is Status.SKIPPED
    assert house.engine.images == {}
