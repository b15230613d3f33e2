"""The port `Engine` on a real Docker host."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from tidegate.checkup.machine import HostFacts
from tidegate.container import ContainerSpec
from tidegate.gauge import Counters
from tidegate.pulled import DigestImage
from tidegate.registry import Login
from tidegate.retention import HeldImage
from worker.hosts import (
    about,
    buildkit,
    builds,
    containers,
    disk,
    happenings,
    images,
    listening,
    logs,
    names,
    networks,
    oneoff,
    pulls,
    registries,
    stats,
    volumes,
)
from worker.hosts.connection import Connection
from worker.hosts.tunnel import Tunnel
from worker.ports import BuildOrder, Canceled, Container, OnLine, Stop
from worker.until import Until


class DockerEngine:
    """Engine `name` at `url`. Safe to share between threads and to carry over a fork; nothing connects before its use.

    `scratch` is a directory for what builds need for a moment; None: the system's own.
    `address`: an address of its machine at which instances' ports are published, wherever the engine finds them free;
    None: a container's address is its own on its network, which this machine reaches where the engine runs on it.
    `certificates`: the directory of ca.pem, cert.pem and key.pem for a tcp:// URL.
    `tunnel`: the way there for an ssh:// URL.
    `tool_settings`: what build tools find in their environment besides.
    """

    def __init__(
        self,
        name: str,
        url: str,
        scratch: Path | None = None,
        *,
        address: str | None = None,
        certificates: str | None = None,
        tunnel: Tunnel | None = None,
        tool_settings: Mapping[str, str] | None = None,
    ) -> None:
        self.name = name
        self._scratch = scratch
        self._tool_settings = tool_settings or {}
        self._connection = Connection(name, url, address=address, certificates=certificates, tunnel=tunnel)

    def warm(self) -> None:
        """Finds out, before a fork, what every job would find out again: the API's version and the BuildKit command.
        Raises Unavailable where the engine doesn't answer."""
        buildkit.find_command()
        self._connection.client()

    def image_id(self, image: str) -> str | None:
        return images.image_id(self._connection, image)

    def build(self, order: BuildOrder, on_line: OnLine, timeout: float, stop: Stop) -> str:
        return builds.build(self._connection, order, on_line, timeout, stop, self._scratch, self._tool_settings)

    def pull(
        self, image: str, on_line: OnLine, timeout: float, stop: Stop, login: Login | None = None
    ) -> tuple[str, str]:
        return pulls.pull(self._connection, image, on_line, Until(stop, timeout), login)

    def save(self, image: str) -> Iterator[bytes]:
        return images.save(self._connection, image)

    def load(self, saved: Iterator[bytes], timeout: float, stop: Stop) -> None:
        images.load(self._connection, saved, Until(stop, timeout))

    def send(self, image: str, name: str, timeout: float, stop: Stop, login: Login | None = None) -> str:
        return registries.send(self._connection, image, name, Until(stop, timeout), login)

    def receive(self, image: str, sent: str, timeout: float, stop: Stop, login: Login | None = None) -> None:
        registries.receive(self._connection, image, sent, Until(stop, timeout), login)

    def remove_image(self, image: str) -> None:
        images.remove(self._connection, image)

    def digest_images(self) -> Sequence[DigestImage]:
        return images.by_digest(self._connection)

    def remove_pulled(self, image: str) -> None:
        images.remove_pulled(self._connection, image)

    def held_images(self) -> Sequence[HeldImage]:
        return images.held(self._connection)

    def ensure_network(self, name: str, labels: Mapping[str, str]) -> None:
        networks.ensure(self._connection, name, labels)

    def held_networks(self) -> Sequence[str]:
        return networks.held(self._connection)

    def remove_network(self, name: str) -> None:
        networks.remove(self._connection, name)

    def held_volumes(self) -> Sequence[str]:
        return volumes.held(self._connection)

    def volume_sizes(self) -> Mapping[str, int]:
        return volumes.sizes(self._connection)

    def written(self) -> Mapping[str, int]:
        return containers.written(self._connection)

    def counters(self) -> Mapping[str, Counters]:
        return stats.counters(self._connection)

    def remove_volume(self, name: str) -> bool:
        return volumes.remove(self._connection, name)

    def start(self, spec: ContainerSpec) -> Container:
        return containers.start(self._connection, spec)

    def run(self, spec: ContainerSpec, on_line: OnLine, timeout: float, stop: Stop) -> int:
        return oneoff.run(self._connection, spec, on_line, timeout, stop)

    def inspect(self, container: str) -> Container | None:
        return containers.inspect(self._connection, container)

    def alias(self, container: str, aliases: frozenset[str], address: str) -> Container | None:
        return names.alias(self._connection, container, aliases, address)

    def owned(self, labels: Mapping[str, str]) -> Sequence[Container]:
        return containers.owned(self._connection, labels)

    def stop(self, container: str, signal: str) -> None:
        containers.stop(self._connection, container, signal)

    def remove(self, container: str) -> None:
        containers.remove(self._connection, container)

    def logs(self, container: str, on_line: OnLine, stop: Stop, since: datetime | None = None) -> None:
        with suppress(Canceled):
            logs.follow(self._connection, container, on_line, Until(stop), since)

    def build_cache(self) -> int | None:
        return disk.build_cache(self._connection)

    def prune_build_cache(self, keep: int) -> int:
        return disk.prune_build_cache(self._connection, keep)

    def free_space(self) -> int | None:
        return disk.free(self._connection)

    def about(self) -> HostFacts:
        return about.about(self._connection)

    def events(self, on_container: Callable[[str], None], stop: Stop, timeout: float) -> None:
        happenings.follow(self._connection, on_container, Until(stop, timeout))

    def listening_ports(self, container: str) -> Sequence[int]:
        return listening.ports(self._connection, container)
