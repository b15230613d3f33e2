"""Pull requests from forks: nothing of a stranger's commit is built or run before somebody has approved that commit."""

from __future__ import annotations

from typing import Any

import pytest

from tests.worker.house import DOCKERFILE, PREVIEWED, WEB, House
from tidegate.deployment import Deployment, Status, Trigger
from tidegate.events import DeployAsked, DeploymentRequested
from tidegate.facts import PullRequest
from tidegate.permission import Permission
from tidegate.repository import Repository

SECRETIVE = (
    WEB
    + "    envVars:\n"
    + "      - {key: TOKEN, sync: false, copyToPreviews: true}\n"
    + "      - {key: SALT, generateValue: true, copyToPreviews: true}\n"
    + "previews:\n  generation: automatic\n"
)
GATED = WEB + "    autoDeployTrigger: checksPass\npreviews:\n  generation: automatic\n"


def begin(house: House, file: str = PREVIEWED) -> tuple[Repository, PullRequest]:
    repository = house.repository()
    house.github.permit(repository, "reader", Permission.READ)
    house.push(repository, {"tidegate.yml": file, "Dockerfile": DOCKERFILE})
    house.work()
    house.engine.orders.clear()
    pull = house.open(repository, author="stranger", fork_of="stranger")
    house.work()
    return repository, pull


def waiting(house: House, repository: Repository, sha: str) -> Deployment:
    """Which was not built, and stands there for a person's approval."""
    row = house.row(repository, sha, environment="pr-1")
    assert row.status is Status.WAITING
    assert row.needs_approval
    assert house.engine.orders == []
    return row


def test_wait_with_a_button_and_nothing_is_built(house: House) -> None:
    repository, pull = begin(house)
    row = waiting(house, repository, pull.head_sha)
    output = house.github.check_runs[house.check_run(row)].output
    assert (output.status, output.conclusion) == ("completed", "action_required")
    assert [action[2] for action in output.actions] == ["approve"]
    (made,) = [each for each in house.github.deployments.values() if each.sha == pull.head_sha]
    assert [each.state for each in made.states] == ["pending"]
    house.watch(320, every=20)
    waiting(house, repository, pull.head_sha)


def test_are_built_once_a_writer_approves_and_a_reader_may_not(house: House) -> None:
    repository, pull = begin(house)
    row = waiting(house, repository, pull.head_sha)
    for nobody in ("reader", "stranger"):
        house.approve(repository, row, nobody)
        house.work()
        waiting(house, repository, pull.head_sha)
    assert house.timeline(repository).count("refused") == 2

    for _ in range(2):
        house.approve(repository, row, "mona")
        house.work()
    assert house.serving("web-pr-1") == pull.head_sha
    assert len(house.store.deployments.of_commit(repository.id, pull.head_sha)) == 1
    assert house.preview(repository, 1).approved_by == "mona"


def test_a_push_after_the_approval_needs_another_one_and_what_runs_runs_on(house: House) -> None:
    repository, pull = begin(house)
    first = waiting(house, repository, pull.head_sha)
    house.approve(repository, first)
    house.work()
    house.engine.orders.clear()

    sha = house.push_to(repository, 1)
    house.work()
    waiting(house, repository, sha)
    house.approve(repository, first)  # the old button
    house.work()
    waiting(house, repository, sha)
    assert house.serving("web-pr-1") == pull.head_sha
    house.approve(repository, house.row(repository, sha, environment="pr-1"))
    house.work()
    assert house.serving("web-pr-1") == sha


def test_an_approval_that_comes_after_a_push_lets_neither_commit_run(house: House) -> None:
    repository, pull = begin(house)
    row = waiting(house, repository, pull.head_sha)
    sha = house.push_to(repository, 1)
    house.approve(repository, row)
    house.work()
    waiting(house, repository, sha)
    assert house.status(repository, pull.head_sha, environment="pr-1") is Status.SUPERSEDED
    assert house.engine.orders == []


def test_no_other_way_leads_around_the_approval(house: House) -> None:
    repository, pull = begin(house)
    row = waiting(house, repository, pull.head_sha)
    house.press(repository, row, Trigger.REDEPLOY)
    house.press(repository, row, Trigger.RERUN)
    house.tell(DeployAsked(repository.id, pull.head_sha, Trigger.RERUN, "mona"))
    made = house.github.others_deployment(repository, pull.head_sha, "web (pr-1)")
    house.tell(DeploymentRequested(repository.id, made, pull.head_sha, "feature", "web (pr-1)", "mona"))
    for verb in ("/redeploy", "/restart", "/preview", "/deploy"):
        house.say(repository, 1, verb)
    house.conclude(repository, pull.head_sha)
    house.watch(320, every=20)
    waiting(house, repository, pull.head_sha)
    assert house.serving("web-pr-1") is None
    assert house.serving() != pull.head_sha


