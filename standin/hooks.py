"""Who is told of what: an event goes to each App that is installed there, may see it and asked for it."""

from __future__ import annotations

from standin.clock import node_id
from standin.records import App, Installation, Json, Repo, User
from standin.views import apps, repositories, users
from standin.world import World

# event -> permissions of which one is needed; https://docs.github.com/webhooks/webhook-events-and-payloads
NEEDS = {
    "push": ("contents",),
    "create": ("contents",),
    "delete": ("contents",),
    "check_run": ("checks",),
    "check_suite": ("checks",),
    "status": ("statuses",),
    "deployment": ("deployments",),
    "deployment_status": ("deployments",),
    "pull_request": ("pull_requests",),
    "issue_comment": ("issues", "pull_requests"),
    "repository": ("metadata",),
}
# Asked of the App that owns the check, subscribed or not.
ADDRESSED = {("check_run", "requested_action"), ("check_run", "rerequested"), ("check_suite", "rerequested")}


def emit(world: World, event: str, repo: Repo, payload: Json, sender: User, only: App | None = None) -> None:
    """Tell every App concerned; `only` addresses one. The envelope (repository, sender ...) is added here."""
    about = {"repository": repositories.repository(world, repo)}
    if repo.owner.kind == "Organization":
        about["organization"] = users.organization(world, repo.owner)
    body = {
        **payload,
        **{name: shown for name, shown in about.items() if name not in payload},
        "sender": users.user(world, sender),
    }
    for installation in world.installations_on(repo):
        if only is not None and installation.app is not only:
            continue
        if installation.suspended_at is None and _concerns(
            installation, event, payload.get("action"), addressed=only is not None
        ):
            mark = {"id": installation.id, "node_id": node_id("IntegrationInstallation", installation.id)}
            world.courier.post(installation.app, event, {**body, "installation": mark}, installation, repo.id)


def _concerns(installation: Installation, event: str, action: str | None, *, addressed: bool) -> bool:
    if not any(need in installation.permissions for need in NEEDS[event]):
        return False
    if addressed:
        return installation.permissions.get("checks") == "write"
    return event in installation.events and (event, action) not in ADDRESSED


def emit_installation(world: World, installation: Installation, action: str, sender: User) -> None:
    """`installation` created, deleted, suspend, unsuspend: always sent to the App."""
    covered = [repositories.brief(repo) for repo in world.repos_of(installation)]
    shown = {"installation": apps.installation(world, installation), "sender": users.user(world, sender)}
    listed = {"repositories": covered} if action in {"created", "deleted"} else {}
    payload = {"action": action, **shown, **listed, **({"requester": None} if action == "created" else {})}
    world.courier.post(installation.app, "installation", payload, installation, None)


def emit_repositories(
    world: World, installation: Installation, added: list[Repo], removed: list[Repo], sender: User
) -> None:
    """`installation_repositories` added or removed: always sent to the App."""
    payload = {
        "action": "added" if added else "removed",
        "installation": apps.installation(world, installation),
        "repository_selection": installation.selection,
        "repositories_added": [repositories.brief(repo) for repo in added],
        "repositories_removed": [repositories.brief(repo) for repo in removed],
        "requester": None,
        "sender": users.user(world, sender),
    }
    world.courier.post(installation.app, "installation_repositories", payload, installation, None)


def emit_authorization_revoked(world: World, app: App, sender: User) -> None:
    payload = {"action": "revoked", "sender": users.user(world, sender)}
    world.courier.post(app, "github_app_authorization", payload, None, None)


def ping(world: World, app: App) -> None:
    """What GitHub sends when an App's webhook is set up."""
    hook = {
        "type": "App",
        "id": app.id,
        "name": "web",
        "active": True,
        "events": app.events,
        "config": {"content_type": "json", "insecure_ssl": "0", "secret": "********", "url": app.webhook_url},
        "updated_at": app.created_at,
        "created_at": app.created_at,
        "app_id": app.id,
        "deliveries_url": f"{world.api}/app/hook/deliveries",
    }
    world.courier.post(app, "ping", {"zen": "Keep it logically awesome.", "hook_id": app.id, "hook": hook}, None, None)
