"""Host names → instances: the whole table that the router must equal, always derived from the store."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Backend:
    """What one deployment serves with: its instances' addresses as (host, port), in order."""

    deployment_id: str
    servers: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class RoutingTable:
    """`hosts` maps a lower-case host name (no port) to a deployment id that is in `backends`.

    A host name whose value is None is known but has nothing live yet: it answers 503 and says so; others answer 404.
    """

    hosts: dict[str, str | None]
    backends: dict[str, Backend]
