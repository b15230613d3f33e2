"""Commit statuses in JSON, one by one and combined."""

from standin.clock import node_id
from standin.records import Json, Repo, Status
from standin.views.repositories import api_url, repository
from standin.views.users import user
from standin.world import World


def simple(world: World, repo: Repo, shown: Status) -> Json:
    """A simple-commit-status: the combined view names no creator."""
    return {
        "url": f"{api_url(world, repo)}/statuses/{shown.sha}",
        "avatar_url": f"{world.url}/_standin/avatars/{shown.creator.id}.svg",
        "id": shown.id,
        "node_id": node_id("StatusContext", shown.id),
        "state": shown.state,
        "description": shown.description,
        "target_url": shown.target_url,
        "context": shown.context,
        "created_at": shown.created_at,
        "updated_at": shown.created_at,
    }


def status(world: World, repo: Repo, shown: Status) -> Json:
    return {**simple(world, repo, shown), "creator": user(world, shown.creator)}


def combined(world: World, repo: Repo, sha: str, latest: list[Status], shown: list[Status]) -> Json:
    """`latest` decides the state; `shown` is the page of it."""
    states = {each.state for each in latest}
    failed = states & {"failure", "error"}
    state = "failure" if failed else "pending" if "pending" in states or not states else "success"
    url = f"{api_url(world, repo)}/commits/{sha}"
    return {
        "state": state,
        "statuses": [simple(world, repo, each) for each in shown],
        "sha": sha,
        "total_count": len(latest),
        "repository": repository(world, repo),
        "commit_url": url,
        "url": f"{url}/status",
    }
