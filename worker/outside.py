"""Where a URL that people chose leads: resolved once, judged, and connected to at just that address.

A name that is resolved a second time may lead elsewhere by then (DNS rebinding).
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from ipaddress import ip_address
from urllib.parse import urlsplit

from tidegate.destination import Address, Network, addresses_of, refusal
from tidegate.hosts import Host

#: Host and port → addresses, as text. Raises OSError.
Resolve = Callable[[str, int], Sequence[str]]

_PORTS = {"http": 80, "https": 443}


class NotThere(Exception):
    """The message says why nothing may be sent, or can."""


class Outside:
    """`allowed`: networks beside the internet. `hosts`: our Docker hosts, whose own addresses are ours."""

    def __init__(self, allowed: Sequence[Network], hosts: Iterable[Host], resolve: Resolve | None = None) -> None:
        self._allowed = allowed
        self._hosts = addresses_of(hosts)
        self._resolve = resolve or _resolved

    def lead(self, url: str) -> str:
        """The IP address to connect to. Raises NotThere, also where only one of its addresses is refused."""
        parts = urlsplit(url)
        assert parts.hostname is not None, "it was checked before it was kept"
        try:
            found = self._resolve(parts.hostname, parts.port or _PORTS[parts.scheme])
        except (OSError, UnicodeError):
            raise NotThere("its host name can't be resolved") from None
        for each in found:
            why = refusal(parts.scheme, each, self._allowed, self._ours(each))
            if why is not None:
                raise NotThere(why)
        if not found:
            raise NotThere("its host name can't be resolved")
        return found[0]

    def _ours(self, address: str) -> frozenset[Address]:
        """Those of our machines, as far as this one address is concerned."""
        asked = ip_address(address.partition("%")[0])
        return self._hosts.union([asked]) if is_own(asked) else self._hosts


def is_own(address: Address) -> bool:
    """Whether it is one of this machine's: only to those a socket can be bound."""
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
        probe.bind((str(address), 0))
        return True
    return False


def _resolved(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))
