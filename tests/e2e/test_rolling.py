"""Three instances under load: a rollout that fails midway, and one whose worker dies midway; not a request is lost."""

from __future__ import annotations

from collections.abc import Collection

import pytest

from tests.e2e import sturdy
from tests.e2e.apps import Files
from tests.e2e.no_loss import no_request_lost
from tests.e2e.project import Project
from tests.e2e.waiting import wait_for

pytestmark = pytest.mark.e2e

#: An instance begins to serve, or fails, when it is told.
_WHEN_TOLD = "until [ -e /go ] || [ -e /fail ]; do sleep 0.1; done\n[ ! -e /fail ] || exit 3\n"


def three(greeting: str, begin: str = "") -> Files:
    """`begin`: what each instance's shell does first."""
    files = sturdy.service(greeting)
    return {
        **files,
        "tidegate.yml": f"{files['tidegate.yml']}    numInstances: 3\n",
        "start.sh": f"{begin}{files['start.sh']}",
    }


@pytest.fixture
def old(project: Project) -> str:
    """Three instances of a first version are live: its commit."""
    sturdy.ensure_base()
    sha = project.push(three("old"))
    project.live(sha)
    return sha


def newest(project: Project, sha: str, but: Collection[str] = ()) -> str:
    """The instance of the commit that isn't among `but`, once it runs."""

    def look() -> str | None:
        others = [each for each in project.containers(sha=sha, role="instance") if each not in but]
        return others[0] if others and project.tell(others[0], "true") else None

    return wait_for(look, "the next instance", 40, project.log)


def go(project: Project, container: str) -> None:
    assert project.tell(container, "touch", "/go")


def both_answer(project: Project, one: str, other: str) -> None:
    """Requests by the service's name go to both versions."""
    seen: set[str] = set()

    def look() -> bool:
        seen.add(project.visit("/commit").text)
        return {one, other} <= seen

    wait_for(look, "both versions to be sent to", 20, project.log)


def gone(project: Project, sha: str) -> None:
    wait_for(lambda: project.containers(sha=sha) == (), f"{sha[:7]} to be gone", 40, project.log)


def test_a_failing_instance_takes_the_whole_deploy_back_and_loses_no_request(project: Project, old: str) -> None:
    serving = set(project.containers(sha=old, role="instance"))
    assert len(serving) == 3
    with no_request_lost(project):
        new = project.push(three("new", _WHEN_TOLD))
        first = newest(project, new)
        go(project, first)
        second = newest(project, new, {first})
        both_answer(project, old, new)
        assert project.tell(second, "touch", "/fail")
        check = project.ended(new, "failure", patience=60)
        gone(project, new)
    told = f"{check['output']['title']} {check['output']['summary']}"
    assert "instance 2 of 3 failed, so all are taken back: the container exited with code 3" in told
    assert set(project.containers(role="instance")) == serving, "the very same serve on"
    assert {project.visit("/commit").text for _ in range(9)} == {old}


def test_a_worker_that_dies_midway_loses_no_request(project: Project, old: str) -> None:
    with no_request_lost(project):
        new = project.push(three("new", _WHEN_TOLD))
        first = newest(project, new)
        go(project, first)
        second = newest(project, new, {first})
        both_answer(project, old, new)
        project.world.kill("worker")
        go(project, second)
        go(project, newest(project, new, {first, second}))
        project.live(new)
        gone(project, old)
    assert len(project.containers(sha=new, role="instance")) == 3
    assert {first, second} < set(project.containers(sha=new, role="instance")), "resumed, not begun anew"
    assert {project.visit("/commit").text for _ in range(9)} == {new}
