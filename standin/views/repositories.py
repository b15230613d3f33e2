"""Repositories in JSON: one full shape, with the differences that push payloads have."""

from standin.clock import epoch, node_id
from standin.records import Json, Repo
from standin.views import users
from standin.world import World

# name of the URL field -> what follows the repository's API URL
LINKS = {
    "archive": "/{archive_format}{/ref}",
    "assignees": "/assignees{/user}",
    "blobs": "/git/blobs{/sha}",
    "branches": "/branches{/branch}",
    "collaborators": "/collaborators{/collaborator}",
    "comments": "/comments{/number}",
    "commits": "/commits{/sha}",
    "compare": "/compare/{base}...{head}",
    "contents": "/contents/{+path}",
    "contributors": "/contributors",
    "deployments": "/deployments",
    "downloads": "/downloads",
    "events": "/events",
    "forks": "/forks",
    "git_commits": "/git/commits{/sha}",
    "git_refs": "/git/refs{/sha}",
    "git_tags": "/git/tags{/sha}",
    "hooks": "/hooks",
    "issue_comment": "/issues/comments{/number}",
    "issue_events": "/issues/events{/number}",
    "issues": "/issues{/number}",
    "keys": "/keys{/key_id}",
    "labels": "/labels{/name}",
    "languages": "/languages",
    "merges": "/merges",
    "milestones": "/milestones{/number}",
    "notifications": "/notifications{?since,all,participating}",
    "pulls": "/pulls{/number}",
    "releases": "/releases{/id}",
    "stargazers": "/stargazers",
    "statuses": "/statuses/{sha}",
    "subscribers": "/subscribers",
    "subscription": "/subscription",
    "tags": "/tags",
    "teams": "/teams",
    "trees": "/git/trees{/sha}",
}
COUNTS = [
    "forks_count",
    "forks",
    "stargazers_count",
    "watchers_count",
    "watchers",
    "size",
    "network_count",
    "subscribers_count",
]
FLAGS = {
    **dict.fromkeys(
        ["has_issues", "has_projects", "has_wiki", "has_downloads", "allow_forking", "allow_merge_commit"], True
    ),
    **dict.fromkeys(["has_pages", "has_discussions", "disabled", "is_template", "web_commit_signoff_required"], False),
    **dict.fromkeys(["allow_squash_merge", "allow_rebase_merge"], True),
    **dict.fromkeys(["allow_auto_merge", "allow_update_branch", "delete_branch_on_merge"], False),
}
UNSET = ["mirror_url", "homepage", "language", "license"]


def api_url(world: World, repo: Repo) -> str:
    return f"{world.api}/repos/{repo.full_name}"


def web_url(world: World, repo: Repo) -> str:
    return f"{world.url}/{repo.full_name}"


def repository(world: World, repo: Repo, level: str = "") -> Json:
    """A full-repository; with `level`, also what the asker may do."""
    url, web = api_url(world, repo), web_url(world, repo)
    host = world.url.split("//", 1)[-1]
    open_pulls = sum(1 for pull in repo.pulls.values() if pull.state == "open")
    return {
        "id": repo.id,
        "node_id": node_id("Repository", repo.id),
        "name": repo.name,
        "full_name": repo.full_name,
        "owner": users.user(world, repo.owner),
        "private": repo.private,
        "visibility": "private" if repo.private else "public",
        "html_url": web,
        "description": repo.description,
        "fork": repo.fork_of is not None,
        "url": url,
        **{f"{name}_url": url + rest for name, rest in LINKS.items()},
        "git_url": f"git://{host}/{repo.full_name}.git",
        "ssh_url": f"git@{host}:{repo.full_name}.git",
        "clone_url": f"{web}.git",
        "svn_url": web,
        **dict.fromkeys(UNSET),
        **dict.fromkeys(COUNTS, 0),
        **FLAGS,
        "default_branch": repo.default_branch,
        "open_issues_count": open_pulls,
        "open_issues": open_pulls,
        "topics": [],
        "archived": repo.archived,
        "pushed_at": repo.pushed_at,
        "created_at": repo.created_at,
        "updated_at": repo.updated_at,
        **({"permissions": users.permissions(level)} if level else {}),
    }


def with_family(world: World, repo: Repo, level: str) -> Json:
    """A repository asked for alone says also what it is a fork of."""
    shown = repository(world, repo, level)
    if repo.fork_of is not None:
        shown["parent"] = shown["source"] = repository(world, repo.fork_of)
    return shown


def pushed(world: World, repo: Repo) -> Json:
    """As `push` payloads have it: two times as seconds, the owner's name and address, the web URL as `url`."""
    shown = repository(world, repo)
    owner = {**shown["owner"], "name": repo.owner.login, "email": repo.owner.email}
    times = {"created_at": epoch(repo.created_at), "pushed_at": epoch(repo.pushed_at)}
    more = {"url": shown["html_url"], "stargazers": 0, "master_branch": repo.default_branch}
    return {**shown, **times, **more, "owner": owner}


def brief(repo: Repo) -> Json:
    """As `installation` payloads list it."""
    return {
        "id": repo.id,
        "node_id": node_id("Repository", repo.id),
        "name": repo.name,
        "full_name": repo.full_name,
        "private": repo.private,
    }
