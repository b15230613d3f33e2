"""What a waiting commit is judged on: check runs, statuses where a service counts them, approval, and how often."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.worker.house import DOCKERFILE, GATED, House
from tidegate.blueprint import AutoDeploy
from tidegate.deployment import Deployment, Status, Trigger
from tidegate.events import ChecksChanged
from tidegate.repository import Repository
from tidegate.store import NewDeployment
from worker import build_ahead, consider
from worker.ports import BuildOrder, OnLine, Stop

COUNTING = GATED + "    countStatuses: true\n"
TWO = COUNTING + "  - name: api\n    type: web\n    autoDeployTrigger: checksPass\n"


def push(house: House, file: str = GATED, **files: str) -> tuple[Repository, str]:
    repository = house.repository()
    sha = house.push(repository, {"tidegate.yml": file, "Dockerfile": DOCKERFILE, **files})
    house.work()
    return repository, sha


def say(house: House, repository: Repository, sha: str, state: str, context: str = "ci/old") -> None:
    house.github.status(repository, sha, state, context)
    house.tell(ChecksChanged(repository.id, sha, concluded=state != "pending", status=True))


class TestStatuses:
    def test_count_beside_check_runs_where_a_service_says_so(self, house: House) -> None:
        repository, sha = push(house, TWO)
        say(house, repository, sha, "pending")
        house.conclude(repository, sha)
        house.watch(6)
        assert house.status(repository, sha, "api") is Status.LIVE
        assert house.status(repository, sha, "web") is Status.WAITING
        assert house.row(repository, sha, "web").reason == "waiting for `ci/old`"

        say(house, repository, sha, "success")
        house.watch(6)
        assert house.status(repository, sha, "web") is Status.LIVE

    @pytest.mark.parametrize("state", ["failure", "error"])
    def test_one_that_fails_closes_the_gate_and_its_success_opens_it_again(self, house: House, state: str) -> None:
        repository, sha = push(house, COUNTING)
        house.conclude(repository, sha)
        say(house, repository, sha, state)
        house.watch(6)
        assert house.status(repository, sha) is Status.SKIPPED
        assert "`ci/old` failed" in house.row(repository, sha).reason

        say(house, repository, sha, "success")
        house.watch(6)
        assert house.status(repository, sha) is Status.LIVE

    def test_alone_they_open_the_gate_of_a_commit_without_check_runs(self, house: House) -> None:
        repository, sha = push(house, COUNTING)
        say(house, repository, sha, "success")
        house.watch(6)
        assert house.status(repository, sha) is Status.LIVE

    def test_ours_never_count(self, house: House) -> None:
        repository, sha = push(house, COUNTING)
        assert house.github.statuses(repository, sha), "the waiting deployment has a status of its own on this commit"
        house.conclude(repository, sha)
        house.watch(6)
        assert house.status(repository, sha) is Status.LIVE

    def test_a_required_name_may_be_a_context_in_any_case(self, house: House) -> None:
        repository, sha = push(house, COUNTING + "    requiredChecks: [test, CI/Old]\n")
        house.conclude(repository, sha)
        house.watch(6)
        assert house.row(repository, sha).reason == "waiting for `CI/Old`"
        say(house, repository, sha, "failure", "ci/unnamed")
        say(house, repository, sha, "success", "ci/old")
        house.watch(6)
        assert house.status(repository, sha) is Status.LIVE

    def test_are_not_asked_for_where_nobody_counts_them(self, house: House) -> None:
        repository, sha = push(house)
        house.github.calls.clear()
        say(house, repository, sha, "failure")
        house.work()
        assert house.github.calls["statuses"] == house.github.calls["checks"] == 0
        house.conclude(repository, sha)
        house.watch(6)
        assert house.status(repository, sha) is Status.LIVE
        assert house.github.calls["statuses"] == 0


def test_a_look_costs_one_reading_of_runs_and_one_of_statuses_however_many_services(house: House) -> None:
    services = "".join(COUNTING.removeprefix("services:\n").replace("web\n", f"s{n}\n", 1) for n in range(8))
    repository, sha = push(house, f"services:\n{services}")
    house.github.calls.clear()
    house.conclude(repository, sha)
    assert (house.github.calls["checks"], house.github.calls["statuses"]) == (1, 1)


class TestApproval:
    def waiting(self, house: House, trigger: AutoDeploy) -> tuple[Repository, Deployment]:
        """A stranger's commit, green and unapproved."""
        repository, sha = push(house)
        row = house.row(repository, sha)
        stranger = NewDeployment(
            repository_id=repository.id,
            service_id=row.service_id,
            service=row.service,
            environment="pr-7",
            sha=sha,
            branch="feature",
            message=row.message,
            author="stranger",
            trigger=Trigger.PULL_REQUEST,
            actor="stranger",
            status=Status.WAITING,
            reason="waiting for approval",
            tree=row.tree,
            definition={**(row.definition or {}), "autoDeployTrigger": trigger.value},
            needs_approval=True,
        )
        house.store.environments.ensure(row.service_id, "pr-7")
        made = house.store.deployments.create(stranger, house.clock.now())
        house.conclude(repository, sha)
        house.watch(6)
        return repository, made

    def status(self, house: House, row: Deployment) -> Status:
        found = house.store.deployments.get(row.id)
        assert found is not None
        return found.status

    @pytest.mark.parametrize("trigger", [AutoDeploy.CHECKS_PASS, AutoDeploy.COMMIT])
    def test_no_check_stands_in_for_it(self, house: House, trigger: AutoDeploy) -> None:
        repository, row = self.waiting(house, trigger)
        consider.consider(house.parts, repository.id, row.sha)
        house.watch(320, every=10)
        assert self.status(house, row) is Status.WAITING

    @pytest.mark.parametrize("trigger", [AutoDeploy.CHECKS_PASS, AutoDeploy.COMMIT])
    def test_once_given_the_sweep_goes_on_though_nobody_rang(self, house: House, trigger: AutoDeploy) -> None:
        _, row = self.waiting(house, trigger)
        assert house.store.deployments.approve(row.id, "mona", house.clock.now())
        house.watch(320, every=10)
        assert self.status(house, row) is Status.LIVE


