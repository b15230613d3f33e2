"""A push becomes a running version behind the router, and GitHub tells it."""

from __future__ import annotations

import threading

import httpx
import pytest

from cli.hub import Json
from tests.e2e.apps import web
from tests.e2e.project import Project
from tests.e2e.waiting import wait_for

pytestmark = pytest.mark.e2e


def test_the_first_push_goes_live_and_github_tells_the_story(project: Project) -> None:
    sha = project.push(web("hello"))
    check = project.live(sha)
    assert project.serves("hello", sha)

    shown = project.shown(sha)
    (deployment,) = shown.deployments
    assert deployment["environment"] == project.service
    assert shown.states()[-1] == "success"
    newest = shown.statuses[deployment["id"]][0]
    assert (
        newest["environment_url"]
        == f"http://{project.service}.{project.world.settings.domain}:{project.world.router_port}"
    )
    assert newest["log_url"].startswith(project.world.settings.url)

    assert check["details_url"] == newest["log_url"]
    status = project.status(sha, "success")
    assert status["context"].lower() == project.check_name.lower()
    assert len(status["description"]) <= 140


def test_the_check_run_carries_the_steps_the_log_and_the_buttons(project: Project) -> None:
    check = project.live(project.push(web("hello")))
    for step in ("fetch", "build", "start", "switch"):
        assert step in check["output"]["summary"].lower()
    assert "www" in check["output"]["text"], "the build's log is there"


def test_the_page_that_the_links_lead_to_shows_the_deployment(project: Project) -> None:
    check = project.live(project.push(web("hello")))
    page = project.world.sign_in(project.owner).get(check["details_url"])
    assert page.status_code == 200
    assert check["head_sha"][:7] in page.text
    assert "switch" in page.text


def test_a_stranger_sees_no_deployment(project: Project) -> None:
    check = project.live(project.push(web("hello")))
    page = httpx.get(check["details_url"], trust_env=False, follow_redirects=True)
    assert check["head_sha"][:7] not in page.text


def test_a_second_push_replaces_the_first_and_no_request_is_lost(project: Project) -> None:
    first = project.push(web("one"))
    project.live(first)
    seen: list[str] = []
    done = threading.Event()

    def visitor() -> None:
        while not done.is_set():
            answer = project.visit()
            seen.append(answer.text.strip() if answer.status == 200 else f"{answer.status} {answer.text}")

    visitors = [threading.Thread(target=visitor) for _ in range(4)]
    for each in visitors:
        each.start()
    try:
        second = project.push(web("two"))
        project.live(second)
        wait_for(lambda: project.containers(sha=first) == (), "the first version to be retired", 30, project.log)
    finally:
        done.set()
        for each in visitors:
            each.join()
    assert set(seen) == {"one", "two"}
    assert project.serves("two", second)


def test_the_replaced_deployment_is_inactive_on_github(project: Project) -> None:
    first = project.push(web("one"))
    project.live(first)
    project.live(project.push(web("two")))

    def state() -> Json | None:
        shown = project.shown(first)
        newest = shown.statuses[shown.deployments[0]["id"]][0]
        return newest if newest["state"] == "inactive" else None

    wait_for(state, "the first deployment to be inactive", 30, project.log)


def test_each_version_has_a_host_name_of_its_own(project: Project) -> None:
    sha = project.push(web("hello"))
    project.live(sha)
    assert project.visit_version(sha).text == "hello\n"


def test_what_runs_is_labelled_with_the_commit_that_passed(project: Project) -> None:
    sha = project.push(web("hello"))
    project.live(sha)
    (container,) = project.containers(sha=sha, role="instance")
    assert project.containers(service=project.service) == (container,)
