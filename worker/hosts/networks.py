"""Private networks: one by each name, whoever asks first."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress

from docker import APIClient
from docker.errors import APIError, NotFound
from docker.types import IPAMConfig, IPAMPool

from tidegate.guard import BRIDGES
from worker.hosts.connection import Connection
from worker.ports import Unavailable

#: How long the winner of a race may take until its network can be seen, in seconds.
_SOON = 5.0
#: Subnets of the engine's choice that are tried: another process may be quicker to take one.
_OFFERS = 3
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
        for subnet in _subnets(client, name, labels):
            try:
                _create(client, name, labels, subnet)
            except APIError as error:
                if "overlaps" in str(error):
                    continue
                if not _appears(client, name):
                    raise
            return
    raise Unavailable("Docker has no addresses left for another network. Remove networks that nobody uses.")


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


def _subnets(client: APIClient, name: str, labels: Mapping[str, str]) -> Iterator[str]:
    """Where the network may be. One that overlaps another network's is refused, and the next is tried.

    First what the engine would take, since it knows which addresses its machine reaches elsewhere. Its own pools hold
    about thirty networks, fewer than a host may have services; its way out is a setting of the daemon, ours needs none.
    """
    for _ in range(_OFFERS):
        offered = _offer(client, name, labels)
        if offered is None:
            break
        yield offered
    yield from own_subnets(name)


def _offer(client: APIClient, name: str, labels: Mapping[str, str]) -> str | None:
    """A subnet of the engine's choice, tried out: a container can be given an address (worker/hosts/names.py) only in a
    network that was made with its subnet. Where this is cut short, the clean-up finds a network of no environment."""
    try:
        made = client.create_network(f"{name}-{secrets.token_hex(4)}", driver="bridge", labels=dict(labels))["Id"]
    except APIError as error:
        if any(words in str(error) for words in _POOLS_USED_UP):
            return None
        raise
    try:
        return next((str(each["Subnet"]) for each in client.inspect_network(made)["IPAM"]["Config"]), None)
    finally:
        client.remove_network(made)


def _create(client: APIClient, name: str, labels: Mapping[str, str], subnet: str) -> None:
    client.create_network(
        name,
        driver="bridge",
        check_duplicate=True,
        labels=dict(labels),
        options={"com.docker.network.bridge.name": bridge_name(name)},
        ipam=IPAMConfig(pool_configs=[IPAMPool(subnet=subnet)]),
    )


def bridge_name(network: str) -> str:
    """Name of the network's interface; Linux allows 15 characters."""
    return BRIDGES + hashlib.sha256(network.encode()).hexdigest()[:12]


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
