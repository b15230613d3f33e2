"""``python -m standin``: starts the stand-in with one person, the App under test and a CI App; says who."""

from __future__ import annotations

import argparse
import json
import os
import secrets
import socket
from pathlib import Path

from flask import Flask

from standin.records import Json
from standin.server import Server, create_app
from standin.world import World, credentials

# What GITHUB.md asks of the App: https://docs.github.com/apps/creating-github-apps/registering-a-github-app
PERMISSIONS = {
    "metadata": "read",
    "contents": "read",
    "checks": "write",
    "statuses": "write",
    "deployments": "write",
    "pull_requests": "write",
    "issues": "read",
}
EVENTS = [
    "push",
    "check_run",
    "check_suite",
    "status",
    "pull_request",
    "deployment",
    "issue_comment",
    "delete",
    "repository",
]
CI_PERMISSIONS = {"metadata": "read", "contents": "read", "checks": "write", "statuses": "write"}


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser("standin", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--url", default="", help="how others reach it; http://HOST:PORT when not given")
    parser.add_argument("--data", type=Path, required=True, help="directory for the git repositories")
    parser.add_argument("--user", default="octo", help="login of the first person")
    parser.add_argument("--app-slug", default="tidegate")
    parser.add_argument("--app-id", type=int, default=0)
    parser.add_argument("--private-key", type=Path, help="PEM file; made when not given")
    parser.add_argument("--client-id", default="")
    parser.add_argument("--client-secret", default="")
    parser.add_argument("--webhook-url", default="")
    parser.add_argument("--webhook-secret", default="", help="made when not given")
    parser.add_argument("--callback-url", action="append", default=[], help="where signing in may return to")
    parser.add_argument("--no-app", action="store_true", help="start without the App, for the manifest flow")
    parser.add_argument("--no-limits", action="store_true", help="lift the rate limits")
    parser.add_argument("--keep-bodies", action="store_true", help="record what REST requests and answers hold")
    parser.add_argument("--threads", type=int, default=32)
    parser.add_argument("--credentials-file", type=Path, help="where to write, as JSON, who was made")
    return parser.parse_args()


def populate(world: World, options: argparse.Namespace) -> Json:
    """The first people and Apps, and their credentials."""
    user = world.add_user(options.user, email=f"{options.user}@example.com")
    ci = world.add_app("ci", world.add_user("ci-vendor", "Organization"), permissions=CI_PERMISSIONS, events=[])
    made: Json = {
        "url": world.url,
        "api_url": world.api,
        "web_url": world.url,
        "pid": os.getppid(),
        "user": {"login": user.login, "token": world.add_token("ghp", "personal", user).value},
        "ci": credentials(ci),
    }
    if not options.no_app:
        app = world.add_app(
            options.app_slug,
            user,
            id=options.app_id,
            private_key=options.private_key.read_text() if options.private_key else "",
            client_id=options.client_id,
            client_secret=options.client_secret,
            permissions=dict(PERMISSIONS),
            events=list(EVENTS),
            webhook_url=options.webhook_url,
            webhook_secret=options.webhook_secret or secrets.token_hex(20),
            callback_urls=options.callback_url,
        )
        made["app"] = credentials(app)
    return made


def main() -> None:
    options = parse()
    port = options.port or _free_port(options.host)
    url = options.url or f"http://{options.host}:{port}"

    def load() -> Flask:
        world = World(url, options.data.resolve())
        made = populate(world, options)
        if options.no_limits:
            world.limits.lift()
        world.calls.bodies = options.keep_bodies
        if options.credentials_file:
            # Whoever waits for the file must never read half of it.
            draft = options.credentials_file.with_suffix(".part")
            draft.touch(mode=0o600)
            draft.write_text(json.dumps(made, indent=2))
            draft.rename(options.credentials_file)
        return create_app(world)

    Server(f"{options.host}:{port}", load, options.threads).run()


def _free_port(host: str) -> int:
    with socket.socket() as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port


if __name__ == "__main__":
    main()
