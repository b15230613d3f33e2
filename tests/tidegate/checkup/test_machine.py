"""What the doctor says about addresses and machines: one table a subject, what is well beside what isn't."""

from __future__ import annotations

import pytest

from tidegate.checkup.address import address_line, certificate_line, file_line, wildcard_line
from tidegate.checkup.line import Line
from tidegate.checkup.machine import (
    HostFacts,
    clock_line,
    disk_line,
    host_line,
    redis_line,
    router_line,
    store_line,
    workers_line,
)

GIGABYTE = 10**9
URL = "https://deploy.example.com"
HOST = HostFacts("28.5.1", "2", 5 * GIGABYTE, buildkit=True)
QUEUES = {"events": 1, "deploys": 2}


def host(facts: HostFacts | None, trouble: str = "") -> Line:
    return host_line("east", facts, trouble, GIGABYTE)


@pytest.mark.parametrize(
    ("line", "said", "todo"),
    [
        (address_line(URL, 200, ""), f"{URL} answers", ""),
        (certificate_line(URL, 60.4, ""), "good for 60 days", ""),
        (file_line("apps.pem", 60.4, ""), "apps.pem is good for 60 days", ""),
        (certificate_line("http://localhost:8000", None, ""), "plain http", ""),
        (certificate_line("http://deploy.example.com", None, ""), "plain http", "TIDEGATE_TLS"),
        (
            wildcard_line("apps.example.com", ["192.0.2.1"], ours=True, trouble=""),
            "*.apps.example.com is 192.0.2.1",
            "",
        ),
        (host(HOST), "Engine 28.5.1, cgroup v2, 5.0 GB free, BuildKit", ""),
        (host(HostFacts("20.10.24+dfsg1", "1", None, buildkit=True)), "Engine 20.10.24+dfsg1, cgroup v1, BuildKit", ""),
        (host(HostFacts("28.5.1", "2", None, buildkit=False)), "no BuildKit", "docker-buildx"),
        (router_line("2.6.12", 1, ""), "HAProxy 2.6.12, 1 host name", ""),
        (router_line("3.0.0", 2, ""), "2 host names", ""),
        (store_line("0013", ready=True), "at revision 0013", ""),
        (redis_line("7.0.15", ""), "Redis 7.0.15", ""),
        (workers_line(QUEUES, "here-1"), "here-1 watches", ""),
        (disk_line(GIGABYTE, GIGABYTE), "1.0 GB free", ""),
        (clock_line(0.4, ""), "as GitHub's", ""),
        (clock_line(-20, ""), "20 s behind", ""),
    ],
)
def test_what_is_well(line: Line, said: str, todo: str) -> None:
    assert line.ok
    assert said in line.said
    assert todo in line.todo
    assert bool(todo) == bool(line.todo)


@pytest.mark.parametrize(
    ("line", "said", "todo"),
    [
        (address_line(URL, None, "Connection refused"), "(Connection refused)", "TIDEGATE_URL"),
        (address_line(URL, 502, ""), "answers 502", "TIDEGATE_URL"),
        (certificate_line(URL, None, "self-signed certificate"), "can't be trusted (self-signed", "have one made"),
        (certificate_line(URL, 13.2, ""), "ends in 13 days", "renew it"),
        (file_line("apps.pem", 3, ""), "apps.pem ends in 3 days", "renew it"),
        (file_line("apps.pem", None, "no key"), "can't be used: no key", "one after the other"),
        (certificate_line(URL, -2, ""), "ends in -2 days", "renew it"),
        (wildcard_line("apps.example.com", [], ours=False, trouble=""), "have no address", "`*.apps.example.com`"),
        (
            wildcard_line("a.example", ["192.0.2.1"], ours=False, trouble="it answers 200"),
            "(it answers 200)",
            "lead them",
        ),
        (host(None, "can't be reached"), "can't be reached", "TIDEGATE_HOSTS"),
        (host(HostFacts("19.03.5", "1", None, buildkit=True)), "Engine 19.03.5", "upgrade"),
        (host(HostFacts("28.5.1", "2", GIGABYTE - 1, buildkit=True)), "1.0 GB free", "tidegate clean --urgent"),
        (router_line(None, None, ""), "not on PATH", "apt-get install haproxy"),
        (router_line("2.4.22", 5, ""), "HAProxy 2.4.22", "upgrade"),
        (router_line("2.6.12", None, "no socket"), "no socket", "python -m worker router"),
        (store_line("0013", ready=False), "can't be reached", "worker release"),
        (redis_line(None, "refused"), "no answer (refused)", "REDIS_URL"),
        (redis_line("3.2.1", ""), "Redis 3.2.1", "upgrade"),
        (workers_line({**QUEUES, "upkeep": 0}, "here-1"), "nobody works on upkeep", "worker pool"),
        (workers_line(QUEUES, None), "nobody watches", "worker watch"),
        (workers_line({"events": 0}, None, has_app=False), "wait for the GitHub App", "have it made"),
        (disk_line(GIGABYTE - 1, GIGABYTE), "GB free", "TIDEGATE_MIN_FREE_GB"),
        (clock_line(31, ""), "31 s ahead", "timedatectl"),
        (clock_line(-31, ""), "31 s behind", "timedatectl"),
        (clock_line(None, "refused"), "(refused)", "GITHUB_API_URL"),
    ],
)
def test_what_is_amiss_says_what_to_do(line: Line, said: str, todo: str) -> None:
    assert not line.ok
    assert said in line.said
    assert todo in line.todo
    assert str(line).startswith(f"!   {line.subject}: ")
    assert str(line).endswith(f"\n      {line.todo}")
