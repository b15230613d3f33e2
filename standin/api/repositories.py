"""Repositories, and the people who may do something in them."""

from standin.access import Actor
from standin.call import Answer, Call
from standin.records import LEVELS, Json, Repo
from standin.refusals import not_found
from standin.rest import Routes
from standin.views import apps, users
from standin.views.repositories import repository, with_family

routes = Routes("repositories")


def _level(actor: Actor, repo: Repo) -> str:
    if actor.kind == "installation":
        return "write" if actor.permissions.get("contents") == "write" else "read"
    return repo.level_of(actor.user)


@routes("GET", "/repos/<owner>/<repo>", needs="metadata:read")
def get_repository(call: Call) -> Json:
    return with_family(call.world, call.repo, _level(call.actor, call.repo))


@routes("GET", "/repos/<owner>/<repo>/collaborators/<login>/permission", needs="metadata:read")
def get_permission(call: Call, login: str) -> Json:
    who = call.world.user(login)
    return users.collaborator(call.world, who, call.repo.level_of(who))


@routes("GET", "/repos/<owner>/<repo>/collaborators/<login>", needs="metadata:read")
def is_collaborator(call: Call, login: str) -> Answer:
    who = call.world.user(login)
    known = who is call.repo.owner or who.login.lower() in call.repo.collaborators
    if not known:
        raise not_found()
    return Answer(status=204)


@routes("GET", "/user", by="user")
def get_user(call: Call) -> Json:
    return users.profile(call.world, call.actor.person)


@routes("GET", "/users/<login>")
def get_user_by_login(call: Call, login: str) -> Json:
    return users.profile(call.world, call.world.user(login))


@routes("GET", "/user/<int:account_id>")
def get_user_by_id(call: Call, account_id: int) -> Json:
    return users.profile(call.world, call.world.user_by_id(account_id))


def _visible(call: Call) -> list[Repo]:
    """The repositories that the person owns or works in."""
    who = call.actor.person
    near = [repo for repo in call.world.repos.values() if repo.owner is who or who.login.lower() in repo.collaborators]
    return [repo for repo in near if LEVELS.index(repo.level_of(who)) >= LEVELS.index("read")]


@routes("GET", "/user/repos", by="user")
def list_own(call: Call) -> Answer:
    return call.paged(_visible(call), lambda repo: repository(call.world, repo, repo.level_of(call.actor.person)))


@routes("GET", "/user/installations", by="user")
def list_user_installations(call: Call) -> Answer:
    """Installations of the asking App that reach a repository which the person may see."""
    visible = _visible(call)
    mine = [
        each
        for each in call.world.installations.values()
        if each.app is call.actor.app
        and (each.account is call.actor.user or any(each.covers(repo) for repo in visible))
    ]
    return call.paged(mine, lambda each: apps.installation(call.world, each), "installations")


@routes("GET", "/user/installations/<int:number>/repositories", by="user")
def list_user_installation_repositories(call: Call, number: int) -> Answer:
    found = call.world.installations.get(number)
    if found is None or found.app is not call.actor.app:
        raise not_found()
    covered = [repo for repo in _visible(call) if found.covers(repo)]
    show = call.actor.person
    return call.paged(covered, lambda repo: repository(call.world, repo, repo.level_of(show)), "repositories")
