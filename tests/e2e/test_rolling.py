"""Three instances under load: a rollout that fails midway, and one whose worker dies midway; not a request is lost."""

from __future__ import annotations

import pytest

from tests.e2e import sturdy
from tests.e2e.no_loss import no_request_lost
from tests.e2e.project import Project
from tests.e2e.rolling import WHEN_TOLD, both_answer, go, gone, newest, taken_back, three

pytestmark = pytest.mark.e2e


@pytest.fixture
def old(project: Project) -> str:
    """Three instances of a first version are live: its commit."""
    sturdy.ensure_base()
    sha = project.push(three("old"))
    project.live(sha)
    return sha


@pytest.mark.parametrize(
    "killed", [False, pytest.param(True, marks=pytest.mark.long)], ids=["", "the worker is killed before it fails"]
)
def test_a_failing_instance_takes_the_whole_deploy_back_and_loses_no_request(
    project: Project, old: str, *, killed: bool
) -> None:
    serving = project.containers(sha=old, role="instance")
    assert len(serving) == 3
    with no_request_lost(project):
        new = project.push(three("new", WHEN_TOLD))
        first = newest(project, new)
        go(project, first)
        second = newest(project, new, {first})
        both_answer(project, old, new)
        if killed:
            project.world.kill("worker")
        assert project.tell(second, "touch", "/fail")
        taken_back(project, old, new, serving)


def test_a_worker_that_dies_midway_loses_no_request(project: Project, old: str) -> None:
    with no_request_lost(project):
        new = project.push(three("new", WHEN_TOLD))
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
