"""Deployments and their statuses in JSON."""

from standin.clock import node_id
from standin.records import App, Deployment, DeploymentStatus, Json, Repo
from standin.views import apps
from standin.views.repositories import api_url
from standin.views.users import user
from standin.world import World


def _via(world: World, app: App | None) -> Json | None:
    return apps.app(world, app) if app else None


def deployment(world: World, repo: Repo, shown: Deployment) -> Json:
    url = f"{api_url(world, repo)}/deployments/{shown.id}"
    return {
        "url": url,
        "id": shown.id,
        "node_id": node_id("Deployment", shown.id),
        "sha": shown.sha,
        "ref": shown.ref,
        "task": shown.task,
        "payload": shown.payload,
        "original_environment": shown.environment,
        "environment": shown.environment,
        "description": shown.description,
        "creator": user(world, shown.creator),
        "created_at": shown.created_at,
        "updated_at": shown.updated_at,
        "statuses_url": f"{url}/statuses",
        "repository_url": api_url(world, repo),
        "transient_environment": shown.transient,
        "production_environment": shown.production,
        "performed_via_github_app": _via(world, shown.app),
    }


def status(world: World, repo: Repo, of: Deployment, shown: DeploymentStatus) -> Json:
    url = f"{api_url(world, repo)}/deployments/{of.id}"
    return {
        "url": f"{url}/statuses/{shown.id}",
        "id": shown.id,
        "node_id": node_id("DeploymentStatus", shown.id),
        "state": shown.state,
        "creator": user(world, shown.creator),
        "description": shown.description,
        "environment": shown.environment,
        "target_url": shown.log_url,
        "log_url": shown.log_url,
        "environment_url": shown.environment_url,
        "created_at": shown.created_at,
        "updated_at": shown.created_at,
        "deployment_url": url,
        "repository_url": api_url(world, repo),
        "performed_via_github_app": _via(world, shown.app),
    }
