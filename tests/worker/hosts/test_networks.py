"""One network a name, whoever asks first; Docker by itself would make as many as were asked for at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from tests.worker.hosts.docker_host import URL, Host
from worker.hosts import DockerEngine
from worker.hosts.networks import bridge_name


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
