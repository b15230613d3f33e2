"""The Docker Engine of this machine, with a base image, and a place in it that is taken away afterwards."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import docker

from cli import base_image
from tidegate.container import ContainerSpec, Limits
from worker.hosts import DockerEngine

URL = "unix:///var/run/docker.sock"
STRANGER = "test.stranger-of"


@dataclass(frozen=True)
class Host:
    """`client` looks on by itself. What carries `labels`, or is a STRANGER of `mark`, or is called after it, goes."""

    client: docker.DockerClient
    mark: str
    engine: DockerEngine = field(default_factory=lambda: DockerEngine("local", URL))

    @property
    def labels(self) -> Mapping[str, str]:
        return {"tidegate.deployment": self.mark}

    @property
    def network(self) -> str:
        """A network that is there."""
        return f"tidegate-test-{self.mark}"

    def engine_address(self, container: str) -> str:
        """Its own, on its network."""
        (network,) = self.client.containers.get(container).attrs["NetworkSettings"]["Networks"].values()
        return str(network["IPAddress"])

    def name(self) -> str:
        """For a container."""
        return f"tidegate-test-{self.mark}-{uuid.uuid4().hex[:6]}"

    def spec(self, script: str, image: str = base_image.NAME) -> ContainerSpec:
        limits = Limits(memory=64 * 1024 * 1024, cpus=0.5, pids=64)
        command = ("/bin/sh", "-c", script)
        return ContainerSpec(self.name(), image, self.network, {"PORT": "3000"}, self.labels, 3000, limits, command)


@contextmanager
def docker_host() -> Iterator[Host]:
    base_image.ensure_base_image()
    host = Host(docker.DockerClient(URL), uuid.uuid4().hex[:12])
    host.engine.ensure_network(host.network, {})
    try:
        yield host
    finally:
        _clear(host)
        host.client.close()


def _clear(host: Host) -> None:
    ours = f"tidegate.deployment={host.mark}"
    for label in (ours, f"{STRANGER}={host.mark}"):
        for container in host.client.containers.list(all=True, filters={"label": label}):
            container.remove(force=True, v=True)
    for network in host.client.networks.list(names=[host.mark]):
        network.remove()
    for image in host.client.images.list(filters={"label": ours}):
        host.client.images.remove(str(image.id), force=True)
