"""Deployments that others make at GitHub: carried out, and reported on that very deployment."""

from __future__ import annotations

import pytest

from tests.worker.house import PREVIEWED, House
from tidegate.deployment import Status, Trigger
from tidegate.events import DeploymentRequested
from tidegate.repository import Repository
from worker.ports import Unavailable


def begin(house: House) -> tuple[Repository, str]:
    """Live, and a commit that is not."""
    repository = house.repository()
    house.push(repository, {"tidegate.yml": PREVIEWED})
    house.work()
    house.clock.advance(60)
    return repository, house.github.push(repository, {"page": "new"}, branch="release")


def request(house: House, repository: Repository, sha: str, environment: str = "web") -> DeploymentRequested:
    made = house.github.others_deployment(repository, sha, environment)
    return DeploymentRequested(repository.id, made, sha, "release", environment, "actions[bot]")


def states(house: House, event: DeploymentRequested) -> list[str]:
    return [each.state for each in house.github.deployments[event.github_deployment].states]


def test_of_a_fork_s_commit_are_refused_in_production(house: House) -> None:
    repository, _ = begin(house)
    live, stranger = house.serving(), house.open(repository, fork_of="stranger").head_sha
    house.tell(request(house, repository, stranger))
    house.work()
    assert house.serving() == live
    assert "deployment-refused" in house.timeline(repository)


def test_are_carried_out_and_reported_on(house: House) -> None:
    repository, sha = begin(house)
    event = request(house, repository, sha)
    before = len(house.github.deployments)
    house.tell(event)
    house.work()
    assert house.serving() == sha
    row = house.row(repository, sha)
    assert (row.trigger, row.actor, row.branch) == (Trigger.DEPLOYMENT, "actions[bot]", "release")
    assert states(house, event) == ["success"]
    assert house.github.deployments[event.github_deployment].states[-1].environment_url == "https://web.apps.test"
    assert len(house.github.deployments) == before, "none of ours beside it"


def test_whose_build_fails_are_told_so_there(house: House) -> None:
    repository, _ = begin(house)
    sha = house.github.push(repository, {"Dockerfile": "FROM scratch\nRUN exit 3\n"}, branch="release")
    event = request(house, repository, sha)
    house.tell(event)
    house.work()
    assert states(house, event)[-1] == "failure"
    assert house.serving() != sha


def test_for_a_preview_deploy_there(house: House) -> None:
    repository, _ = begin(house)
    pull = house.open(repository)
    house.work()
    event = request(house, repository, pull.head_sha, "web (pr-1)")
    house.tell(event)
    house.work()
    assert house.row(repository, pull.head_sha, environment="pr-1").trigger is Trigger.DEPLOYMENT
    assert states(house, event)[-1] == "success"


@pytest.mark.parametrize("environment", ["production", "github-pages", "web (pr-9)", "tidegate.yml"])
def test_for_what_is_not_ours_are_left_alone(house: House, environment: str) -> None:
    repository, sha = begin(house)
    live = house.serving()
    event = request(house, repository, sha, environment)
    house.tell(event)
    house.work()
    assert states(house, event) == []
    assert house.serving() == live


def test_told_twice_are_carried_out_once(house: House) -> None:
    repository, sha = begin(house)
    event = request(house, repository, sha)
    for _ in range(3):
        house.tell(event)
        house.work()
    assert len(house.store.deployments.of_commit(repository.id, sha)) == 1


def test_two_for_one_commit_are_each_answered(house: House) -> None:
    repository, sha = begin(house)
    first, second = request(house, repository, sha), request(house, repository, sha)
    house.tell(first)
    house.tell(second)
    house.work()
    assert [states(house, each) for each in (first, second)] == [["inactive"], ["success"]]
    assert house.serving() == sha


def test_of_a_commit_without_the_service_fail_with_the_reason(house: House) -> None:
    repository, _ = begin(house)
    other = house.github.push(
        repository, {"tidegate.yml": "services:\n  - name: api\n    type: web\n"}, branch="release"
    )
    event = request(house, repository, other)
    for _ in range(2):
        house.tell(event)
        house.work()
    assert states(house, event) == ["failure"]
    assert "no service" in house.github.deployments[event.github_deployment].states[-1].description
    assert house.status(repository, other) is Status.FAILED


def test_while_frozen_are_told_so_there(house: House) -> None:
    repository, sha = begin(house)
    house.open(repository)
    house.say(repository, 1, "/freeze release", "octo")
    event = request(house, repository, sha)
    house.tell(event)
    house.work()
    assert house.serving() != sha
    state = house.github.deployments[event.github_deployment].states[-1]
    assert "frozen by octo" in state.description


def test_while_github_is_down_are_carried_out_later(house: House) -> None:
    repository, sha = begin(house)
    event = request(house, repository, sha)
    house.github.down(times=1, method="deploy_file")
    with pytest.raises(Unavailable):
        house.tell(event)
    house.tell(event)
    house.work()
    assert house.serving() == sha


def test_of_an_unapproved_fork_are_refused_on_the_timeline(house: House) -> None:
    repository, _ = begin(house)
    pull = house.open(repository, fork_of="stranger")
    house.work()
    house.tell(request(house, repository, pull.head_sha, "web (pr-1)"))
    house.work()
    assert house.status(repository, pull.head_sha, environment="pr-1") is Status.WAITING
    assert "deployment-refused" in house.timeline(repository)
