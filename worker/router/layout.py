"""What the proxy is told: which deployment's servers are in which slot, and which backend each host name goes to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

#: A backend that HAProxy can't make at run time is made ahead, empty, this many times; a reload doubles it when needed.
FIRST_SLOTS = 64

#: Where a known host name goes while nothing was ever live, and while no instance of what is live is healthy.
NOTHING_LIVE = "nothing_live"
NOT_ANSWERING = "not_answering"


#: Follows a backend's name in the map of host names: search engines are to leave it alone.
NOINDEX = "/noindex"


# A server can't be deleted while it has an idle connection, and HAProxy gives up by halves those that it needs no more:
# at its default of 5 s, the last one of a server that was busy goes half a minute after its last request (2.8).
_IDLE = "pool-purge-delay 200ms"


def slot_name(slot: int) -> str:
    return f"slot_{slot}"


class Server(NamedTuple):
    """One instance. Its name in the proxy says all of it, so that the running state can be read back and compared."""

    deployment: str
    address: str
    port: int

    @property
    def name(self) -> str:
        return f"{self.deployment}_{self.address}:{self.port}"

    @property
    def definition(self) -> str:
        """What HAProxy is told about it, behind its name."""
        endpoint = f"[{self.address}]:{self.port}" if ":" in self.address else f"{self.address}:{self.port}"
        return f"{endpoint} {_IDLE}"


def owner(server_name: str) -> str:
    """The deployment in a server's name; "" where we didn't give the name."""
    return server_name.rpartition("_")[0]


@dataclass(frozen=True)
class Layout:
    """The table as the proxy shall hold it. `hosts` maps a host name to a backend's name, with NOINDEX behind it where
    that is so, `servers` a slot's number to its servers. The search for a free slot begins at `cursor`, so that a slot
    is reused as late as possible: a request that is still looking for a server of its last owner must not find the next
    one's.
    """

    slots: int = FIRST_SLOTS
    cursor: int = 0
    hosts: dict[str, str] = field(default_factory=dict)
    servers: dict[int, tuple[Server, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Running:
    """What the proxy holds now. `servers` maps a slot's number to {server name: whether it takes new requests}."""

    slots: int
    hosts: dict[str, str] = field(default_factory=dict)
    servers: dict[int, dict[str, bool]] = field(default_factory=dict)
