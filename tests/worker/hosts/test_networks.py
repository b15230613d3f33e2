"""One network a name, whoever asks first; Docker by itself would make as many as were asked for at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Network
from threading import Barrier

import pytest

from tests.worker.hosts.docker_host import URL, Host
from worker.hosts import DockerEngine
from worker.hosts.networks import bridge_name, own_subnets


@pytest.mark.docker
def test_of_many_at_once_one_makes_it(host: Host) -> None:
    name, together = f"tidegate-test-{host.mark}-race", Barrier(6)

    def ensure(engine: DockerEngine) -> None:
        together.wait(30)
        engine.ensure_network(name, host.labels)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(ensure, [DockerEngine("local", URL) for _ in range(6)]))
    [made] = host.client.networks.list(names=[f"^{name}$"])
    assert (made.attrs or {})["Labels"] == host.labels


def test_an_interface_has_a_name_of_its_own_that_linux_takes() -> None:
    names = {bridge_name(f"tidegate-{number}-production") for number in range(1000)}
    assert len(names) == 1000
    assert max(map(len, names)) <= 15


@pytest.mark.docker
@pytest.mark.long
def test_more_networks_than_docker_has_addresses_for(host: Host) -> None:
    names = [f"tidegate-test-{host.mark}-{number}" for number in range(36)]
    engine = DockerEngine("local", URL)
    for name in names:
        engine.ensure_network(name, host.labels)
    made = host.client.networks.list(names=[f"^tidegate-test-{host.mark}-"])
    assert {network.name for network in made} == set(names)


def test_own_subnets_are_tried_in_an_order_of_the_name_s_own() -> None:
    first, second = list(own_subnets("tidegate-1-production")), list(own_subnets("tidegate-2-production"))
    assert len(first) == 16
    assert first != second
    assert all(IPv4Network(subnet).subnet_of(IPv4Network("10.192.0.0/10")) for subnet in (*first, *second))
