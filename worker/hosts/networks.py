"""Private networks: one by each name, whoever asks first."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping

from docker import APIClient
from docker.errors import APIError, NotFound

from worker.hosts.connection import Connection

#: How long the winner of a race may take until its network can be seen, in seconds.
_SOON = 5.0


def ensure(connection: Connection, name: str, labels: Mapping[str, str]) -> None:
    """As ports.Engine.ensure_network.

    The engine's own check for a name that is taken doesn't lock: of eight that ask at once, all eight get a network of
    that name. But it makes sure, locked, that no two bridges share an interface's name; so that is derived from ours.
    """
    client = connection.client()
    with connection.translated():
        if _exists(client, name):
            return
        options = {"com.docker.network.bridge.name": bridge_name(name)}
        try:
            client.create_network(name, driver="bridge", check_duplicate=True, labels=dict(labels), options=options)
        except APIError:
            if not _appears(client, name):
                raise


def bridge_name(network: str) -> str:
    """Name of the network's interface; Linux allows 15 characters."""
    return "tg-" + hashlib.sha256(network.encode()).hexdigest()[:12]


def _exists(client: APIClient, name: str) -> bool:
    try:
        client.inspect_network(name)
    except NotFound:
        return False
    return True


def _appears(client: APIClient, name: str) -> bool:
    deadline = time.monotonic() + _SOON
    while not _exists(client, name):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
