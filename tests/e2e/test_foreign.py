"""Deployments that others make at GitHub, for an environment that is served here, are carried out and reported on."""

from __future__ import annotations

import secrets
from contextlib import closing

import pytest

from cli.hub import Hub, Json
from tests.e2e.apps import web
from tests.e2e.project import Project
from tests.e2e.pull import open_pull, previewed
from tests.e2e.waiting import wait_for

pytestmark = pytest.mark.e2e


def asked_by_robot(project: Project, ref: str, environment: str) -> int:
    """A deployment that another App makes; its id."""
    slug = f"robot-{secrets.token_hex(3)}"
    github = project.world.github
    github.create_app(slug, permissions={"metadata": "read", "contents": "read", "deployments": "write"})
    github.install(slug, project.owner, [project.service])
    token = github.installation_token(slug, project.full_name)
    with closing(Hub(project.world.settings.github.api_url, token, project.full_name)) as robot:
        made: Json = robot.post("deployments", asking(ref, environment))
    return int(made["id"])


def asking(ref: str, environment: str) -> Json:
    return {"ref": ref, "environment": environment, "required_contexts": [], "auto_merge": False}


def states(project: Project, deployment: int) -> list[str]:
    """Oldest first."""
    listed = project.hub.get(f"deployments/{deployment}/statuses", per_page=100)
    return [each["state"] for each in reversed(listed)]


def test_a_deployment_by_another_app_is_carried_out_and_reported_on(project: Project) -> None:
    sha = project.push(web("asked for", "off"))
    project.ended(sha, "skipped")
    made = asked_by_robot(project, "main", project.service)
    project.routed(sha)
    wait_for(lambda: "success" in states(project, made), "its success", 30, project.log)
    assert [each["id"] for each in project.shown(sha).deployments] == [made], "no second one beside it"
    project.becomes(sha, "success")


def test_a_deployment_by_a_person_reaches_a_preview_and_a_strange_environment_is_left_alone(project: Project) -> None:
    project.push({"README.md": "No services yet.\n"})
    pull = open_pull(project, previewed("preview"))
    pull.serves("preview")
    first = pull.sha
    pull.shows("success")
    pull.push({"www/index.html": "newer\n"})
    pull.serves("newer")
    pull.shows("success")
    elsewhere = project.hub.post("deployments", asking("feature", "moon"))
    made = project.hub.post("deployments", asking(first, f"{project.service} ({pull.environment})"))
    pull.serves("preview", first)
    wait_for(lambda: "success" in states(project, made["id"]), "its success", 30, project.log)
    assert states(project, elsewhere["id"]) == []
