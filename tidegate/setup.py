"""How a fresh server becomes a GitHub App: GitHub makes one from our manifest, and a person says yes to it there.

https://docs.github.com/apps/sharing-github-apps/registering-a-github-app-from-a-manifest
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from tidegate.settings import Settings, Webhooks

PAGE = "/setup"
#: Where GitHub sends the browser to once it has made the App.
MADE = "/setup/made"
#: What we ask GitHub for; `TIDEGATE_URL` in it stands for the setting of that name.
MANIFEST = Path(__file__).parents[1] / "app-manifest.yml"
#: No name ends with it: https://www.rfc-editor.org/rfc/rfc2606#section-2
_NOWHERE = "https://tidegate.invalid"
#: Of an App.
_LONGEST_NAME = 34
_ORGANIZATION = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")


def secret(settings: Settings) -> str:
    """What whoever sets the server up must know: it is printed where the server runs. It is of no use once there is an
    App. Derived, so that every process and the `tidegate` command know it alike, and nobody else."""
    key = settings.secret_keys[0].encode()
    return hmac.digest(key, b"tidegate set-up v1", hashlib.sha256).hex()[:40]


def is_secret(settings: Settings, told: str) -> bool:
    """In constant time."""
    return hmac.compare_digest(secret(settings).encode(), told.strip().encode("utf-8", "replace"))


def link(settings: Settings) -> str:
    """Where the set-up begins, for whoever reads the server's terminal."""
    return f"{settings.url}{PAGE}?{urlencode({'secret': secret(settings)})}"


def is_organization(name: str) -> bool:
    return _ORGANIZATION.fullmatch(name) is not None


def new_app_url(web_url: str, organization: str | None, state: str) -> str:
    """Where the manifest is posted to; the App is the person's own, or the organization's."""
    owner = f"/organizations/{quote(organization, safe='')}" if organization else ""
    return f"{web_url}{owner}/settings/apps/new?{urlencode({'state': state})}"


def install_url(page: str) -> str:
    """`page`: the App's own."""
    return f"{page}/installations/new"


def manifest(told: Mapping[str, Any], settings: Settings) -> dict[str, Any]:
    """What is posted: `told` (MANIFEST, read) with this server's addresses."""
    made: dict[str, Any] = _put_in(told, settings.url)
    # Nobody else's at GitHub, most likely; a person can change it there.
    made["name"] = f"{told['name']} {urlsplit(settings.url).hostname}"[:_LONGEST_NAME]
    made["redirect_url"] = settings.url + MADE
    made["setup_url"] = settings.url + PAGE
    if settings.webhooks is Webhooks.POLL and not is_public(settings.url):
        # GitHub refuses addresses that nobody can reach, and lists only what it tries to send.
        hook = made["hook_attributes"]
        made["hook_attributes"] = {**hook, "url": _NOWHERE + urlsplit(hook["url"]).path}
    return made


def _put_in(value: Any, url: str) -> Any:
    if isinstance(value, str):
        return value.replace("TIDEGATE_URL", url)
    if isinstance(value, Mapping):
        return {name: _put_in(each, url) for name, each in value.items()}
    return [_put_in(each, url) for each in value] if isinstance(value, list) else value


def is_public(url: str) -> bool:
    """Whether its host may be one that GitHub can reach: by its name alone, without asking anybody."""
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith((".localhost", ".local", ".internal", ".home.arpa"))
