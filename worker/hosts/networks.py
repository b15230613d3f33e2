"""Private networks: one by each name, whoever asks first."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress

from docker import APIClient
from docker.errors import APIError, NotFound
from docker.types import IPAMConfig, IPAMPool

from worker.hosts.connection import Connection
from worker.ports import Unavailable

#: How long the winner of a race may take until its network can be seen, in seconds.
_SOON = 5.0
#: What the engine says once all its default address pools have been given out: 20.10 and 29.
_POOLS_USED_UP = ("non-overlapping IPv4 address pool", "address pools have been fully subnetted")


def ensure(connection: Connection, name: str, labels: Mapping[str, str]) -> None:
    """As ports.Engine.ensure_network.

    The engine's own check for a name that is taken doesn't lock: of eight that ask at once, all eight get a network of
    that name. But it makes sure, locked, that no two bridges share an interface's name; so that is derived from ours.
    """
    client = connection.client()
    with connection.translated():
        if _exists(client, name):
            return
        try:
            _create(client, name, labels, None)
        except APIError as error:
            if any(words in str(error) for words in _POOLS_USED_UP):
                _create_with_own_addresses(client, name, labels)
            elif not _appears(client, name):
                raise


def remove(connection: Connection, name: str) -> None:
    """As ports.Engine.remove_network."""
    client = connection.client()
    with connection.translated(), suppress(NotFound):
        seen = client.inspect_network(name)
        if (seen["Labels"] or {}).get("tidegate.role") != "network":
            return
        try:
            client.remove_network(name)
        except APIError as error:
            if "active endpoints" in str(error):
                raise Unavailable(f"The network {name} still has a container.") from error
            raise


def held(connection: Connection) -> list[str]:
    """As ports.Engine.held_networks."""
    with connection.translated():
        listed = connection.client().networks(filters={"label": ["tidegate.role=network"]})
    return [str(entry["Name"]) for entry in listed]


def own_subnets(network: str) -> Iterator[str]:
    """Where in 10.192.0.0/10 a network of that name may be, 256 addresses each: a few tries, its name's own."""
    digest = hashlib.sha256(network.encode()).digest()
    for at in range(0, len(digest), 2):
        yield f"10.{192 + digest[at] % 64}.{digest[at + 1]}.0/24"


def _create_with_own_addresses(client: APIClient, name: str, labels: Mapping[str, str]) -> None:
    """The engine's own pools hold about thirty networks, fewer than a host may have services; its way out is a setting
    of the daemon, ours needs none. A subnet that overlaps another network's is refused, and the next is tried."""
    for subnet in own_subnets(name):
        try:
            _create(client, name, labels, subnet)
        except APIError as error:
            if "overlaps" in str(error):
                continue
            if not _appears(client, name):
                raise
        return
    raise Unavailable("Docker has no addresses left for another network. Remove networks that nobody uses.")


def _create(client: APIClient, name: str, labels: Mapping[str, str], subnet: str | None) -> None:
    client.create_network(
        name,
        driver="bridge",
        check_duplicate=True,
        labels=dict(labels),
        options={"com.docker.network.bridge.name": bridge_name(name)},
        ipam=IPAMConfig(pool_configs=[IPAMPool(subnet=subnet)]) if subnet else None,
    )


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
