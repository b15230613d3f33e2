"""Where people may have us send to: the internet, and what the operator allows; never to ourselves."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.destination import BadUrl, Reach, addresses_of, check_url, refusal
from tidegate.hosts import Host

OURS = frozenset({ip_address("203.0.114.9")})
STRICT = Reach((), OURS)
ALLOWED = (ip_network("10.1.0.0/16"), ip_network("fd00::/8"))


@pytest.mark.parametrize(
    ("scheme", "address", "fine"),
    [
        ("https", "93.184.215.14", True),
        ("https", "2606:2800:21f:cb07::1", True),
        ("http", "93.184.215.14", False),  # not encrypted
        ("https", "127.0.0.1", False),
        ("https", "0.0.0.0", False),
        ("https", "10.2.0.1", False),
        ("https", "172.17.0.1", False),  # Docker's own network
        ("https", "192.168.1.1", False),
        ("https", "169.254.169.254", False),  # where clouds tell a machine its credentials
        ("https", "100.64.0.1", False),
        ("https", "224.0.0.1", False),
        ("https", "::1", False),
        ("https", "fe80::1%eth0", False),
        ("https", "fc00::1", False),
        ("https", "::ffff:127.0.0.1", False),
        ("https", "64:ff9b::7f00:1", False),
        ("https", "64:ff9b::a9fe:a9fe", False),
        ("https", "64:ff9b:1::7f00:1", False),
        ("https", "fec0::2", False),
        ("https", "2002:7f00:1::", False),
        ("https", "203.0.114.9", False),  # public, and our own
        ("https", "10.1.2.3", True),
        ("http", "10.1.2.3", True),
        ("http", "::ffff:10.1.2.3", True),
        ("http", "fd00::7", True),
    ],
)
def test_where_one_may_send_to(scheme: str, address: str, fine: bool) -> None:
    assert (refusal(scheme, address, ALLOWED, OURS) is None) is fine


@given(st.ip_addresses())
def test_what_is_not_public_is_never_sent_to(address: object) -> None:
    seen = ip_address(str(address))
    if not seen.is_global:
        assert refusal("https", str(seen), (), ()) is not None


def test_the_operator_can_allow_our_own_address_too() -> None:
    assert refusal("https", "203.0.114.9", (ip_network("203.0.114.9"),), OURS) is None


@pytest.mark.parametrize(
    ("url", "reach"),
    [
        ("https://example.com", STRICT),
        ("https://[2606:2800::1]/x", STRICT),
        ("https://localhost.example.com/", STRICT),
        ("http://10.1.2.3:8080/", Reach(ALLOWED)),
        ("http://hooks.lan:8080/a?b=c", Reach(ALLOWED)),  # where that leads is seen when something is sent
        ("http://localhost:8080/", Reach((ip_network("127.0.0.0/8"),))),
    ],
)
def test_a_url_is_taken(url: str, reach: Reach) -> None:
    check_url(url, reach)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://127.0.0.1:9/x", "no public address; the operator can allow it by TIDEGATE_NOTIFY_NETWORKS"),
        ("https://localhost/", "leads to 127.0.0.1, which is no public address"),
        ("https://LocalHost./", "leads to 127.0.0.1"),
        ("https://redis.localhost:6379/", "leads to 127.0.0.1"),
        ("https://[::1]/", "leads to ::1"),
        ("https://[fe80::1%25eth0]/", "leads to fe80::1"),
        ("https://169.254.169.254/latest", "no public address"),
        ("https://203.0.114.9/", "which is our own"),
        ("https://127.1/", "four numbers"),
        ("https://2130706433/", "four numbers"),
        ("https://0x7f.1/", "four numbers"),
        ("https://0x7F.0X1/", "four numbers"),
        ("http://93.184.215.14/", "isn't https"),
        ("http://example.com/", "isn't https"),
    ],
)
def test_where_nothing_would_be_sent_is_told_at_once_as_far_as_that_is_known(url: str, said: str) -> None:
    with pytest.raises(BadUrl, match=said):
        check_url(url, STRICT)


@given(st.ip_addresses(), st.sampled_from(["http", "https"]))
def test_what_is_taken_by_its_address_is_what_would_be_sent_to(address: object, scheme: str) -> None:
    host = f"[{address}]" if ":" in str(address) else str(address)
    why = refusal(scheme, str(address), ALLOWED, OURS)
    if why is None:
        check_url(f"{scheme}://{host}/", Reach(ALLOWED, OURS))
    else:
        with pytest.raises(BadUrl) as refused:
            check_url(f"{scheme}://{host}/", Reach(ALLOWED, OURS))
        assert str(refused.value) == why


def test_our_hosts_addresses_are_those_that_the_settings_tell() -> None:
    hosts = [
        Host("here", "unix:///var/run/docker.sock"),
        Host("there", "tcp://203.0.114.9:2376"),
        Host("named", "ssh://root@builder", address="2001:db8::7"),
        Host("unknown", "ssh://root@builder"),
    ]
    assert addresses_of(hosts) == {ip_address("203.0.114.9"), ip_address("2001:db8::7")}


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("example.com/hook", "https://"),
        ("ftp://example.com", "https://"),
        ("https:///nowhere", "host name"),
        ("https://user:word@example.com", "user and password"),
        ("https://example.com:99999", "no URL"),
        ("https://exa mple.com/", "spaces"),
        ("https://example.com/ü", "ASCII"),
        (f"https://example.com/{'x' * 2000}", "2000"),
    ],
)
def test_a_wrong_url_says_what_to_write(url: str, said: str) -> None:
    with pytest.raises(BadUrl, match=said):
        check_url(url, STRICT)
