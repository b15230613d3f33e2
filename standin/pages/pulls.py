"""A pull request's page: what it changes, its comments and labels, and the buttons to change it."""

from __future__ import annotations

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from standin import comments, merges, pulls
from standin.pages.frame import back, blueprint, page, show, viewer
from standin.pages.repositories import judged
from standin.records import LEVELS, Pull, Repo, User
from standin.refusals import Refusal
from standin.world import World

routes = blueprint("pulls")
PATH = "/<owner>/<name>"


@routes.get(f"{PATH}/pull/<int:number>")
@routes.get(f"{PATH}/issues/<int:number>")
@page
def pull(world: World, owner: str, name: str, number: int) -> Response:
    repo = world.repo(owner, name)
    shown = pulls.find(repo, number)
    start = repo.git.merge_base(shown.base_sha, shown.head_sha)
    listed = repo.git.new_commits(shown.head_sha, [shown.base_sha], 250)
    return show(
        "pull.html",
        world,
        repo.owner,
        repo=repo,
        pull=shown,
        commits=[judged(repo, each) for each in listed],
        changes=repo.git.changes(start, shown.head_sha),
        comments=[each for each in repo.comments.values() if each.number == number],
        labels=[each for each in repo.labels.values() if each not in shown.labels],
    )


@routes.post(f"{PATH}/pulls")
@page
def create(world: World, owner: str, name: str) -> BaseResponse:
    repo = world.repo(owner, name)
    form = {key: request.form[key] for key in ("title", "head", "base")}
    made = pulls.create(world, repo, viewer(world, repo.owner), form)
    return _to(repo, made)


def _to(repo: Repo, shown: Pull) -> BaseResponse:
    return back(repo, "pages-pulls.pull", number=shown.number)


def _writer(world: World, repo: Repo) -> User:
    who = viewer(world, repo.owner)
    if LEVELS.index(repo.level_of(who)) < LEVELS.index("triage"):
        raise Refusal(403, f"{who.login} may not do this in {repo.full_name}.")
    return who


@routes.post(f"{PATH}/pull/<int:number>/comments")
@page
def comment(world: World, owner: str, name: str, number: int) -> BaseResponse:
    repo = world.repo(owner, name)
    comments.create(world, repo, number, viewer(world, repo.owner), None, request.form.get("body", "").strip())
    return _to(repo, pulls.find(repo, number))


@routes.post(f"{PATH}/pull/<int:number>/labels")
@page
def label(world: World, owner: str, name: str, number: int) -> BaseResponse:
    """`add` or `remove` a label by name."""
    repo = world.repo(owner, name)
    shown, who = pulls.find(repo, number), _writer(world, repo)
    if request.form.get("add"):
        pulls.add_labels(world, repo, shown, who, [request.form["add"]])
    if request.form.get("remove"):
        pulls.remove_label(world, repo, shown, who, request.form["remove"])
    return _to(repo, shown)


@routes.post(f"{PATH}/pull/<int:number>/<any(close,reopen,merge):act>")
@page
def change(world: World, owner: str, name: str, number: int, act: str) -> BaseResponse:
    repo = world.repo(owner, name)
    shown, who = pulls.find(repo, number), _writer(world, repo)
    if act == "merge":
        merges.merge(world, repo, shown, who, {})
    else:
        pulls.edit(world, repo, shown, who, {"state": "closed" if act == "close" else "open"})
    return _to(repo, shown)
