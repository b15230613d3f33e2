"""A commit's page: files, statuses, check runs with their output, annotations and buttons; and comparisons."""

from __future__ import annotations

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from standin import checks, ci
from standin.pages.frame import back, blueprint, page, show, viewer
from standin.pages.repositories import judged
from standin.records import Repo, Run
from standin.refusals import not_found
from standin.world import World

routes = blueprint("commits")
PATH = "/<owner>/<name>"


@routes.get(f"{PATH}/commit/<sha>")
@page
def commit(world: World, owner: str, name: str, sha: str) -> Response:
    repo = world.repo(owner, name)
    made = world.commit(repo, sha)
    return show(
        "commit.html",
        world,
        repo.owner,
        repo=repo,
        told=judged(repo, made, repo.git.branches_at(made.sha)),
        changes=repo.git.changes(made.parents[0] if made.parents else None, made.sha),
        patch=repo.git.run("show", "--format=", "--no-color", "--first-parent", made.sha)[:200_000],
        deployments=[each for each in repo.deployments.values() if each.sha == made.sha],
        suites=[each for each in repo.suites.values() if each.sha == made.sha],
    )


def _run(repo: Repo, number: int) -> Run:
    if number not in repo.runs:
        raise not_found()
    return repo.runs[number]


@routes.get(f"{PATH}/runs/<int:number>")
@page
def run(world: World, owner: str, name: str, number: int) -> BaseResponse:
    repo = world.repo(owner, name)
    return _to_run(repo, _run(repo, number))


def _to_run(repo: Repo, shown: Run) -> BaseResponse:
    return back(repo, "pages-commits.commit", f"run-{shown.id}", sha=shown.suite.sha)


@routes.post(f"{PATH}/runs/<int:number>/rerun")
@page
def rerun(world: World, owner: str, name: str, number: int) -> BaseResponse:
    repo = world.repo(owner, name)
    asked = _run(repo, number)
    checks.rerequest_run(world, repo, asked, viewer(world, repo.owner))
    ci.again(world, repo, [asked])
    return _to_run(repo, asked)


@routes.post(f"{PATH}/runs/<int:number>/actions")
@page
def press(world: World, owner: str, name: str, number: int) -> BaseResponse:
    repo = world.repo(owner, name)
    asked = _run(repo, number)
    checks.request_action(world, repo, asked, request.form["identifier"], viewer(world, repo.owner))
    return _to_run(repo, asked)


@routes.post(f"{PATH}/runs/<int:number>/conclude")
@page
def conclude(world: World, owner: str, name: str, number: int) -> BaseResponse:
    """For a CI that waits for its word: pass or fail it by hand."""
    repo = world.repo(owner, name)
    asked = _run(repo, number)
    ci.conclude(world, repo, asked.suite.sha, asked.name, request.form["conclusion"])
    return _to_run(repo, asked)


@routes.post(f"{PATH}/suites/<int:number>/rerun")
@page
def rerun_suite(world: World, owner: str, name: str, number: int) -> BaseResponse:
    repo = world.repo(owner, name)
    if number not in repo.suites:
        raise not_found()
    suite = repo.suites[number]
    checks.rerequest_suite(world, repo, suite, viewer(world, repo.owner))
    ci.again(world, repo, [each for each in repo.runs_by_sha.get(suite.sha, []) if each.suite is suite])
    return back(repo, "pages-commits.commit", sha=suite.sha)


@routes.get(f"{PATH}/compare/<path:basehead>")
@page
def compare(world: World, owner: str, name: str, basehead: str) -> Response:
    repo = world.repo(owner, name)
    base, dots, head = basehead.partition("...")
    if not dots:
        base, head = repo.default_branch, base
    start, end = world.commit(repo, base), world.commit(repo, head)
    fork = repo.git.merge_base(start.sha, end.sha)
    return show(
        "compare.html",
        world,
        repo.owner,
        repo=repo,
        basehead=basehead,
        commits=[judged(repo, each) for each in repo.git.new_commits(end.sha, [start.sha], 250)],
        changes=repo.git.changes(fork, end.sha) if fork else (),
    )
