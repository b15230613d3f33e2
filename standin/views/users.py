"""People, organizations and bots in JSON."""

from standin.clock import node_id
from standin.records import LEVELS, Json, User
from standin.world import World


def user(world: World, who: User) -> Json:
    """A simple-user."""
    url, web = f"{world.api}/users/{who.login}", f"{world.url}/{who.login}"
    return {
        "login": who.login,
        "id": who.id,
        "node_id": node_id(who.kind, who.id),
        "avatar_url": f"{world.url}/_standin/avatars/{who.id}.svg",
        "gravatar_id": "",
        "url": url,
        "html_url": web,
        "followers_url": f"{url}/followers",
        "following_url": f"{url}/following{{/other_user}}",
        "gists_url": f"{url}/gists{{/gist_id}}",
        "starred_url": f"{url}/starred{{/owner}}{{/repo}}",
        "subscriptions_url": f"{url}/subscriptions",
        "organizations_url": f"{url}/orgs",
        "repos_url": f"{url}/repos",
        "events_url": f"{url}/events{{/privacy}}",
        "received_events_url": f"{url}/received_events",
        "type": who.kind,
        "site_admin": False,
        "user_view_type": "public",
    }


def profile(world: World, who: User) -> Json:
    """A public-user: what GET /user and GET /users/{login} return."""
    owned = [repo for repo in world.repos.values() if repo.owner is who and not repo.private]
    blank = dict.fromkeys(["company", "location", "hireable", "bio", "twitter_username"])
    counts = dict.fromkeys(["public_gists", "followers", "following"], 0)
    return {
        **user(world, who),
        **blank,
        **counts,
        "name": who.name,
        "email": who.email,
        "blog": "",
        "public_repos": len(owned),
        "created_at": who.created_at,
        "updated_at": who.created_at,
    }


def organization(world: World, who: User) -> Json:
    url = f"{world.api}/orgs/{who.login}"
    return {
        "login": who.login,
        "id": who.id,
        "node_id": node_id("Organization", who.id),
        "url": url,
        "repos_url": f"{url}/repos",
        "events_url": f"{url}/events",
        "hooks_url": f"{url}/hooks",
        "issues_url": f"{url}/issues",
        "members_url": f"{url}/members{{/member}}",
        "public_members_url": f"{url}/public_members{{/member}}",
        "avatar_url": f"{world.url}/_standin/avatars/{who.id}.svg",
        "description": None,
    }


def permissions(level: str) -> dict[str, bool]:
    """A level as GitHub's five flags."""
    rank = LEVELS.index(level)
    names = {"admin": "admin", "maintain": "maintain", "push": "write", "triage": "triage", "pull": "read"}
    return {flag: rank >= LEVELS.index(needed) for flag, needed in names.items()}


def collaborator(world: World, who: User, level: str) -> Json:
    """A repository-collaborator-permission: `permission` knows four levels, `role_name` all."""
    legacy = {"maintain": "write", "triage": "read"}.get(level, level)
    person = {**user(world, who), "permissions": permissions(level), "role_name": level}
    return {"permission": legacy, "role_name": level, "user": person}
