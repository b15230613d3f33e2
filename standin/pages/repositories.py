"""A repository's page: commits with their checks, deployments, pull requests, webhooks."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, request

from standin import statuses
from standin.checkrules import latest
from standin.objects import Commit
from standin.pages.frame import blueprint, page, show
from standin.records import Deployment, Repo, Run, Status
from standin.refusals import not_found
from standin.world import World

routes = blueprint("repositories")
COMMITS, DEPLOYMENTS, DELIVERIES = 20, 20, 25
BAD = {"failure", "cancelled", "timed_out", "action_required", "stale", "startup_failure", "error"}


@dataclass(frozen=True)
class Judged:
    """A commit with what was said of it; `state` is "success", "failure", "pending" or "" for nothing."""

    commit: Commit
    runs: list[Run]
    statuses: list[Status]
    branches: list[str]

    @property
    def state(self) -> str:
        told = {run.conclusion or "pending" for run in self.runs} | {each.state for each in self.statuses}
        if not told:
            return ""
        return "failure" if told & BAD else "pending" if "pending" in told else "success"

    @property
    def summary(self) -> str:
        done = [run for run in self.runs if run.conclusion not in {None, *BAD}]
        good = [each for each in self.statuses if each.state == "success"]
        return f"{len(done) + len(good)} / {len(self.runs) + len(self.statuses)} checks OK"


def judged(repo: Repo, commit: Commit, branches: list[str] | None = None) -> Judged:
    return Judged(
        commit, latest(repo.runs_by_sha.get(commit.sha, [])), statuses.latest(repo, commit.sha), branches or []
    )


@routes.get("/<owner>/<name>")
@page
def overview(world: World, owner: str, name: str) -> Response:
    repo = world.repo(owner, name)
    heads = {ref[11:]: sha for ref, sha in repo.git.refs().items() if ref.startswith("refs/heads/")}
    branch = request.args.get("branch", repo.default_branch)
    if heads and branch not in heads:
        raise not_found()
    log = repo.git.log(heads[branch], limit=COMMITS) if heads else []
    at = {sha: [each for each, tip in heads.items() if tip == sha] for sha in heads.values()}
    sent = [
        (app, each)
        for app in world.apps.values()
        for each in world.courier.listed(app)
        if each.repository_id == repo.id
    ]
    return show(
        "repository.html",
        world,
        repo.owner,
        repo=repo,
        branch=branch,
        heads=heads,
        commits=[judged(repo, commit, at.get(commit.sha)) for commit in log],
        environments=environments(repo),
        deployments=list(reversed(repo.deployments.values()))[:DEPLOYMENTS],
        pulls=sorted(repo.pulls.values(), key=lambda pull: (pull.state != "open", -pull.number)),
        deliveries=sorted(sent, key=lambda pair: -pair[1].id)[:DELIVERIES],
    )


def environments(repo: Repo) -> list[Deployment]:
    """The newest deployment of each environment that isn't inactive."""
    newest: dict[str, Deployment] = {}
    for each in repo.deployments.values():
        if each.state != "inactive":
            newest[each.environment] = each
    return list(newest.values())
