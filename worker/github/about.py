"""What GitHub has of the App that we are: asked for a check-up, with a client of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from tidegate.checkup.app import AppFacts, Attempt, Installed
from tidegate.github import GitHub as Settings
from worker.github.auth import TokenCache
from worker.github.client import PAGE, Client
from worker.ports import Clock, Unavailable

#: Attempts to deliver that are looked at.
_NEWEST = 30


def about(settings: Settings, tokens: TokenCache, clock: Clock) -> AppFacts:
    """Raises Unavailable, and Refused where GitHub doesn't take the App's key."""
    client = Client(settings, tokens, clock)
    try:
        return _asked(client, settings.web_url)
    finally:
        client.close()


def _asked(client: Client, web_url: str) -> AppFacts:
    app, _ = client.ask_as_app(lambda rest, headers: rest.apps.get_authenticated(headers=headers))
    if app is None:
        raise Unavailable("GitHub says nothing about the App")
    hook, _ = client.ask_as_app(lambda rest, headers: rest.apps.get_webhook_config_for_app(headers=headers))
    sent, _ = client.ask_as_app(
        lambda rest, headers: rest.apps.list_webhook_deliveries(per_page=_NEWEST, headers=headers)
    )
    installed, _ = client.ask_as_app(lambda rest, headers: rest.apps.list_installations(per_page=PAGE, headers=headers))
    return AppFacts(
        name=app["name"],
        page=app["html_url"],
        settings_page=_settings_page(app, web_url),
        permissions={name: str(level) for name, level in app["permissions"].items()},
        events=frozenset(app["events"]),
        hook_url=hook.get("url", ""),
        attempts=_attempts(sent),
        installed=[_installed(each) for each in installed],
    )


def _settings_page(app: Mapping[str, Any], web_url: str) -> str:
    owner = app["owner"]
    of = f"/organizations/{owner['login']}" if owner.get("type") == "Organization" else ""
    return f"{web_url}{of}/settings/apps/{app['slug']}"


def _attempts(sent: Sequence[Mapping[str, Any]]) -> list[Attempt]:
    found = [
        Attempt(each["event"], datetime.fromisoformat(each["delivered_at"]), each["status_code"], each["status"])
        for each in sent
    ]
    return sorted(found, key=lambda attempt: attempt.at, reverse=True)


def _installed(told: Mapping[str, Any]) -> Installed:
    account = told.get("account") or {}
    name = account.get("login") or account.get("slug") or str(told["id"])
    return Installed(name, told["html_url"], told["permissions"], suspended=bool(told.get("suspended_at")))
