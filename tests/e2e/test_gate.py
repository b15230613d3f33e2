"""Nothing goes live before its checks are green; what turns green later still does."""

from __future__ import annotations

import pytest

from tests.e2e.apps import web
from tests.e2e.project import Project

pytestmark = pytest.mark.e2e


def test_a_push_waits_for_its_checks(checked: Project) -> None:
    sha = checked.push(web("hello", "checksPass"))
    checked.taken(sha)
    assert checked.shown(sha).deployments == (), "none before the gate is open"
    assert checked.containers(role="instance") == ()
    checked.conclude(sha, "success")
    checked.live(sha)
    assert checked.serves("hello", sha)


def test_red_never_deploys_and_a_rerun_to_green_does(checked: Project) -> None:
    first = checked.push(web("good", "checksPass"))
    checked.conclude(first, "success")
    checked.live(first)

    second = checked.push(web("red at first", "checksPass"))
    checked.conclude(second, "failure")
    closed = checked.ended(second, "skipped")
    assert "test" in f"{closed['output']['title']} {closed['output']['summary']}", "it says which check failed"
    assert checked.shown(second).deployments == ()
    assert checked.serves("good", first)

    failed = checked.shown(second).check("test")
    assert failed is not None
    checked.press(failed, "rerun")
    checked.conclude(second, "success")
    checked.becomes(second, "success")
    assert checked.serves("red at first", second)


def test_a_second_workflow_that_registers_late_still_holds_the_gate(checked: Project) -> None:
    sha = checked.push(web("hello", "checksPass"))
    checked.world.github.call("POST", f"/repos/{checked.full_name}/ci/start", {"sha": sha, "names": ["late"]})
    checked.conclude(sha, "success")
    checked.keep_looking(3, lambda: checked.shown(sha).deployments == ())
    checked.world.github.conclude(checked.full_name, sha, "success", "late")
    checked.live(sha)


def test_the_image_is_built_while_checks_run(checked: Project) -> None:
    sha = checked.push(web("ahead", "checksPass"))
    checked.built(sha)
    assert checked.containers(role="instance") == ()
    checked.conclude(sha, "success")
    checked.live(sha)


def test_each_commit_shows_that_it_waits_or_what_overtook_it(checked: Project) -> None:
    first = checked.push(web("overtaken", "checksPass"))
    waiting = checked.taken(first)
    # By name, where CI had begun when the commit was looked at.
    assert waiting["output"]["title"] in {"Waiting for its checks", "Waiting for `test`"}
    assert waiting["status"] == "queued"
    checked.status(first, "pending")
    second = checked.push({"www/index.html": "newest\n"})
    overtaken = checked.ended(first, "neutral")
    assert second[:7] in overtaken["output"]["title"]
    checked.status(first, "success")
    checked.conclude(first, "success")
    checked.conclude(second, "success")
    checked.live(second)
    assert checked.shown(first).deployments == ()


def test_statuses_count_beside_checks_where_a_service_asks_for_it(checked: Project) -> None:
    def say(sha: str, state: str) -> None:
        checked.hub.post(f"statuses/{sha}", {"state": state, "context": "ci/elsewhere"})

    sha = checked.push(web("hello", "checksPass", extra="    countStatuses: true\n"))
    checked.taken(sha)
    say(sha, "pending")
    checked.conclude(sha, "success")
    checked.keep_looking(2, lambda: checked.shown(sha).deployments == ())
    say(sha, "success")
    checked.live(sha)

    red = checked.push({"www/index.html": "red\n"})
    say(red, "failure")
    checked.conclude(red, "success")
    closed = checked.ended(red, "skipped")
    assert "ci/elsewhere" in f"{closed['output']['title']} {closed['output']['summary']}"
    say(red, "success")
    checked.becomes(red, "success")
    assert checked.serves("red", red)
