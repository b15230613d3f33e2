"""A script, played in a repository: pushed, concluded, opened, closed and merged as people and CI do."""

from __future__ import annotations

from cli.hub import Json
from tests.chaos import sample
from tests.chaos.script import MAIN, Act, Action, Conclude, Lull, Push, SetBack, branch_of
from tests.e2e.project import Project
from tests.e2e.waiting import wait_for

_LABEL = "tidegate-preview-skip"
#: Seconds, for a commit to be looked at.
_PATIENCE = 90.0


def begin(project: Project) -> None:
    """The first commit is live, whole."""
    sha = project.push(sample.files(project.service))
    project.conclude(sha, "success")
    for service in sample.SERVICES:
        project.ended(sha, "success", name=check_name(project, service), patience=_PATIENCE)


def check_name(project: Project, service: str, environment: str = "") -> str:
    name = sample.full_name(service, project.service)
    return f"tidegate / {name} ({environment})" if environment else f"tidegate / {name}"


def head(project: Project, branch: str) -> str:
    return str(project.world.github.repo(project.full_name)["refs"][f"refs/heads/{branch}"])


def play(project: Project, action: Action) -> None:
    match action:
        case Push(branch, files):
            project.world.github.commit(project.full_name, files, f"Change {branch}", branch)
        case SetBack(branch):
            before = project.hub.get(f"commits/{head(project, branch)}")["parents"][0]["sha"]
            project.hub.call("PATCH", f"git/refs/heads/{branch}", {"sha": before, "force": True})
        case Conclude(branch, conclusion):
            _conclude(project, head(project, branch), conclusion)
        case Act(what, pull):
            _act(project, what, pull)
        case Lull():
            pass  # `wait` is for the one who doesn't miss anything


def wait(project: Project, lull: Lull) -> None:
    """Until the branch's head is decided for a service that doesn't wait for checks, and no longer on its way."""
    sha, number = head(project, lull.branch), lull.branch.removeprefix(branch_of(0)[:-1])
    name = check_name(project, "api", "" if lull.branch == MAIN else f"pr-{number}")

    def looked_at() -> bool:
        run = project.our_check(sha, name)
        return run is not None and run["status"] == "completed"

    wait_for(looked_at, f"“{name}” of {sha[:7]} to end", _PATIENCE, project.log)


def _conclude(project: Project, sha: str, conclusion: str) -> None:
    (run,) = project.hub.get(f"commits/{sha}/check-runs", check_name="test")["check_runs"]
    if run["status"] == "completed":
        project.press(run, "rerun")
    project.conclude(sha, conclusion)


def _act(project: Project, what: str, pull: int) -> None:
    hub = project.hub
    match what:
        case "open":
            body: Json = {"title": f"Change {pull}", "head": branch_of(pull), "base": MAIN}
            assert hub.post("pulls", body)["number"] == pull
        case "close" | "reopen":
            hub.call("PATCH", f"pulls/{pull}", {"state": "closed" if what == "close" else "open"})
        case "merge":
            hub.call("PUT", f"pulls/{pull}/merge", {"merge_method": "merge"})
        case "label":
            hub.post(f"issues/{pull}/labels", {"labels": [_LABEL]})
        case "unlabel":
            hub.call("DELETE", f"issues/{pull}/labels/{_LABEL}")
        case _:
            raise ValueError(what)
