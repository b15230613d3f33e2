"""More and fewer instances of what is live, without a deploy and without a request lost."""

from __future__ import annotations

import pytest

from tests.e2e import sturdy
from tests.e2e.no_loss import no_request_lost
from tests.e2e.project import Project
from tests.e2e.waiting import wait_for

pytestmark = pytest.mark.e2e


def scale(project: Project, count: int) -> str:
    """As the owner, by the API; what is answered."""
    browser = project.world.sign_in(project.owner)
    (newest,) = browser.get("/api/v1/deployments?limit=1").json()["deployments"]
    answer = browser.put(f"/api/v1/services/{newest['service_id']}/instances", json={"count": count})
    assert answer.is_success, answer.text
    told: str = answer.json()["detail"]
    return told


def states(project: Project) -> list[str]:
    """Of the live deployment's instances, those that were removed left out."""
    browser = project.world.sign_in(project.owner)
    (newest,) = browser.get("/api/v1/deployments?limit=1").json()["deployments"]
    instances = browser.get(f"/api/v1/deployments/{newest['id']}").json()["instances"]
    return [each["state"] for each in instances if each["state"] != "removed"]


def sized(project: Project, sha: str, count: int) -> None:
    wait_for(lambda: states(project) == ["healthy"] * count, f"{count} to be well", 60, project.log)
    there = project.containers(sha=sha, role="instance")
    assert len(there) == count


def test_one_three_two(project: Project) -> None:
    sturdy.ensure_base()
    sha = project.push(sturdy.service("hello"))
    project.live(sha)
    (first,) = project.containers(sha=sha, role="instance")
    with no_request_lost(project):
        assert scale(project, 3) == "scaled from 1 to 3 instances"
        sized(project, sha, 3)
        three = set(project.containers(sha=sha, role="instance"))
        assert scale(project, 2) == "scaled from 3 to 2 instances"
        sized(project, sha, 2)
    two = set(project.containers(sha=sha, role="instance"))
    assert first in two
    assert two < three, "none was made anew"
    assert len(project.shown(sha).deployments) == 1, "no deploy"
    newer = project.push(sturdy.service("again"))
    project.live(newer)
    sized(project, newer, 2)
