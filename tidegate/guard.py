"""What instances may not reach on the machine that they run on: rules for its packet filter, as text.

Each of our networks is a bridge whose name begins alike, so the rules hold for networks that are made later, and for no
other's.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

CHAIN = "TIDEGATE"
#: Names of our networks' interfaces begin so.
BRIDGES = "tg-"
#: SSH, Docker's API without and with TLS, Swarm's two.
PORTS = (22, 2375, 2376, 2377, 7946)
#: Where clouds tell a machine about itself, its credentials among it (AWS, Google, Azure 169.254.169.254; ECS
#: 169.254.170.2): https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
_LINK_LOCAL = "169.254.0.0/16"
#: At most so many in one rule: iptables-extensions(8), multiport.
_MOST_PORTS = 15
_REDIS = 6379


def closed_ports(asked: Sequence[int], redis_url: str) -> list[int]:
    """With that of our Redis, which asks nobody for a password."""
    parts = urlsplit(redis_url)
    redis = (parts.port or _REDIS,) if parts.scheme.startswith("redis") else ()
    return sorted({*asked, *redis})


def rules(ports: Sequence[int], bridges: str = BRIDGES, chain: str = CHAIN) -> str:
    """For `iptables-restore --noflush`, which empties our chain, fills it, and touches no other. Only what begins is
    refused: answers to what the machine asks of an instance pass."""
    lines = [
        f"-A {chain} ! -i {bridges}+ -j RETURN",
        f"-A {chain} -d {_LINK_LOCAL} -j REJECT --reject-with icmp-admin-prohibited",
    ]
    for at in range(0, len(ports), _MOST_PORTS):
        some = ",".join(map(str, ports[at : at + _MOST_PORTS]))
        begins = "-p tcp -m conntrack --ctstate NEW -m addrtype --dst-type LOCAL"
        lines.append(f"-A {chain} {begins} -m multiport --dports {some} -j REJECT --reject-with tcp-reset")
    return "\n".join(["*filter", f":{chain} - [0:0]", *lines, "COMMIT", ""])
