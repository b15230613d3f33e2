"""Pushes and webhooks that come in bursts, twice, or not at all."""

from __future__ import annotations

import pytest

from tests.e2e.apps import web
from tests.e2e.project import Project
from tests.e2e.waiting import wait_for

pytestmark = pytest.mark.e2e


def test_a_burst_ends_with_the_newest_and_those_between_are_superseded(project: Project) -> None:
    first = project.push(web("one"))
    wait_for(lambda: project.shown(first).deployments, "the first to begin", 30, project.log)
    between = [project.push({"www/index.html": f"between {n}\n"}) for n in range(3)]
    last = project.push({"www/index.html": "last\n"})
    project.live(last)
    assert project.serves("last", last)
    concluded = [project.our_check(sha) for sha in between]
    assert all(check is None or check["conclusion"] in {"neutral", "success"} for check in concluded)
    assert any(check and check["conclusion"] == "neutral" for check in concluded)
    wait_for(lambda: len(project.containers(role="instance")) == 1, "one instance to be left", 30, project.log)


def test_a_delivery_that_comes_twice_deploys_once(project: Project) -> None:
    project.world.github.webhook_fault("duplicate", event="push", times=1)
    sha = project.push(web("hello"))
    project.live(sha)
    assert project.world.github.wait_idle()
    assert len(project.shown(sha).deployments) == 1


@pytest.mark.parametrize(
    "recorded",
    [
        pytest.param(True, marks=pytest.mark.long, id="listed by GitHub as failed"),
        pytest.param(False, id="as if it had never happened"),
    ],
)
def test_a_push_whose_webhook_was_lost_is_found(project: Project, recorded: bool) -> None:
    project.live(project.push(web("one")))
    project.world.github.webhook_fault("lose", event="push", times=1, recorded=recorded)
    sha = project.push({"www/index.html": "two\n"})
    project.live(sha)
    assert project.serves("two", sha)


def test_checks_whose_webhooks_were_lost_still_open_the_gate(checked: Project) -> None:
    sha = checked.push(web("hello", "checksPass"))
    checked.taken(sha)
    checked.world.github.webhook_fault("lose", event="check_run", times=1, recorded=False)
    checked.world.github.webhook_fault("lose", event="check_suite", times=1, recorded=False)
    checked.conclude(sha, "success")
    checked.live(sha)
