"""Commits, changed files and trees in JSON, in the four forms that GitHub gives them."""

from urllib.parse import quote

from standin.changes import Change
from standin.clock import node_id, stamp
from standin.objects import Commit, Signature
from standin.records import Json, Repo
from standin.views.repositories import api_url, web_url
from standin.views.users import user
from standin.world import World

FILES_A_PAGE = 300
UNVERIFIED: Json = {"verified": False, "reason": "unsigned", "signature": None, "payload": None, "verified_at": None}


def _person(signature: Signature) -> Json:
    return {"name": signature.name, "email": signature.email, "date": stamp(signature.when)}


def _account(world: World, signature: Signature) -> Json | None:
    known = world.user_by_email(signature.email)
    return user(world, known) if known else None


def commit(world: World, repo: Repo, made: Commit) -> Json:
    """As lists of commits have it."""
    url, web = api_url(world, repo), web_url(world, repo)
    return {
        "sha": made.sha,
        "node_id": node_id("Commit", int(made.sha[:12], 16)),
        "url": f"{url}/commits/{made.sha}",
        "html_url": f"{web}/commit/{made.sha}",
        "comments_url": f"{url}/commits/{made.sha}/comments",
        "commit": {
            "url": f"{url}/git/commits/{made.sha}",
            "author": _person(made.author),
            "committer": _person(made.committer),
            "message": made.message,
            "tree": {"sha": made.tree, "url": f"{url}/git/trees/{made.tree}"},
            "comment_count": 0,
            "verification": UNVERIFIED,
        },
        "author": _account(world, made.author),
        "committer": _account(world, made.committer),
        "parents": [
            {"sha": sha, "url": f"{url}/commits/{sha}", "html_url": f"{web}/commit/{sha}"} for sha in made.parents
        ],
    }


def commit_with_files(world: World, repo: Repo, made: Commit, page: int, per_page: int) -> Json:
    """As GET commits/{ref} has it: at most 300 files a page, 3000 in all."""
    changes = repo.git.changes(made.parents[0] if made.parents else None, made.sha)
    added, deleted = sum(each.additions for each in changes), sum(each.deletions for each in changes)
    size = min(per_page, FILES_A_PAGE)
    shown = changes[:3000][(page - 1) * size : page * size]
    stats = {"total": added + deleted, "additions": added, "deletions": deleted}
    return {**commit(world, repo, made), "stats": stats, "files": [file(world, repo, made.sha, each) for each in shown]}


def file(world: World, repo: Repo, sha: str, change: Change) -> Json:
    """A diff-entry. `patch` is left out, as GitHub does for large files."""
    web, path = web_url(world, repo), quote(change.path)
    return {
        "sha": change.sha,
        "filename": change.path,
        "status": change.status,
        "additions": change.additions,
        "deletions": change.deletions,
        "changes": change.additions + change.deletions,
        "blob_url": f"{web}/blob/{sha}/{path}",
        "raw_url": f"{web}/raw/{sha}/{path}",
        "contents_url": f"{api_url(world, repo)}/contents/{path}?ref={sha}",
        **({"previous_filename": change.previous} if change.previous else {}),
    }


def git_commit(world: World, repo: Repo, made: Commit) -> Json:
    """As GET git/commits/{sha} has it."""
    url, web = api_url(world, repo), web_url(world, repo)
    return {
        "sha": made.sha,
        "node_id": node_id("Commit", int(made.sha[:12], 16)),
        "url": f"{url}/git/commits/{made.sha}",
        "html_url": f"{web}/commit/{made.sha}",
        "author": _person(made.author),
        "committer": _person(made.committer),
        "message": made.message,
        "tree": {"sha": made.tree, "url": f"{url}/git/trees/{made.tree}"},
        "parents": [
            {"sha": sha, "url": f"{url}/git/commits/{sha}", "html_url": f"{web}/commit/{sha}"} for sha in made.parents
        ],
        "verification": UNVERIFIED,
    }


def head_commit(made: Commit) -> Json:
    """A simple-commit: what a check suite says of its commit."""
    return {
        "id": made.sha,
        "tree_id": made.tree,
        "message": made.message,
        "timestamp": stamp(made.committer.when),
        "author": {"name": made.author.name, "email": made.author.email},
        "committer": {"name": made.committer.name, "email": made.committer.email},
    }


def pushed(world: World, repo: Repo, made: Commit) -> Json:
    """As `push` payloads list it, with its paths."""

    def person(signature: Signature) -> Json:
        known = world.user_by_email(signature.email)
        named = {"name": signature.name, "email": signature.email, "date": stamp(signature.when)}
        return {**named, "username": known.login} if known else named

    paths: dict[str, list[str]] = {"added": [], "removed": [], "modified": []}
    for change in repo.git.changes(made.parents[0] if made.parents else None, made.sha):
        if change.previous:
            paths["removed"].append(change.previous)
        kind = {"removed": "removed", "added": "added", "renamed": "added", "copied": "added"}.get(
            change.status, "modified"
        )
        paths[kind].append(change.path)
    return {
        "id": made.sha,
        "tree_id": made.tree,
        "distinct": True,
        "message": made.message,
        "timestamp": stamp(made.committer.when),
        "url": f"{web_url(world, repo)}/commit/{made.sha}",
        "author": person(made.author),
        "committer": person(made.committer),
        **paths,
    }