def test_one_that_let_itself_in_by_its_own_deploy_file_is_not_let_in(house: House) -> None:
    repository = house.repository()
    house.push(repository, {"tidegate.yml": WEB, "Dockerfile": DOCKERFILE})
    pull = house.open(repository, {"tidegate.yml": PREVIEWED}, author="stranger", fork_of="stranger")
    house.work()
    assert house.status(repository, pull.head_sha, environment="pr-1") is Status.SKIPPED
    assert house.left_of(repository, 1) == []


def test_get_no_secret_whatever_their_deploy_file_says(house: House) -> None:
    repository, pull = begin(house, SECRETIVE)
    service = house.store.services.by_name(repository.id, "web")
    assert service is not None
    house.store.variables.set(service.id, "production", "TOKEN", "hush", "secret", house.clock.now())
    kept = house.store.variables.of(service.id, "production")
    house.approve(repository, house.row(repository, pull.head_sha, environment="pr-1"))
    house.work()
    (seen,) = [c.spec.environment for c in house.engine.containers.values() if "IS_PULL_REQUEST" in c.spec.environment]
    assert "TOKEN" not in seen
    assert seen["SALT"] != kept["SALT"][1]
    assert not {"hush", kept["SALT"][1]} & set(seen.values())


class TestBehindAGate:
    def test_wait_for_their_checks_from_the_approval_on(self, house: House) -> None:
        """However long nobody looked at it: zero checks have their ten minutes from then."""
        repository, pull = begin(house, GATED)
        row = waiting(house, repository, pull.head_sha)
        house.clock.advance(2 * 86400)
        house.approve(repository, row)
        house.work()
        assert house.status(repository, pull.head_sha, environment="pr-1") is Status.WAITING
        assert len(house.engine.orders) == 1, "built ahead, now that it may be"
        house.conclude(repository, pull.head_sha)
        house.watch(8, every=2)
        assert house.serving("web-pr-1") == pull.head_sha

    def test_go_live_once_approved_where_they_were_green_before(self, house: House) -> None:
        repository, pull = begin(house, GATED)
        house.conclude(repository, pull.head_sha)
        house.watch(20, every=5)
        row = waiting(house, repository, pull.head_sha)
        house.approve(repository, row)
        house.watch(14, every=2)
        assert house.serving("web-pr-1") == pull.head_sha


@pytest.mark.parametrize("verb", ["/restart", "/redeploy"])
def test_what_was_approved_and_live_may_be_had_again_while_a_newer_commit_waits(house: House, verb: str) -> None:
    repository, pull = begin(house)
    house.approve(repository, house.row(repository, pull.head_sha, environment="pr-1"))
    house.work()
    house.push_to(repository, 1)
    house.work()
    house.say(repository, 1, verb)
    house.work()
    assert len(house.store.deployments.of_commit(repository.id, pull.head_sha)) == 2
    assert house.serving("web-pr-1") == pull.head_sha


def test_one_whose_fork_was_deleted_can_still_be_approved(house: House) -> None:
    repository, pull = begin(house)
    house.github.lose_fork(repository, 1)
    house.changed(repository, 1)
    house.approve(repository, house.row(repository, pull.head_sha, environment="pr-1"))
    house.work()
    assert house.serving("web-pr-1") == pull.head_sha


def test_a_worker_killed_in_the_middle_of_an_approval_is_made_up_for(house: House) -> None:
    repository, pull = begin(house)
    row = waiting(house, repository, pull.head_sha)
    approve = house.store.deployments.approve

    def killed(*arguments: Any, **named: Any) -> bool:
        approve(*arguments, **named)
        raise KeyboardInterrupt

    house.store.deployments.approve = killed  # type: ignore[method-assign]  # after the row says so
    with pytest.raises(KeyboardInterrupt):
        house.approve(repository, row)
    house.store.deployments.approve = approve  # type: ignore[method-assign]  # the next worker is well
    house.restart_worker()
    house.watch(320, every=20)
    assert house.serving("web-pr-1") == pull.head_sha


def test_the_same_commit_approved_once_needs_no_second_approval_when_it_is_reopened(house: House) -> None:
    repository, pull = begin(house)
    house.approve(repository, house.row(repository, pull.head_sha, environment="pr-1"))
    house.work()
    house.github.close_pull(repository, 1)
    house.changed(repository, 1)
    house.watch(40, every=8)
    assert house.left_of(repository, 1) == []
    house.github.reopen_pull(repository, 1)
    house.changed(repository, 1)
    house.work()
    assert house.serving("web-pr-1") == pull.head_sha
