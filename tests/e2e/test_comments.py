"""Commands in comments: done for who may, answered by a reaction and by one comment that tells how it went on."""

from __future__ import annotations

import pytest

from tests.e2e.apps import AWAITS_GO, pre_deploy, web
from tests.e2e.project import Project
from tests.e2e.pull import Pull, open_pull, previewed, reply_to
from tests.e2e.waiting import wait_for

pytestmark = pytest.mark.e2e

#: Before it starts, it waits in a container of its own until somebody makes the file.
HELD = pre_deploy(AWAITS_GO)


@pytest.fixture
def team(project: Project) -> Project:
    """With somebody for each permission: <owner>-read, -write, -maintain; the owner is an admin."""
    for level in ("read", "write", "maintain"):
        project.world.github.set_permission(project.full_name, member(project, level), level)
    return project


def member(project: Project, level: str) -> str:
    return f"{project.owner}-{level}"


def instance(pull: Pull) -> str:
    (found,) = pull.project.containers(environment=pull.environment, role="instance")
    return found


def renewed(pull: Pull, before: str) -> str:
    """The preview's instance, once it is another and alone."""

    def look() -> str | None:
        found = pull.project.containers(environment=pull.environment, role="instance")
        return found[0] if len(found) == 1 and found[0] != before else None

    return wait_for(look, "another instance", 60, pull.project.log)


def test_commands_about_a_preview(team: Project) -> None:
    team.push({"README.md": "No services yet.\n"})
    writer, reader = member(team, "write"), member(team, "read")
    pull = open_pull(team, previewed("one"))
    pull.serves("one")
    first = pull.sha
    pull.shows("success")
    container = instance(pull)

    for body in ("/redeploy", "/restart", "/rollback", "/cancel", "/remove", "/preview", "/deploy"):
        pull.says(body, reader, "-1", "permission")
    assert instance(pull) == container, "nothing came of it"

    pull.says("/redeploy", writer, "rocket", "🟢", team.service, pull.host())
    container = renewed(pull, container)
    pull.says("/restart", writer, "rocket", "🟢")
    container = renewed(pull, container)

    pull.push({"www/index.html": "two\n"})
    pull.serves("two")
    pull.shows("success")
    pull.says("/rollback", writer, "rocket", "🟢", first[:7])
    pull.serves("one", first)
    pull.says("/redploy", writer, "confused", "did you mean")
    pull.says("/cancel", writer, "confused", "Nothing is waiting")
    told = len(pull.ours())
    pull.comment("Looks good to me, /deploy it when you like.", writer)
    pull.says("/cancel", writer, "confused")
    assert len(pull.ours()) == told + 1, "words amid a sentence are no command"


def test_each_comment_has_one_answer_that_is_edited_in_place(team: Project) -> None:
    team.push({"README.md": "No services yet.\n"})
    pull = open_pull(team, previewed("held", extra=HELD))
    held = holding(team, "")
    waiting = pull.push({"www/index.html": "newer\n"})
    wait_for(pull.check, "the second to wait", 30, team.log)
    canceled = pull.says("/cancel", "", "rocket", "⚪")
    assert "anceled by" in canceled["body"]
    assert waiting[:7] in canceled["body"], "both that runs and that waits"
    pull.shows("cancelled")
    wait_for(lambda: team.containers() == (), "a canceled deploy's containers to be gone", 30, team.log)

    pull.press("redeploy")
    held = holding(team, held)
    comment = pull.comment("/redeploy")
    queued = pull.answer(reply_to(comment), "🟡")
    team.tell(held, "touch", "/go")
    team.tell(holding(team, held), "touch", "/go")
    assert pull.answer(reply_to(comment), "🟢")["id"] == queued["id"]
    assert pull.reactions(comment) == ["rocket"]
    assert len([each for each in pull.ours() if reply_to(comment) in each["body"]]) == 1


def holding(project: Project, before: str) -> str:
    """The container that waits to be told, once it is another than that before."""

    def look() -> str | None:
        return next((each for each in project.containers(role="pre-deploy") if each != before), None)

    return wait_for(look, "a pre-deploy command to run", 60, project.log)


def test_deploy_brings_a_pull_requests_head_to_production_and_turns_auto_deploy_off(team: Project) -> None:
    team.push({"README.md": "No services yet.\n"})
    pull = open_pull(team, web("hotfix"))
    pull.says("/deploy", member(team, "write"), "rocket", "🟢", "auto-deploy is off")
    team.routed(pull.sha)

    pull.merge()
    merged = team.hub.head("main")[0]
    skipped = team.ended(merged, "skipped")
    assert "auto-deploy is off" in skipped["output"]["title"]
    assert team.serves("hotfix", pull.sha)

    pull.says("/auto-deploy on", member(team, "write"), "-1", "maintain")
    pull.says("/auto-deploy on", member(team, "maintain"), "rocket", "turned on")
    pull.says("/deploy", member(team, "write"), "rocket", merged[:7], "🟢")
    team.routed(merged)
    pull.says("/auto-deploy off", member(team, "maintain"), "rocket", "turned off")


def test_a_freeze_stops_what_deploys_by_itself_until_it_is_lifted(team: Project) -> None:
    first = team.push(web("one"))
    team.live(first)
    pull = open_pull(team, {"docs/words.md": "words\n"})
    pull.says("/freeze Friday", member(team, "write"), "-1", "maintain")
    pull.says("/freeze Friday evening", member(team, "maintain"), "rocket", "Friday evening")

    second = team.push({"www/index.html": "two\n"})
    skipped = team.ended(second, "skipped")
    assert f"frozen by {member(team, 'maintain')}" in skipped["output"]["title"]
    assert "Friday evening" in skipped["output"]["title"]

    pull.says("/redeploy", member(team, "write"), "rocket", "⚪", "an admin can force it")
    assert team.serves("one", first)
    pull.says("/redeploy --force", member(team, "write"), "-1", "admin")
    pull.says("/redeploy --force", "", "rocket", "🟢")

    pull.says("/unfreeze", member(team, "maintain"), "rocket", "no longer frozen")
    third = team.push({"www/index.html": "three\n"})
    team.live(third)
    assert team.serves("three", third)
