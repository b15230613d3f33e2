"""Which addresses people may have us send to: never our own machines and networks, unless the operator allows it.

Whoever may set a URL could otherwise have the server ask what only it can reach: metadata services, Docker, Redis.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

from tidegate.environment import Environment
from tidegate.hosts import Host

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

#: IPv6 that a gateway turns into the IPv4 in its last 32 bits: https://www.rfc-editor.org/rfc/rfc6052#section-2.1
_NAT64 = IPv6Network("64:ff9b::/96")
#: Of one site, though Python has them for public: https://www.rfc-editor.org/rfc/rfc8215 and
#: https://www.rfc-editor.org/rfc/rfc3879
_LOCAL = (IPv6Network("64:ff9b:1::/48"), IPv6Network("fec0::/10"))
_LONGEST_URL = 2000
#: What `localhost`, and all names below it, lead to: https://www.rfc-editor.org/rfc/rfc6761#section-6.3
_LOOPBACK = IPv4Address("127.0.0.1")
#: What ends in one is an IP address, in a form that resolvers know as well (`127.1`, `0x7f.1`):
#: https://url.spec.whatwg.org/#ends-in-a-number-checker
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*")
_NOT_HTTPS = "it isn't https, which only addresses in TIDEGATE_NOTIFY_NETWORKS may do without"


class BadUrl(Exception):
    """The message says what is wrong with it, and how to write it."""


@dataclass(frozen=True)
class Reach:
    """Where may be sent to: the internet, and what is `allowed` beside it; not to `ours`, our own machines."""

    allowed: Sequence[Network] = ()
    ours: frozenset[Address] = frozenset()


def addresses_of(hosts: Iterable[Host]) -> frozenset[Address]:
    """Our Docker hosts' own, as far as the settings tell them."""
    return frozenset(filter(None, (_literal(each.address or urlsplit(each.url).hostname or "") for each in hosts)))


def check_url(url: str, reach: Reach) -> None:
    """Before it is kept: all that can be told without asking where its name leads, which is looked at each time that
    something is sent. Raises BadUrl."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise BadUrl("it is no URL") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise BadUrl("a URL begins with https:// and a host name")
    if parts.username is not None or parts.password is not None:
        raise BadUrl("leave user and password out of it; what is sent is signed")
    if len(url) > _LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url:
        raise BadUrl(f"write it in ASCII without spaces, in at most {_LONGEST_URL} characters")
    why = _refused(parts.scheme, parts.hostname, reach)
    if why is not None:
        raise BadUrl(why)


def _refused(scheme: str, host: str, reach: Reach) -> str | None:
    """As `refusal`, where it can be told by the host's name or address alone."""
    host = host.rstrip(".")
    address = _LOOPBACK if host == "localhost" or host.endswith(".localhost") else _literal(host)
    if address is not None:
        return refusal(scheme, str(address), reach.allowed, reach.ours)
    if _NUMBER.fullmatch(host.rpartition(".")[2]):
        return "write an IP address as four numbers, such as 192.0.2.7"
    return _NOT_HTTPS if scheme != "https" and not reach.allowed else None


def refusal(scheme: str, address: str, allowed: Sequence[Network], ours: Collection[Address]) -> str | None:
    """Why nothing is sent to this IP address; None: it may be. `ours`: addresses of our own machines."""
    seen = _meant(ip_address(address.partition("%")[0]))
    if any(seen in network for network in allowed if network.version == seen.version):
        return None
    if not seen.is_global or seen.is_multicast or any(seen in each for each in _LOCAL if each.version == seen.version):
        return f"it leads to {seen}, which is no public address; the operator can allow it by TIDEGATE_NOTIFY_NETWORKS"
    if seen in ours:
        return f"it leads to {seen}, which is our own; the operator can allow it by TIDEGATE_NOTIFY_NETWORKS"
    if scheme != "https":
        return _NOT_HTTPS
    return None


def _literal(host: str) -> Address | None:
    """None: it is a name."""
    try:
        return ip_address(host.partition("%")[0])
    except ValueError:
        return None


def _meant(address: Address) -> Address:
    """The IPv4 address behind an IPv6 one that stands for it."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def networks(reader: Environment) -> tuple[Network, ...]:
    """Where the operator allows sending to, beside the internet."""
    name = "TIDEGATE_NOTIFY_NETWORKS"
    try:
        return tuple(ip_network(word) for word in reader.words(name, ()))
    except ValueError as wrong:
        reader.problem(name, f"holds what is no network ({wrong})", "such as `10.1.0.0/16, 192.168.7.9`")
        return ()
