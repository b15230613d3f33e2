"""A service sees another's host and port; a changed variable goes live without a build; a rollback brings the old value
back."""

from __future__ import annotations

from http import HTTPStatus

import pytest

from cli.visit import visit
from tests.e2e.apps import Files, web
from tests.e2e.project import Project
from tests.e2e.waiting import wait_for

pytestmark = pytest.mark.e2e

VARIABLES = """\
    envVars:
      - {key: PEER, fromService: {name: app-peer, property: hostport}}
      - {key: MODE, sync: false}
      - fromGroup: shared
"""
PEER = """\
  - name: app-peer
    type: web
    runtime: docker
    envVars:
      - fromGroup: shared
envVarGroups:
  - name: shared
    envVars:
      - {key: SALT, generateValue: true}
"""


def telling() -> Files:
    """Two services that say their environment at /env."""
    files = web("first", extra=VARIABLES)
    files["tidegate.yml"] = f"{files['tidegate.yml']}{PEER}"
    files["start.sh"] = f"env >/www/env\n{files['start.sh']}"
    return files


def told(project: Project, service: str = "") -> dict[str, str]:
    """The environment that the service says it has."""
    host = f"{service or project.service}.{project.world.settings.domain}"
    text = visit(project.world.router_port, host, "/env").text
    return dict(line.split("=", 1) for line in text.splitlines() if "=" in line)


def becomes(project: Project, mode: str) -> None:
    wait_for(lambda: told(project).get("MODE") == mode, f"MODE={mode} to be live", 60, project.log)


def test_addresses_groups_and_changed_values(project: Project) -> None:
    peer = f"{project.service}-peer"
    sha = project.push(telling())
    project.live(sha)
    wait_for(lambda: "SALT" in told(project, peer), "its peer to be there too", 60, project.log)

    own = told(project)
    assert own["PEER"] == f"{peer}:3000"
    assert own["SALT"] == told(project, peer)["SALT"]
    (instance,) = project.containers(service=project.service, role="instance")
    assert project.tell(instance[:12], "wget", "-qO", "/dev/null", f"http://{own['PEER']}/"), "it answers there"

    images, browser = set(project.images("")), project.world.sign_in(project.owner)
    number = project.live(sha)["details_url"].rpartition("/")[2]
    service = browser.get(f"/api/v1/deployments/{number}").json()["service_id"]
    made = []
    for value in ("one", "two"):
        change = {"name": "MODE", "value": value}
        answer = browser.put(f"/api/v1/services/{service}/variables", json=change)
        assert answer.status_code == HTTPStatus.OK, answer.text
        made += answer.json()["deployments"]
        becomes(project, value)
    assert set(project.images("")) == images, "nothing was built"
    assert told(project)["SALT"] == own["SALT"]

    _, deployment = made
    shown = browser.get(f"/api/v1/deployments/{deployment}").json()
    assert (shown["trigger"], shown["sha"]) == ("config", sha)
    url = f"/{deployment}"
    wait_for(lambda: project.live(sha)["details_url"].endswith(url), "GitHub to show it", 60, project.log)
    project.press(project.live(sha), "rollback")
    becomes(project, "one")