class TestBuildAhead:
    """What is being built when the checks conclude."""

    def building(self, house: House, dockerfile: str) -> tuple[Repository, str]:
        repository = house.repository()
        sha = house.commit(repository, {"tidegate.yml": GATED, "Dockerfile": dockerfile})
        house.tell(house.pushed(repository, sha))
        return repository, sha

    def while_built(self, house: House, row: Deployment, happens: Callable[[], None]) -> str:
        """Builds ahead; `happens` once the build is under way. What its log says in the end."""
        build, begun = house.engine.build, list[str]()

        def told(order: BuildOrder, on_line: OnLine, timeout: float, stop: Stop) -> str:
            def heard(line: str) -> None:
                if not begun:
                    happens()
                begun.append(line)
                on_line(line)

            return build(order, heard, timeout, stop)

        house.engine.build = told  # type: ignore[method-assign] # the first line says that it is under way
        build_ahead.build_ahead(house.parts, row.id)
        return "\n".join(line.text for line in house.store.logs.read(row.id))

    def test_is_canceled_by_a_red_check(self, house: House) -> None:
        repository, sha = self.building(house, "FROM scratch\nRUN sleep 1000\n")
        row = house.row(repository, sha)
        log = self.while_built(house, row, lambda: house.conclude(repository, sha, "failure"))
        assert len(house.engine.orders) == 1, "it had begun"
        assert house.status(repository, sha) is Status.SKIPPED
        assert house.engine.images == {}
        assert "stopped on request" in log

    def test_goes_on_when_the_checks_pass(self, house: House) -> None:
        repository, sha = self.building(house, DOCKERFILE)
        row = house.row(repository, sha)
        self.while_built(house, row, lambda: house.conclude(repository, sha, "success"))
        assert len(house.engine.images) == 1
        assert house.engine.containers == {}


class TestWaits:
    def test_a_day_at_most(self, house: House) -> None:
        repository, sha = push(house)
        house.conclude(repository, sha, None)
        house.watch(86000, every=2000)
        assert house.status(repository, sha) is Status.WAITING
        house.watch(800, every=200)
        row = house.row(repository, sha)
        assert row.status is Status.SKIPPED
        assert row.reason == "`test` did not finish within 24 h"

    def test_as_a_row_that_costs_nothing_while_nothing_is_heard(self, house: House) -> None:
        repository, sha = push(house)
        house.github.check(repository, sha, None)
        house.github.calls.clear()
        house.watch(290, every=10)
        assert house.github.calls["checks"] == 0

    def test_no_longer_where_github_refuses_to_show_the_checks(self, house: House) -> None:
        repository, sha = push(house)
        house.github.refuse("Not Found.", method="checks")
        house.conclude(repository, sha)
        house.work()
        row = house.row(repository, sha)
        assert row.status is Status.SKIPPED
        assert row.reason == "its checks can't be read: Not Found."
        house.github.calls.clear()
        house.watch(20)
        assert house.github.calls["checks"] == 0

        house.github.up()
        house.watch(310, every=10)
        assert house.status(repository, sha) is Status.LIVE, "the sweep finds that they can be read again"


class TestClosedGate:
    def test_a_rerun_to_green_that_nobody_told_of_is_found_by_the_sweep(self, house: House) -> None:
        repository, sha = push(house)
        house.conclude(repository, sha, "failure")
        house.watch(10)
        house.github.check(repository, sha, "success", at=house.clock.now())
        house.watch(320, every=10)
        assert house.status(repository, sha) is Status.LIVE

    def test_is_looked_at_for_a_day_and_only_while_its_commit_is_the_newest(self, house: House) -> None:
        repository, old = push(house)
        house.conclude(repository, old, "failure")
        assert consider.unheard(house.parts) == {(repository.id, old)}
        house.clock.advance(86401)
        assert consider.unheard(house.parts) == set()

        new = house.push(repository)
        house.conclude(repository, new, "failure")
        assert consider.unheard(house.parts) == {(repository.id, new)}

    def test_settles_anew_when_it_opens_again(self, house: House) -> None:
        """A check that runs again without a time of its own must not open on what was seen before the gate closed."""
        repository, sha = push(house)
        house.conclude(repository, sha)
        house.work()
        house.conclude(repository, sha, "failure", "late")
        house.watch(6)
        assert house.status(repository, sha) is Status.SKIPPED
        house.github.check(repository, sha, "success", "late")  # concluded long ago, as its time says
        house.tell(ChecksChanged(repository.id, sha, concluded=True))
        house.work()
        assert house.status(repository, sha) is Status.WAITING
        house.watch(6)
        assert house.status(repository, sha) is Status.LIVE
