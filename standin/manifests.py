"""The manifest flow: a page posts a manifest, a person confirms, a code is handed back and exchanged for an App.

https://docs.github.com/apps/sharing-github-apps/registering-a-github-app-from-a-manifest
"""

from __future__ import annotations

import re
import secrets
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from standin.records import App, Json, User
from standin.refusals import not_found

if TYPE_CHECKING:
    from standin.world import World

LIFE = 3600.0  # seconds
#: Sent to every App: none may ask for them. https://docs.github.com/webhooks/webhook-events-and-payloads#installation
UNASKED = {"installation", "installation_repositories", "github_app_authorization"}


@dataclass(frozen=True)
class Pending:
    manifest: Json
    name: str
    owner: User
    expires: float


class Manifests:
    """Confirmed manifests that wait for their conversion, by code."""

    def __init__(self) -> None:
        self._pending: dict[str, Pending] = {}

    def confirm(self, manifest: Json, name: str, owner: User) -> str:
        code = secrets.token_hex(20)
        self._pending[code] = Pending(manifest, name, owner, time.time() + LIFE)
        return code

    def take(self, code: str) -> Pending:
        """Once, within the hour."""
        pending = self._pending.pop(code, None)
        if pending is None or pending.expires < time.time():
            raise not_found()
        return pending


def problems(manifest: Any) -> list[str]:
    """What is wrong with a manifest, in words for its author; empty when nothing is."""
    if not isinstance(manifest, dict):
        return ["The manifest must be a JSON object."]
    found = [f"{name} is missing." for name in ("url", "redirect_url") if not manifest.get(name)]
    hook = manifest.get("hook_attributes")
    if manifest.get("default_events") and not (isinstance(hook, dict) and hook.get("url")):
        found.append("hook_attributes.url is missing, and events were asked for.")
    refused = sorted(UNASKED & set(manifest.get("default_events") or []))
    found += [f"Default events unsupported: {each}" for each in refused]
    return found


def convert(world: World, code: str) -> App:
    pending = world.manifests.take(code)
    manifest = pending.manifest
    slug = re.sub(r"[^a-z0-9]+", "-", pending.name.lower()).strip("-")
    while slug in world.apps:
        slug += "-1"
    return world.add_app(
        slug,
        pending.owner,
        name=pending.name,
        permissions={"metadata": "read", **manifest.get("default_permissions", {})},
        events=list(manifest.get("default_events", [])),
        webhook_url=(manifest.get("hook_attributes") or {}).get("url", ""),
        webhook_secret=secrets.token_hex(20),
        external_url=manifest["url"],
        setup_url=manifest.get("setup_url", ""),
        callback_urls=list(manifest.get("callback_urls", [])),
        description=manifest.get("description", ""),
    )
