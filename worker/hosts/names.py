"""Names on a private network: who is found by the name of a service, changed while it runs.

The engine takes a container's aliases only as it joins a network, and from then on leads others to it, ready or not. So
an instance joins without any, and leaves and joins again once it is well: with the same address, which keeps all of its
connections (TCP sends again what was lost in between).
"""

from __future__ import annotations

from docker import APIClient
from docker.errors import APIError, NotFound

from worker.hosts.connection import Connection
from worker.hosts.containers import inspect, is_ours
from worker.ports import Container


def alias(connection: Connection, container: str, aliases: frozenset[str], address: str) -> Container | None:
    """As ports.Engine.alias."""
    client = connection.client()
    with connection.translated():
        try:
            if not is_ours(client, container):
                return None
            _rejoin(client, container, aliases, address, published=connection.address is not None)
        except NotFound:
            return None
    return inspect(connection, container)


def _rejoin(client: APIClient, container: str, aliases: frozenset[str], address: str, *, published: bool) -> None:
    """`published`: the address isn't the container's own, but its host's."""
    seen = client.inspect_container(container)
    network = seen["HostConfig"]["NetworkMode"]
    if network in seen["NetworkSettings"]["Networks"]:
        client.disconnect_container_from_network(container, network)
    own = seen["NetworkSettings"]["Networks"].get(network, {}).get("IPAddress") or None
    # One that doesn't run has given its address back: it takes another when it starts.
    kept = (own if published else address) if seen["State"]["Running"] else None
    try:
        client.connect_container_to_network(container, network, ipv4_address=kept, aliases=sorted(aliases))
    except APIError as error:
        # "user configured subnets" (20.10) and the like: a network of an earlier version; "in use": given to another.
        if kept is None or not any(words in str(error) for words in _ADDRESS_REFUSED):
            raise
        client.connect_container_to_network(container, network, aliases=sorted(aliases))


_ADDRESS_REFUSED = ("user configured subnet", "ddress already in use")
