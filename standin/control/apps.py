"""Control of Apps, installations and tokens."""

from __future__ import annotations

import time

from standin import hooks, installing, tokens
from standin.control.frame import Routes
from standin.records import App, Json
from standin.world import World, credentials

routes = Routes("apps")
CHANGEABLE = ("webhook_url", "webhook_secret", "events", "permissions", "callback_urls")
SETTABLE = (*CHANGEABLE, "id", "name", "private_key", "client_id", "client_secret", "external_url", "setup_url")


@routes("POST", "/apps")
def create_app(world: World, body: Json) -> Json:
    owner = world.add_user(body.get("owner", "github"))
    details = {key: body[key] for key in SETTABLE if key in body}
    details.setdefault("permissions", {"metadata": "read"})
    details.setdefault("events", [])
    return credentials(world.add_app(body["slug"], owner, **details))


@routes("GET", "/apps/<slug>")
def get_app(world: World, _body: Json, slug: str) -> Json:
    return _shown(world, world.app(slug))


@routes("PATCH", "/apps/<slug>")
def change_app(world: World, body: Json, slug: str) -> Json:
    """New permissions and events hold at once for all installations, as if each had accepted them."""
    app = world.app(slug)
    for key in CHANGEABLE:
        if key in body:
            setattr(app, key, body[key])
    for each in world.installations.values():
        if each.app is app:
            each.permissions, each.events = dict(app.permissions), list(app.events)
    if "webhook_url" in body:
        hooks.ping(world, app)
    return _shown(world, app)


def _shown(world: World, app: App) -> Json:
    installed = [each.id for each in world.installations.values() if each.app is app]
    return {**credentials(app), **{key: getattr(app, key) for key in CHANGEABLE}, "installations": installed}


@routes("POST", "/apps/<slug>/installations")
def install(world: World, body: Json, slug: str) -> Json:
    account = world.add_user(body["account"])
    names = body.get("repositories")
    chosen = None if names is None else [world.repo(account.login, name) for name in names]
    return {"id": installing.install(world, world.app(slug), account, chosen).id}


@routes("POST", "/apps/<slug>/token")
def mint(world: World, body: Json, slug: str) -> Json:
    repo = world.repo(*body["repo"].split("/"))
    found = world.installation_of(world.app(slug), repo)
    if found is None:
        raise ValueError(f"{slug} isn't installed on {repo.full_name}")
    return {"token": tokens.mint(world, found, {}).value}


@routes("PATCH", "/installations/<int:number>")
def change_installation(world: World, body: Json, number: int) -> Json:
    found = world.installations[number]
    if "suspended" in body:
        installing.suspend(world, found, suspended=bool(body["suspended"]))
    owner = found.account.login
    for name in body.get("add", []):
        installing.add_to(world, found.app, world.repo(owner, name))
    for name in body.get("remove", []):
        installing.remove_from(world, found, world.repo(owner, name))
    return {"id": found.id, "repositories": [repo.full_name for repo in world.repos_of(found)]}


@routes("DELETE", "/installations/<int:number>")
def uninstall(world: World, _body: Json, number: int) -> Json:
    installing.uninstall(world, world.installations[number])
    return {}


@routes("POST", "/tokens/expire")
def expire_tokens(world: World, body: Json) -> Json:
    """Installation tokens answer 401 from now on, as if their hour had passed."""
    count = 0
    for token in world.tokens.values():
        if token.kind == "installation" and token.app and body.get("app", token.app.slug) == token.app.slug:
            token.expires, count = time.time(), count + 1
    return {"expired": count}
