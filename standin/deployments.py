"""Deployments and their statuses, with GitHub's rules on contexts, automatic merges and inactivity.

https://docs.github.com/rest/deployments
"""

from __future__ import annotations

from dataclasses import dataclass

from standin import hooks, pushes, statuses
from standin.checkrules import latest
from standin.clock import stamp
from standin.records import App, Deployment, DeploymentStatus, Json, Repo, User
from standin.refusals import Refusal, invalid
from standin.views import deployments as views
from standin.world import World

STATES = {"error", "failure", "inactive", "in_progress", "queued", "pending", "success"}
DESCRIPTION = 140


@dataclass(frozen=True)
class Merged:
    """No deployment was made, since the default branch was merged into the ref first; answered with 202."""

    message: str


def create(world: World, repo: Repo, creator: User, app: App | None, body: Json) -> Deployment | Merged:
    ref = body.get("ref")
    if not isinstance(ref, str) or not ref:
        raise invalid("Deployment", "ref", "missing_field")
    sha = repo.git.sha(ref)
    if sha is None:
        raise Refusal(422, f"No ref found for: {ref}", [])
    if body.get("auto_merge", True):
        merged = _auto_merge(world, repo, ref, creator)
        if merged is not None:
            return merged
    _check_contexts(repo, ref, sha, body.get("required_contexts"))
    environment = body.get("environment") or "production"
    made = Deployment(
        world.next_id(),
        sha,
        ref,
        body.get("task") or "deploy",
        body.get("payload") or {},
        environment,
        body.get("description"),
        creator,
        app,
        transient=bool(body.get("transient_environment", False)),
        production=bool(body.get("production_environment", environment == "production")),
    )
    repo.deployments[made.id] = made
    shown = {
        "action": "created",
        "deployment": views.deployment(world, repo, made),
        "workflow": None,
        "workflow_run": None,
    }
    hooks.emit(world, "deployment", repo, shown, creator)
    return made


def add_status(
    world: World, repo: Repo, of: Deployment, creator: User, app: App | None, body: Json
) -> DeploymentStatus:
    state = body.get("state")
    if state not in STATES:
        raise invalid("DeploymentStatus", "state", "inclusion")
    if len(body.get("description") or "") > DESCRIPTION:
        raise invalid(
            "DeploymentStatus", "description", "custom", "description is too long (maximum is 140 characters)"
        )
    if body.get("environment"):
        of.environment = body["environment"]
    made = _status(world, of, creator, app, body)
    if state == "inactive":
        return made  # GitHub sends no webhook for it
    if state == "success" and body.get("auto_inactive", True):
        _retire_others(world, repo, of, creator, app)
    payload = {
        "action": "created",
        "deployment_status": views.status(world, repo, of, made),
        "deployment": views.deployment(world, repo, of),
        "workflow": None,
        "workflow_run": None,
        "check_run": None,
    }
    hooks.emit(world, "deployment_status", repo, payload, creator)
    return made


def _status(world: World, of: Deployment, creator: User, app: App | None, body: Json) -> DeploymentStatus:
    log_url = body.get("log_url") or body.get("target_url") or ""
    made = DeploymentStatus(
        world.next_id(),
        body["state"],
        body.get("description") or "",
        of.environment,
        body.get("environment_url") or "",
        log_url,
        creator,
        app,
    )
    of.statuses.append(made)
    of.updated_at = stamp()
    return made


def _retire_others(world: World, repo: Repo, of: Deployment, creator: User, app: App | None) -> None:
    """auto_inactive: earlier successful deployments to a non-transient, non-production environment of that name."""
    for other in repo.deployments.values():
        earlier = other.id < of.id and other.environment == of.environment
        if earlier and not other.transient and not other.production and other.state == "success":
            _status(world, other, creator, app, {"state": "inactive"})


def _auto_merge(world: World, repo: Repo, ref: str, who: User) -> Merged | None:
    tip, main = repo.git.branch(ref), repo.git.branch(repo.default_branch)
    if tip is None or main is None or repo.git.is_ancestor(main, tip):
        return None
    message = f"Merge branch '{repo.default_branch}' into {ref}"
    merge = repo.git.merge(tip, main, message, world.signature(who))
    if merge is None:
        raise Refusal(409, f"Conflict merging {repo.default_branch} into {ref}.")
    pushes.move(world, repo, f"refs/heads/{ref}", tip, merge, who)
    return Merged(f"Auto-merged {repo.default_branch} into {ref} on deployment.")


def _check_contexts(repo: Repo, ref: str, sha: str, required: list[str] | None) -> None:
    """409 unless the named contexts, or by default every one there is, are green."""
    if required == []:
        return
    seen = {each.context: each.state for each in statuses.latest(repo, sha)}
    for run in latest(repo.runs_by_sha.get(sha, [])):
        seen[run.name] = (
            "success" if run.conclusion in {"success", "neutral", "skipped"} else run.conclusion or "pending"
        )
    wanted = required if required is not None else list(seen)
    bad = [{"context": name, "state": seen.get(name, "expected")} for name in wanted if seen.get(name) != "success"]
    if bad:
        error = {"contexts": bad, "resource": "Deployment", "field": "required_contexts", "code": "invalid"}
        raise Refusal(409, f"Conflict: Commit status checks failed for {ref}.", [error])
