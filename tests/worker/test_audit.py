"""What is asked for at GitHub is on the audit log once it may be done, with the way that it came by."""

from __future__ import annotations

from tests.worker.house import PREVIEWED, House
from tidegate.audit import Via
from tidegate.deployment import Trigger
from tidegate.events import DeploymentRequested, HookCalled
from tidegate.permission import Permission
from tidegate.repository import Repository


def begin(house: House) -> tuple[Repository, str]:
    repository = house.repository()
    house.github.permit(repository, "reader", Permission.READ)
    sha = house.push(repository, {"tidegate.yml": PREVIEWED})
    house.work()
    return repository, sha


def log(house: House) -> list[tuple[str, Via, str, str]]:
    """The oldest first."""
    found = [entry for _, entry in house.store.audit.page(None, 99, None)]
    return [(entry.actor, entry.via, entry.action, entry.detail) for entry in reversed(found)]


def test_a_push_is_nobodys_asking(house: House) -> None:
    begin(house)
    assert log(house) == []


def test_buttons_and_comments_of_those_who_may(house: House) -> None:
    repository, sha = begin(house)
    house.press(repository, house.row(repository, sha), Trigger.RESTART)
    pull = house.open(repository, fork_of="stranger")
    house.work()
    house.approve(repository, house.row(repository, pull.head_sha, environment="pr-1"), "reader")
    house.approve(repository, house.row(repository, pull.head_sha, environment="pr-1"))
    house.say(repository, 1, "/redeploy web\n\n/freeze audit week", "reader")
    house.say(repository, 1, "/redeploy web")
    house.work()
    assert log(house) == [
        ("mona", Via.BUTTON, "restart", ""),
        ("mona", Via.BUTTON, "approve", pull.head_sha),
        ("mona", Via.COMMENT, "redeploy", "/redeploy web, at #1"),
    ]


def test_deployments_made_at_github_and_deploy_hooks(house: House) -> None:
    repository, _ = begin(house)
    sha = house.github.push(repository, {"page": "new"}, branch="release")
    made = house.github.others_deployment(repository, sha, "web")
    house.tell(DeploymentRequested(repository.id, made, sha, "release", "web", "actions[bot]"))
    service = house.store.services.by_name(repository.id, "web")
    assert service is not None
    for _ in range(2):
        house.tell(HookCalled("r1", repository.id, service.id, None, None, False))
    assert log(house) == [
        ("actions[bot]", Via.DEPLOYMENT, "deploy", "release"),
        ("deploy hook", Via.HOOK, "deploy", ""),
    ]
