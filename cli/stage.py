"""The stand-in GitHub as a part, and the settings by which the product is its App."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from cli.part import Part
from cli.ready import answers


def part(port: int, data: Path, product: str, hooks: str, options: Sequence[str] = ()) -> Part:
    """`product` is our root URL, `hooks` the one that webhooks go to. It keeps git repositories in `data`."""
    command = (sys.executable, "-m", "standin", "--port", str(port), "--data", str(data))
    told = ("--webhook-url", f"{hooks}/webhooks/github", "--webhook-secret", "known to both alone")
    callback = ("--callback-url", f"{product}/login/callback", "--credentials-file", str(_credentials(data)))
    return Part("standin", (*command, *told, *callback, *options), {}, answers(port, "/_standin/health"))


def settings(data: Path) -> dict[str, str]:
    """What the product needs to be the stand-in's App. It must be ready."""
    made = json.loads(_credentials(data).read_text())
    app = made["app"]
    return {
        "GITHUB_API_URL": made["api_url"],
        "GITHUB_WEB_URL": made["web_url"],
        "GITHUB_APP_ID": str(app["id"]),
        "GITHUB_PRIVATE_KEY": app["private_key"],
        "GITHUB_WEBHOOK_SECRET": app["webhook_secret"],
        "GITHUB_CLIENT_ID": app["client_id"],
        "GITHUB_CLIENT_SECRET": app["client_secret"],
    }


def _credentials(data: Path) -> Path:
    return data / "credentials.json"
