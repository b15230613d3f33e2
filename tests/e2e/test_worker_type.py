"""A service of type worker on real parts: it runs, it is restarted, and a broken version of it changes nothing."""

from __future__ import annotations

import pytest

from cli import base_image
from tests.e2e.apps import Files
from tests.e2e.project import Project
from tests.e2e.waiting import wait_for

pytestmark = pytest.mark.e2e

DEPLOY_FILE = "services:\n  - name: app\n    type: worker\n"
#: Works for as long as there is no file /fail.
WORKS = (
    "echo working at $TIDEGATE_COMMIT, port ${PORT:-none}\nuntil [ -e /fail ]; do sleep 0.1; done\nrm /fail\nexit 5\n"
)


def working(script: str = WORKS) -> Files:
    dockerfile = f'FROM {base_image.NAME}\nCOPY work.sh /\nCMD ["sh", "/work.sh"]\n'
    return {"tidegate.yml": DEPLOY_FILE, "Dockerfile": dockerfile, "work.sh": script}


def runs(project: Project, sha: str) -> bool:
    return any(project.tell(each, "true") for each in project.containers(sha=sha, role="instance"))


def test_a_worker_runs_and_a_broken_version_leaves_it_running(project: Project) -> None:
    first = project.push(working())
    check = project.live(first)
    assert f"working at {first}, port none" in check["output"]["text"]
    assert "Serves at" not in check["output"]["summary"]
    shown = project.shown(first)
    assert shown.states()[-1] == "success"
    (made,) = shown.deployments
    assert [each["environment_url"] for each in shown.statuses[made["id"]] if each["environment_url"]] == []
    assert project.visit().status == 404
    assert "Serves at" not in project.timeline(first)

    broken = project.push(working("echo no queue\nsleep 1\nexit 3\n"))
    failed = project.ended(broken, "failure")
    assert "exited with code 3" in failed["output"]["title"]
    assert "no queue" in failed["output"]["text"]
    assert project.containers(sha=broken) == ()
    assert runs(project, first)

    (container,) = project.containers(sha=first, role="instance")
    assert project.tell(container, "touch", "/fail")
    wait_for(lambda: "exited with code 5" in project.timeline(first), "the crash to be told", 20, project.log)
    wait_for(lambda: "has stayed up for 2 s" in project.timeline(first), "its recovery to be told", 30, project.log)
    assert runs(project, first)

    second = project.push(working(f"{WORKS}# again\n"))
    project.live(second)
    wait_for(lambda: project.containers(sha=first) == (), "the first to be retired", 60, project.log)
    assert runs(project, second)
