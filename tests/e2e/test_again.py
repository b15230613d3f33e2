"""The same tree is never built twice; a person can ask for a deploy again."""

from __future__ import annotations

import pytest

from cli.hub import Json
from tests.e2e.apps import web
from tests.e2e.project import Project
from tests.e2e.waiting import wait_for

pytestmark = pytest.mark.e2e


def test_a_revert_takes_the_image_of_before(project: Project) -> None:
    first = project.push(web("one"))
    project.live(first)
    image = project.image_of(first)
    project.live(project.push({"www/index.html": "two\n"}))
    reverted = project.push({"www/index.html": "one\n"}, "Revert")
    check = project.live(reverted)
    assert project.serves("one", reverted)
    assert project.image_of(reverted) == image
    assert "nothing to build" in f"{check['output']['summary']} {check['output']['text']}"


def deployments(project: Project, sha: str) -> int:
    return len(project.shown(sha).deployments)


def newest_ended(project: Project, sha: str, count: int) -> Json | None:
    """Our check, once `count` deployments of the commit were made and the last one is through."""
    shown = project.shown(sha)
    if len(shown.deployments) < count:
        return None
    newest = max(shown.deployments, key=lambda each: int(each["id"]))
    states = [status["state"] for status in shown.statuses[newest["id"]]]
    check = shown.check(project.check_name)
    return check if states[:1] == ["success"] and check and check["status"] == "completed" else None


#: Who presses one of the others comes by the same way.
_BUTTONS = ("restart", *(pytest.param(each, marks=pytest.mark.long) for each in ("redeploy", "rerun")))


@pytest.mark.parametrize("button", _BUTTONS)
def test_a_button_deploys_the_commit_again(project: Project, button: str) -> None:
    sha = project.push(web("hello"))
    check = project.live(sha)
    (before,) = project.containers(sha=sha, role="instance")
    project.press(check, button)
    wait_for(lambda: newest_ended(project, sha, 2), "a second deployment to be live", 60, project.log)
    wait_for(lambda: before not in project.containers(), "the first instance to be retired", 30, project.log)
    assert project.serves("hello", sha)


def test_a_rerun_of_the_whole_suite_deploys_the_commit_again(project: Project) -> None:
    sha = project.push(web("hello"))
    check = project.live(sha)
    project.hub.post(f"check-suites/{check['check_suite']['id']}/rerequest", {})
    wait_for(lambda: newest_ended(project, sha, 2), "a second deployment to be live", 60, project.log)
    assert project.serves("hello", sha)


def test_rollback_goes_back_to_the_version_before_and_turns_auto_deploy_off(project: Project) -> None:
    first = project.push(web("one"))
    project.live(first)
    image = project.image_of(first)
    second = project.push({"www/index.html": "two\n"})
    check = project.live(second)
    project.press(check, "rollback")
    wait_for(lambda: project.serves("one", first), "the first version to be back", 60, project.log)
    wait_for(lambda: len(project.containers()) == 1, "the others to be retired", 30, project.log)
    assert project.image_of(first) == image

    third = project.push({"www/index.html": "three\n"})
    skipped = project.ended(third, "skipped")
    assert "rolled back" in skipped["output"]["title"]
    assert project.serves("one", first)
