"""Repositories that move, rest, or are taken from the App: what of them goes on, what stops, and what comes back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import pytest

from cli import leftovers
from cli.hub import Hub
from tests.e2e.apps import web
from tests.e2e.project import Project
from tests.e2e.pull import open_pull, previewed
from tests.e2e.waiting import wait_for

pytestmark = pytest.mark.e2e


def installation(project: Project) -> int:
    """The App's, on the project's owner, who has no other repository."""
    for number in project.world.github.app("tidegate")["installations"]:
        if project.full_name in project.world.github.change_installation(number)["repositories"]:
            return int(number)
    raise AssertionError(f"the App is not installed on {project.full_name}")


def archived(project: Project) -> Callable[[], None]:
    project.world.github.change_repo(project.full_name, archived=True)
    return lambda: project.world.github.change_repo(project.full_name, archived=False)


def suspended(project: Project) -> Callable[[], None]:
    number = installation(project)
    project.world.github.change_installation(number, suspended=True)
    return lambda: void(project.world.github.change_installation(number, suspended=False))


def removed(project: Project) -> Callable[[], None]:
    number = installation(project)
    project.world.github.change_installation(number, remove=[project.service])
    return lambda: void(project.world.github.change_installation(number, add=[project.service]))


def uninstalled(project: Project) -> Callable[[], None]:
    project.world.github.uninstall(installation(project))
    return lambda: void(project.world.github.install("tidegate", project.owner))


def void(_: object) -> None:
    """For a call whose answer nobody needs."""


#: How each is taken in is shown in milliseconds elsewhere (tests/worker/test_gone.py); here that it comes to the same.
_TAKEN = (uninstalled, *(pytest.param(each, marks=pytest.mark.long) for each in (archived, suspended, removed)))


@pytest.mark.parametrize("take", _TAKEN, ids=lambda take: take.__name__)
def test_what_is_taken_from_the_app_is_served_again_once_it_is_back(
    project: Project, take: Callable[[Project], Callable[[], None]]
) -> None:
    sha = project.push(previewed("here"))
    project.live(sha)
    give_back = take(project)
    wait_for(lambda: project.visit().status in {404, 503}, "it not to be served", 30, project.log)
    wait_for(lambda: project.containers() == (), "its containers to be gone", 30, project.log)
    give_back()
    project.routed(sha)
    later = project.push({"www/index.html": "there\n"})
    project.live(later)
    assert project.serves("there", later)


@contextmanager
def moved(project: Project, owner: str, name: str) -> Iterator[Project]:
    """The same project at its new place; its service keeps the name that the deploy file gives it."""
    github, new = project.world.github, f"{owner}/{name}"
    changes = {"owner": owner} if owner != project.owner else {"name": name}
    github.change_repo(project.full_name, **changes)
    token = github.call("POST", f"/users/{owner}/token")["token"]
    project.checkout.git("remote", "set-url", "origin", github.clone_url(new, token))
    with closing(Hub(project.world.settings.github.api_url, token, new)) as hub:
        made = Project(project.world, new, project.checkout, hub)
        made.service, made.check_name = project.service, project.check_name
        yield made
    github.delete_repo(new)
    leftovers.remove(new)


def test_a_renamed_repository_goes_on(project: Project) -> None:
    first = project.push(previewed("old name"))
    project.live(first)
    pull = open_pull(project, previewed("preview"))
    pull.serves("preview")
    with moved(project, project.owner, f"{project.service}-renamed") as there:
        assert there.serves("old name", first)
        second = there.push({"www/index.html": "new name\n"})
        there.live(second)
        assert there.serves("new name", second)
        wait_for(lambda: not project.containers(environment="production"), "the old ones to be gone", 60, there.log)
        there.hub.call("PATCH", f"pulls/{pull.number}", {"state": "closed"})
        pull.gone()
        assert there.serves("new name", second)


@pytest.mark.long
def test_a_transferred_repository_is_served_for_its_new_owner(project: Project) -> None:
    first = project.push(web("old owner"))
    project.live(first)
    heir = f"{project.owner}-heir"
    project.world.github.create_user(heir)
    project.world.github.install("tidegate", heir)
    with moved(project, heir, project.service) as there:
        there.routed(first)
        second = there.push({"www/index.html": "new owner\n"})
        there.live(second)
        assert there.serves("new owner", second)
        wait_for(lambda: project.containers() == (), "the old ones to be gone", 60, there.log)
        there.keep_looking(3, lambda: there.serves("new owner", second))


def test_a_deleted_branch_turns_auto_deploy_off_and_says_so_when_it_is_back(project: Project) -> None:
    files = web("release", extra="    branch: release\n")
    first = project.checkout.commit(project.named(files), "Release")
    project.checkout.push()
    project.checkout.push(branch="release")
    project.live(first)
    project.checkout.git("push", "--quiet", "origin", ":refs/heads/release")
    assert project.world.github.wait_idle()
    second = project.checkout.commit({"www/index.html": "again\n"}, "Release again")
    project.checkout.push(branch="release")
    skipped = project.ended(second, "skipped")
    assert "the branch `release` was deleted" in skipped["output"]["summary"]
    assert project.serves("release", first)
