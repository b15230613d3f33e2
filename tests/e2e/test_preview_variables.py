"""A preview's services have a network and variables of their own, and production's secrets only where that is said."""

from __future__ import annotations

import pytest

from tests.e2e.apps import Files, web
from tests.e2e.project import Project
from tests.e2e.pull import Pull, open_pull, with_previews
from tests.e2e.waiting import wait_for

pytestmark = pytest.mark.e2e

VARIABLES = """\
    envVars:
      - key: MODE
        value: production
        previewValue: preview
      - key: OWN
        generateValue: true
      - key: SHARED
        generateValue: true
        copyToPreviews: true
"""
PEER = """\
  - name: app-peer
    type: web
    runtime: docker
"""


def telling(greeting: str) -> Files:
    """Two services that say their environment at /env."""
    files = web(greeting, extra=VARIABLES)
    files["tidegate.yml"] = f"{files['tidegate.yml']}{PEER}"
    files["start.sh"] = f"env >/www/env\n{files['start.sh']}"
    return with_previews(files)


def told(text: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in text.splitlines() if "=" in line)


def preview_of(pull: Pull) -> dict[str, str]:
    pull.serves("preview")
    return told(pull.visit("/env").text)


def instance(project: Project, service: str, environment: str) -> str:
    """The short id of its container, which is its name on its network."""
    (found,) = project.containers(service=service, environment=environment, role="instance")
    return found[:12]


def test_a_preview_has_its_own_variables_and_network(project: Project) -> None:
    live = project.push(telling("production"))
    project.live(live)
    production = told(project.visit("/env").text)
    pull = open_pull(project, telling("preview"))
    preview = preview_of(pull)

    assert (production["MODE"], preview["MODE"]) == ("production", "preview")
    assert preview["SHARED"] == production["SHARED"]
    assert preview["OWN"] != production["OWN"]
    assert (preview["IS_PULL_REQUEST"], preview["TIDEGATE_ENVIRONMENT"]) == ("true", pull.environment)
    assert "IS_PULL_REQUEST" not in production
    assert pull.host() in preview["TIDEGATE_URL"]

    peer = f"{project.service}-peer"
    wait_for(lambda: pull.visit(service=peer).status == 200, "its peer to be there too", 60, project.log)
    own, near = instance(project, project.service, pull.environment), instance(project, peer, pull.environment)
    far = instance(project, peer, "production")
    assert project.tell(own, "wget", "-qO", "/dev/null", f"http://{near}:3000/"), "they share a network"
    assert not project.tell(own, "wget", "-qO", "/dev/null", f"http://{far}:3000/"), "which is not production's"

    pull.push({"www/index.html": "again\n"})
    pull.serves("again")
    assert told(pull.visit("/env").text)["OWN"] == preview["OWN"], "generated once"

    stranger = open_pull(project, telling("preview"), fork_of=f"{project.owner}-fan", branch="theirs")
    stranger.shows("action_required")
    stranger.press("approve")
    theirs = preview_of(stranger)
    assert not {production["SHARED"], production["OWN"], preview["OWN"]} & set(theirs.values())
