"""Rules of the packet filter: for our networks alone, and for what begins there."""

from __future__ import annotations

import pytest

from tidegate.guard import PORTS, closed_ports, rules

_BEGINS = "-p tcp -m conntrack --ctstate NEW -m addrtype --dst-type LOCAL"
_AZURE = "-d 168.63.129.16/32 -p tcp -m multiport --dports 80,32526"


def test_they_are_for_our_networks_only_and_replace_our_chain_only() -> None:
    assert rules([22, 6379]).splitlines() == [
        "*filter",
        ":TIDEGATE - [0:0]",
        "-A TIDEGATE ! -i tg-+ -j RETURN",
        "-A TIDEGATE -d 169.254.0.0/16 -j REJECT --reject-with icmp-admin-prohibited",
        "-A TIDEGATE -d 100.100.100.200/32 -j REJECT --reject-with icmp-admin-prohibited",
        f"-A TIDEGATE {_AZURE} -j REJECT --reject-with icmp-admin-prohibited",
        f"-A TIDEGATE {_BEGINS} -m multiport --dports 22,6379 -j REJECT --reject-with tcp-reset",
        "COMMIT",
    ]


def test_over_ipv6_they_are_alike() -> None:
    told = rules([22], command="ip6tables").splitlines()
    assert told[3:5] == [
        f"-A TIDEGATE -d {each}/128 -j REJECT --reject-with icmp6-adm-prohibited"
        for each in ("fd00:ec2::254", "fd20:ce::254")
    ]
    assert told[5:] == rules([22]).splitlines()[6:]


def test_more_ports_than_a_rule_takes_are_more_rules() -> None:
    told = [line for line in rules(range(1, 36)).splitlines() if "--ctstate" in line]
    assert [line.split("--dports ")[1].split()[0].count(",") + 1 for line in told] == [15, 15, 5]


@pytest.mark.parametrize(
    ("url", "port"),
    [("redis://127.0.0.1:6380/0", 6380), ("redis://localhost", 6379), ("rediss://cache:7000/1", 7000)],
)
def test_our_redis_is_among_them(url: str, port: int) -> None:
    assert closed_ports(PORTS, url) == sorted({*PORTS, port})


def test_one_that_has_no_port_adds_none() -> None:
    assert closed_ports(PORTS, "unix:///run/redis.sock") == sorted(PORTS)
