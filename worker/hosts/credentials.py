"""Registry credentials for one build: tried first, so that a wrong one is told as such, then handed to the builder."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from docker import APIClient
from docker.errors import APIError

from tidegate.registry import Login
from worker.hosts.connection import Connection
from worker.ports import Refused

#: What engines say where the registry answered, and its answer was no.
NO = ("unauthorized", "denied", "incorrect username or password", "no basic auth", "forbidden")


def enter(client: APIClient, connection: Connection, login: Login) -> None:
    """The engine asks the registry. The client has the credential from now on, for builds. Raises Refused, or
    Unavailable where the registry can't be reached."""
    try:
        client.login(login.username, login.password, registry=login.address, reauth=True)
    except APIError as error:
        said = str(error.explanation or error)
        if error.status_code == 401 or any(word in said.lower() for word in NO):
            raise Refused(not_accepted(login, said)) from error
        raise connection.verdict(said, error.status_code) from error


def not_accepted(login: Login, said: str) -> str:
    return (
        f"the registry {login.registry} does not accept the credential `{login.name}`: {said}; "
        f"set it again with `tidegate registry add {login.name}`"
    )


def write_config(directory: Path, login: Login) -> Path:
    """A configuration for the docker command, in a new directory that only we can read: the operator's, with this
    credential for its registry. The caller removes it."""
    home = Path.home() / ".docker"
    config = _operators(home / "config.json")
    secret = base64.b64encode(f"{login.username}:{login.password}".encode()).decode()
    config["auths"] = {**config.get("auths", {}), login.address: {"auth": secret}}
    # An empty helper: for this registry no store of credentials is asked, but this file.
    config["credHelpers"] = {**config.get("credHelpers", {}), login.address: ""}
    config["cliPluginsExtraDirs"] = [*config.get("cliPluginsExtraDirs", ()), str(home / "cli-plugins")]
    made = directory / "docker"
    made.mkdir(mode=0o700)
    (made / "config.json").write_text(json.dumps(config))
    return made


def _operators(path: Path) -> dict[str, Any]:
    try:
        told = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return dict(told) if isinstance(told, Mapping) else {}
