"""Commit statuses: made, and the latest of each context."""

from __future__ import annotations

from standin import hooks
from standin.clock import stamp
from standin.records import Json, Repo, Status, User
from standin.refusals import invalid
from standin.views import commits
from standin.views.repositories import api_url
from standin.views.users import user
from standin.world import World

STATES = {"error", "failure", "pending", "success"}
DESCRIPTION, PER_CONTEXT, BRANCHES_LISTED = 140, 1000, 10


def create(world: World, repo: Repo, sha: str, creator: User, body: Json) -> Status:
    if body.get("state") not in STATES:
        raise invalid("Status", "state", "inclusion")
    if len(body.get("description") or "") > DESCRIPTION:
        raise invalid("Status", "description", "custom", "description is too long (maximum is 140 characters)")
    if repo.git.commit(sha) is None:
        raise invalid("Status", "sha", "custom", f"No commit found for SHA: {sha}")
    context = body.get("context") or "default"
    if sum(1 for each in repo.statuses[sha] if each.context.lower() == context.lower()) >= PER_CONTEXT:
        raise invalid("Status", "context", "custom", "This SHA and context has reached the maximum number of statuses.")
    made = Status(
        world.next_id(), sha, body["state"], context, body.get("description"), body.get("target_url"), creator
    )
    repo.statuses[sha].append(made)
    _tell(world, repo, made)
    return made


def latest(repo: Repo, sha: str) -> list[Status]:
    """Newest first, one for each context; contexts differ regardless of case."""
    newest: dict[str, Status] = {}
    for each in repo.statuses.get(sha, []):
        newest[each.context.lower()] = each
    return sorted(newest.values(), key=lambda each: each.id, reverse=True)


def _tell(world: World, repo: Repo, made: Status) -> None:
    commit = repo.git.commit(made.sha)
    assert commit
    branches = [
        {
            "name": name,
            "commit": {"sha": made.sha, "url": f"{api_url(world, repo)}/commits/{made.sha}"},
            "protected": False,
        }
        for name in repo.git.branches_at(made.sha)[:BRANCHES_LISTED]
    ]
    payload = {
        "id": made.id,
        "sha": made.sha,
        "name": repo.full_name,
        "target_url": made.target_url,
        "avatar_url": user(world, made.creator)["avatar_url"],
        "context": made.context,
        "description": made.description,
        "state": made.state,
        "commit": commits.commit(world, repo, commit),
        "branches": branches,
        "created_at": made.created_at,
        "updated_at": stamp(),
    }
    hooks.emit(world, "status", repo, payload, made.creator)
