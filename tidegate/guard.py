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
#: Where clouds tell a machine about itself, its credentials among it: over IPv4 AWS, Google and Azure (169.254.169.254)
#: and ECS (169.254.170.2), and Alibaba (100.100.100.200); over IPv6 AWS and Google, each at an address of its own.
#: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
#: https://cloud.google.com/compute/docs/metadata/querying-metadata
#: https://www.alibabacloud.com/help/en/ecs/user-guide/view-instance-metadata
_METADATA = {
    "iptables": ("169.254.0.0/16", "100.100.100.200/32"),
    "ip6tables": ("fd00:ec2::254/128", "fd20:ce::254/128"),
}
#: Azure's WireServer hands a machine its secrets at these ports, and resolves names at the same address:
#: https://learn.microsoft.com/en-us/azure/virtual-network/what-is-ip-address-168-63-129-16
_BY_PORT = {"iptables": ("-d 168.63.129.16/32 -p tcp -m multiport --dports 80,32526",), "ip6tables": ()}
_REJECT = {"iptables": "icmp-admin-prohibited", "ip6tables": "icmp6-adm-prohibited"}
#: At most so many in one rule: iptables-extensions(8), multiport.
_MOST_PORTS = 15
_REDIS = 6379


def closed_ports(asked: Sequence[int], redis_url: str) -> list[int]:
    """With that of our Redis, which asks nobody for a password."""
    parts = urlsplit(redis_url)
    redis = (parts.port or _REDIS,) if parts.scheme.startswith("redis") else ()
    return sorted({*asked, *redis})


def script(ports: Sequence[int], bridges: str = BRIDGES, chain: str = CHAIN) -> str:
    """For `sh`, as root on the machine that is to be guarded; done twice, it does it once. Our chain comes before all
    else: what a container sends beyond its machine goes through DOCKER-USER, which Docker leaves to others, where there
    is one: https://docs.docker.com/engine/network/packet-filtering-firewalls/"""
    return f"""set -eu
guard() {{
  "$1-restore" --noflush --wait
  forward=DOCKER-USER
  "$1" --wait -nL DOCKER-USER >/dev/null 2>&1 || forward=FORWARD
  for hook in "$forward" INPUT; do
    "$1" --wait -C "$hook" -j {chain} 2>/dev/null || "$1" --wait -I "$hook" 1 -j {chain}
  done
}}
guard iptables <<'END'
{rules(ports, bridges, chain)}END
if [ -e /proc/net/if_inet6 ]; then
guard ip6tables <<'END'
{rules(ports, bridges, chain, "ip6tables")}END
fi
"""


def rules(ports: Sequence[int], bridges: str = BRIDGES, chain: str = CHAIN, command: str = "iptables") -> str:
    """For `iptables-restore --noflush` (or ip6tables'), which empties our chain, fills it, and touches no other. Only
    what begins is refused: answers to what the machine asks of an instance pass."""
    lines = [f"-A {chain} ! -i {bridges}+ -j RETURN"]
    lines += [f"-A {chain} -d {each} -j REJECT --reject-with {_REJECT[command]}" for each in _METADATA[command]]
    lines += [f"-A {chain} {each} -j REJECT --reject-with {_REJECT[command]}" for each in _BY_PORT[command]]
    for at in range(0, len(ports), _MOST_PORTS):
        some = ",".join(map(str, ports[at : at + _MOST_PORTS]))
        begins = "-p tcp -m conntrack --ctstate NEW -m addrtype --dst-type LOCAL"
        lines.append(f"-A {chain} {begins} -m multiport --dports {some} -j REJECT --reject-with tcp-reset")
    return "\n".join(["*filter", f":{chain} - [0:0]", *lines, "COMMIT", ""])
