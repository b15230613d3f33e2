"""What strangers send is built only once somebody who may has looked at it, and then that commit alone."""

from __future__ import annotations

import pytest

from tests.e2e.apps import web
from tests.e2e.project import Project
from tests.e2e.pull import open_pull, previewed

pytestmark = pytest.mark.e2e


def test_a_forks_commit_waits_for_the_approval_of_somebody_who_may_write(project: Project) -> None:
    world = project.world
    project.push(previewed("production", "automatic", "off"))
    writer, stranger = f"{project.owner}-writer", f"{project.owner}-stranger"
    world.github.set_permission(project.full_name, writer, "write")
    pull = open_pull(project, previewed("theirs"), fork_of=stranger)
    pull.shows("action_required")
    pull.press("approve", stranger)
    refused = pull.says("/redeploy", stranger, "-1", "permission")
    assert "write" in refused["body"]
    assert world.github.wait_idle()
    assert project.containers() == ()
    assert project.images(pull.sha) == (), "nor is anything built"

    pull.press("approve", writer)
    pull.serves("theirs")
    pull.shows("success")

    approved = pull.sha
    pull.push({"www/index.html": "something else\n"})
    pull.shows("action_required")
    pull.serves("theirs", approved)
    assert project.images(pull.sha) == ()
    pull.says("/deploy", writer, "confused", "merged")

    pull.press("approve", writer)
    pull.serves("something else")
    pull.close()
    pull.gone()


def test_a_forks_deploy_file_lets_nobody_in(project: Project) -> None:
    project.push(web("production", "off"))
    pull = open_pull(project, previewed("theirs", "automatic"), fork_of=f"{project.owner}-stranger")
    pull.skipped("off")
    assert project.containers() == ()


def test_an_approval_that_a_push_overtakes_lets_nothing_run(project: Project) -> None:
    project.push(previewed("production", "automatic", "off"))
    pull = open_pull(project, previewed("harmless"), fork_of=f"{project.owner}-stranger")
    pull.shows("action_required")
    assert project.world.github.wait_idle()
    project.world.github.webhook_fault("slow", event="check_run", times=1, seconds=2)
    pull.press("approve")
    approved = pull.sha
    pull.push({"www/index.html": "harmful\n"})
    overtaken = project.becomes(approved, "neutral", pull.check_name)
    assert pull.sha[:7] in overtaken["output"]["title"]
    pull.shows("action_required")
    assert project.world.github.wait_idle()
    project.keep_looking(2, lambda: project.containers() == () and project.images("") == ())
