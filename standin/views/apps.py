"""Apps, installations and their tokens in JSON."""

from standin.clock import node_id, stamp
from standin.records import App, Installation, Json, Token
from standin.views.repositories import repository
from standin.views.users import user
from standin.world import World


def app(world: World, shown: App) -> Json:
    """An integration."""
    return {
        "id": shown.id,
        "slug": shown.slug,
        "client_id": shown.client_id,
        "node_id": node_id("Integration", shown.id),
        "owner": user(world, shown.owner),
        "name": shown.name,
        "description": shown.description,
        "external_url": shown.external_url,
        "html_url": f"{world.url}/apps/{shown.slug}",
        "created_at": shown.created_at,
        "updated_at": shown.created_at,
        "permissions": shown.permissions,
        "events": shown.events,
    }


def own_app(world: World, shown: App) -> Json:
    """As GET /app has it: an App that asks about itself learns how often it is installed."""
    count = sum(1 for each in world.installations.values() if each.app is shown)
    return {**app(world, shown), "installations_count": count}


def installation(world: World, shown: Installation) -> Json:
    url = f"{world.api}/app/installations/{shown.id}"
    return {
        "id": shown.id,
        "account": user(world, shown.account),
        "repository_selection": shown.selection,
        "access_tokens_url": f"{url}/access_tokens",
        "repositories_url": f"{world.api}/installation/repositories",
        "html_url": f"{world.url}/apps/{shown.app.slug}/installations/{shown.id}",
        "app_id": shown.app.id,
        "app_slug": shown.app.slug,
        "client_id": shown.app.client_id,
        "target_id": shown.account.id,
        "target_type": shown.account.kind,
        "permissions": shown.permissions,
        "events": shown.events,
        "created_at": shown.created_at,
        "updated_at": shown.created_at,
        "single_file_name": None,
        "has_multiple_single_files": False,
        "single_file_paths": [],
        "suspended_by": None,
        "suspended_at": shown.suspended_at,
    }


def token(world: World, shown: Token) -> Json:
    """An installation-token; it lists its repositories only when it was narrowed to some."""
    assert shown.installation
    narrowed = shown.repository_ids is not None
    made: Json = {
        "token": shown.value,
        "expires_at": stamp(shown.expires),
        "permissions": shown.permissions,
        "repository_selection": "selected" if narrowed else shown.installation.selection,
    }
    if shown.repository_ids is not None:
        made["repositories"] = [repository(world, world.repos[number]) for number in sorted(shown.repository_ids)]
    return made
