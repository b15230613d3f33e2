"""Three instances that are replaced one at a time, each when it is told to serve."""

from __future__ import annotations

from collections.abc import Collection

from tests.e2e import sturdy
from tests.e2e.apps import Files
from tests.e2e.project import Project
from tests.e2e.waiting import wait_for

#: An instance begins to serve, or fails, when it is told.
WHEN_TOLD = "until [ -e /go ] || [ -e /fail ]; do sleep 0.1; done\n[ ! -e /fail ] || exit 3\n"


def three(greeting: str, begin: str = "") -> Files:
    """`begin`: what each instance's shell does first."""
    files = sturdy.service(greeting)
    return {
        **files,
        "tidegate.yml": f"{files['tidegate.yml']}    numInstances: 3\n",
        "start.sh": f"{begin}{files['start.sh']}",
    }


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


def taken_back(project: Project, old: str, new: str, serving: Collection[str]) -> None:
    """The second instance of `new` failed: GitHub says so, none of it is left, and the very same of `old` serve on."""
    check = project.ended(new, "failure", patience=90)
    gone(project, new)
    told = f"{check['output']['title']} {check['output']['summary']}"
    assert "instance 2 of 3 failed, so all are taken back: the container exited with code 3" in told

    def look() -> bool:
        return set(project.containers(role="instance")) == set(serving)

    wait_for(look, "whatever served before to be gone, too", 40, project.log)
    assert {project.visit("/commit").text for _ in range(9)} == {old}
