"""Which addresses people may have us send to: never our own machines and networks, unless the operator allows it.

Whoever may set a URL could otherwise have the server ask what only it can reach: metadata services, Docker, Redis.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

from tidegate.environment import Environment

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

#: IPv6 that a gateway turns into the IPv4 in its last 32 bits: https://www.rfc-editor.org/rfc/rfc6052#section-2.1
_NAT64 = IPv6Network("64:ff9b::/96")
#: Of one site, though Python has them for public: https://www.rfc-editor.org/rfc/rfc8215 and
#: https://www.rfc-editor.org/rfc/rfc3879
_LOCAL = (IPv6Network("64:ff9b:1::/48"), IPv6Network("fec0::/10"))
_LONGEST_URL = 2000


class BadUrl(Exception):
    """The message says what is wrong with it, and how to write it."""


def check_url(url: str) -> None:
    """Before it is kept; where it leads is looked at each time that something is sent. Raises BadUrl."""
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
        return "it isn't https, which only addresses in TIDEGATE_NOTIFY_NETWORKS may do without"
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
