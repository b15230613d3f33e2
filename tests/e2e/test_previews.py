"""A pull request has a preview of its own, for as long as it is open."""

from __future__ import annotations

import pytest

from tests.e2e.apps import deploy_file, web
from tests.e2e.project import Project
from tests.e2e.pull import open_pull, previewed, with_previews
from tests.e2e.waiting import wait_for

pytestmark = pytest.mark.e2e


def test_a_pull_request_has_a_preview_until_it_is_closed(project: Project) -> None:
    live = project.push(previewed("production"))
    project.live(live)
    pull = open_pull(project, previewed("first look"), draft=True)
    pull.shows("success")
    pull.serves("first look")
    assert pull.visit().headers["x-robots-tag"] == "noindex"
    told = pull.answer(pull.host(), pull.sha[:7])

    pull.push(previewed("second look"))
    pull.serves("second look")
    pull.shows("success")
    assert project.serves("production", live)
    assert pull.answer(pull.sha[:7])["id"] == told["id"], "one comment, edited in place"

    pull.close()
    pull.gone()
    assert project.serves("production", live)
    pull.answer("closed")
    assert set(pull.deployment_states()) == {"inactive"}

    pull.edit(state="open")
    pull.serves("second look")
    assert pull.answer(pull.host())["id"] == told["id"], "and still the same comment"


def test_a_merge_takes_the_preview_and_leaves_its_image_to_production(project: Project) -> None:
    project.push({"README.md": "No services yet.\n"})
    pull = open_pull(project, previewed("merged"))
    pull.serves("merged")
    image = project.image_of(pull.sha)
    merged = pull.merge()
    project.live(merged)
    pull.gone()
    pull.answer("merged")
    assert project.serves("merged", merged)
    assert project.image_of(merged) == image
    assert image in project.images(""), "the same tree was built once, and is still needed"


def test_a_push_that_concerns_nothing_keeps_the_preview_as_it_is(project: Project) -> None:
    project.push({"README.md": "No services yet.\n"})
    filtered = deploy_file(extra="    buildFilter:\n      ignoredPaths: ['docs/**']\n")
    pull = open_pull(project, with_previews({**web("kept"), "tidegate.yml": filtered}))
    first = pull.sha
    pull.serves("kept", first)
    pull.push({"docs/more.md": "words\n"})
    pull.skipped()
    pull.serves("kept", first)
    pull.push({"docs/more.md": "more words\n", "www/index.html": "changed\n"})
    pull.serves("changed")


def test_a_preview_waits_for_checks_where_its_services_do(checked: Project) -> None:
    checked.push({"README.md": "No services yet.\n"})
    pull = open_pull(checked, previewed("checked", trigger="checksPass"))
    wait_for(pull.check, "the check run", 30, checked.log)
    checked.built(pull.sha)
    assert checked.containers(role="instance") == ()
    checked.conclude(pull.sha, "success")
    pull.serves("checked")
    pull.shows("success")
    pull.push({"www/index.html": "red\n"})
    checked.conclude(pull.sha, "failure")
    pull.skipped("test")


@pytest.mark.long
def test_stacked_pull_requests_have_previews_of_their_own(project: Project) -> None:
    project.push({"README.md": "No services yet.\n"})
    lower = open_pull(project, previewed("lower"), branch="lower")
    upper = open_pull(project, previewed("upper"), branch="upper", base="lower")
    lower.serves("lower")
    upper.serves("upper")

    upper.edit(base="main")
    lower.merge()
    lower.gone()
    project.hub.call("DELETE", "git/refs/heads/lower")
    upper.serves("upper")

    highest = open_pull(project, previewed("highest"), branch="highest", base="upper")
    highest.serves("highest")
    # GitHub closes what stands on a branch that is deleted; and what comes from it.
    project.hub.call("DELETE", "git/refs/heads/upper")
    highest.gone()
    upper.gone()
    assert project.containers(environment="production"), "what was merged goes on"


@pytest.mark.parametrize(
    "recorded",
    [
        pytest.param(True, id="listed by GitHub as failed"),
        pytest.param(False, marks=pytest.mark.long, id="as if it had never happened"),
    ],
)
def test_a_pull_request_whose_webhooks_were_lost_is_found_opened_and_closed(project: Project, recorded: bool) -> None:
    project.push({"README.md": "No services yet.\n"})
    project.world.github.wait_idle()
    project.world.github.webhook_fault("lose", event="pull_request", times=1, recorded=recorded)
    pull = open_pull(project, previewed("found"))
    pull.serves("found")
    project.world.github.webhook_fault("lose", event="pull_request", times=1, recorded=recorded)
    pull.close()
    pull.gone()
