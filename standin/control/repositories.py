"""Control of people, repositories, commits and CI."""

from __future__ import annotations

from dataclasses import asdict

from standin import checks, ci, hooks, installing, pushes
from standin.control.frame import Routes
from standin.git import ZERO
from standin.records import LEVELS, CiSettings, Json, Repo, User
from standin.views import checks as check_views
from standin.views.repositories import repository
from standin.views.users import user as show_user
from standin.world import World

routes = Routes("repositories")
PATH = "/repos/<owner>/<name>"


@routes("POST", "/users")
def create_user(world: World, body: Json) -> Json:
    details = {key: body[key] for key in ("name", "email") if body.get(key)}
    user = world.add_user(body["login"], body.get("kind", "User"), **details)
    return {**show_user(world, user), "token": world.add_token("ghp", "personal", user).value}


@routes("PATCH", "/users/<login>")
def rename_user(world: World, body: Json, login: str) -> Json:
    user = world.user(login)
    world.rename_user(user, body["login"])
    return show_user(world, user)


@routes("POST", "/users/<login>/token")
def create_personal_token(world: World, _body: Json, login: str) -> Json:
    return {"token": world.add_token("ghp", "personal", world.user(login)).value}


@routes("POST", "/repos")
def create_repo(world: World, body: Json) -> Json:
    owner = world.add_user(body["owner"])
    source = world.repo(*body["fork_of"].split("/")) if body.get("fork_of") else None
    details = {key: body[key] for key in ("private", "default_branch", "description") if key in body}
    repo = world.add_repo(owner, body["name"], source=source, **details)
    if "ci" in body:
        repo.ci = CiSettings(**body["ci"])
    chosen = body["apps"] if "apps" in body else list(world.apps)
    for slug in chosen:
        installing.add_to(world, world.app(slug), repo)
    hooks.emit(world, "repository", repo, {"action": "created"}, owner)
    if body.get("files"):
        _commit(world, repo, owner, {"files": body["files"], "message": body.get("message", "First commit")})
    return repository(world, repo)


@routes("GET", PATH)
def get_repo(world: World, _body: Json, owner: str, name: str) -> Json:
    repo = world.repo(owner, name)
    return {**repository(world, repo), "refs": repo.git.refs(), "ci": asdict(repo.ci)}


@routes("PATCH", PATH)
def change_repo(world: World, body: Json, owner: str, name: str) -> Json:
    repo = world.repo(owner, name)
    if "name" in body:
        before = repo.name
        world.rename_repo(repo, body["name"])
        _tell(world, repo, "renamed", {"changes": {"repository": {"name": {"from": before}}}})
    if "owner" in body:
        old = repo.owner
        installing.transfer(world, repo, world.add_user(body["owner"]))
        kind = "organization" if old.kind == "Organization" else "user"
        _tell(world, repo, "transferred", {"changes": {"owner": {"from": {kind: show_user(world, old)}}}})
    if "private" in body:
        repo.private = bool(body["private"])
        _tell(world, repo, "privatized" if repo.private else "publicized")
    if "archived" in body:
        repo.archived = bool(body["archived"])
        _tell(world, repo, "archived" if repo.archived else "unarchived")
    if "default_branch" in body:
        before, repo.default_branch = repo.default_branch, body["default_branch"]
        repo.git.point_head(repo.default_branch)
        _tell(world, repo, "edited", {"changes": {"default_branch": {"from": before}}})
    return repository(world, repo)


@routes("DELETE", PATH)
def remove_repo(world: World, _body: Json, owner: str, name: str) -> Json:
    repo = world.repo(owner, name)
    _tell(world, repo, "deleted")
    world.remove_repo(repo)
    return {}


def _tell(world: World, repo: Repo, action: str, extra: Json | None = None) -> None:
    hooks.emit(world, "repository", repo, {"action": action, **(extra or {})}, repo.owner)


@routes("PUT", f"{PATH}/collaborators/<login>")
def set_collaborator(world: World, body: Json, owner: str, name: str, login: str) -> Json:
    level = body["permission"]
    if level not in LEVELS:
        raise ValueError(f"permission is one of {', '.join(LEVELS)}")
    repo, user = world.repo(owner, name), world.add_user(login)
    repo.collaborators.pop(user.login.lower(), None)
    if level != "none":
        repo.collaborators[user.login.lower()] = level
    return {"login": user.login, "permission": level}


@routes("POST", f"{PATH}/commits")
def create_commit(world: World, body: Json, owner: str, name: str) -> Json:
    repo = world.repo(owner, name)
    author = world.add_user(body["author"]) if body.get("author") else repo.owner
    return {"sha": _commit(world, repo, author, body)}


def _commit(world: World, repo: Repo, author: User, body: Json) -> str:
    """One commit with all the files, pushed."""
    branch = body.get("branch") or repo.default_branch
    tip = repo.git.branch(branch)
    base = tip or repo.git.branch(repo.default_branch)
    files = {path: None if text is None else text.encode() for path, text in body["files"].items()}
    tree = repo.git.with_files(base, files)
    message = body.get("message", "Change")
    made = repo.git.commit_tree(tree, [base] if base else [], message, world.signature(author))
    pushes.move(world, repo, f"refs/heads/{branch}", tip or ZERO, made, author)
    return made


@routes("PUT", f"{PATH}/ci")
def set_ci(world: World, body: Json, owner: str, name: str) -> Json:
    repo = world.repo(owner, name)
    repo.ci = CiSettings(**{**asdict(repo.ci), **body})
    return asdict(repo.ci)


@routes("POST", f"{PATH}/ci/start")
def start_ci(world: World, body: Json, owner: str, name: str) -> list[Json]:
    repo = world.repo(owner, name)
    runs = ci.start(world, repo, body["sha"], body.get("names"))
    return [check_views.run(world, repo, run) for run in runs]


@routes("POST", f"{PATH}/ci/conclude")
def conclude_ci(world: World, body: Json, owner: str, name: str) -> Json:
    repo = world.repo(owner, name)
    check = body.get("name") or repo.ci.names[0]
    run = ci.conclude(world, repo, body["sha"], check, body["conclusion"], body.get("output"))
    return check_views.run(world, repo, run)


@routes("POST", f"{PATH}/press")
def press(world: World, body: Json, owner: str, name: str) -> Json:
    """A button of a check run, as on its page; `rerun` is GitHub's own."""
    repo = world.repo(owner, name)
    run, user = repo.runs[int(body["run"])], world.add_user(body.get("user", repo.owner.login))
    if body["identifier"] == "rerun":
        checks.rerequest_run(world, repo, run, user)
        ci.again(world, repo, [run])
    else:
        checks.request_action(world, repo, run, body["identifier"], user)
    return {}
