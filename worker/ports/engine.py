"""A Docker host: its images, containers, networks and disks, and what these use of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from tidegate.checkup.machine import HostFacts
from tidegate.container import ContainerSpec
from tidegate.gauge import Counters
from tidegate.pulled import DigestImage
from tidegate.registry import Login
from tidegate.retention import HeldImage
from worker.ports.build import BuildOrder
from worker.ports.longcall import OnLine, Stop


@dataclass(frozen=True)
class Container:
    """A container as the engine sees it now. `address` is None while it has no network. `aliases`: names by which
    other containers of its network find it while it runs, beside its own. `port`: where its own is published, at
    `address`; None where it is reached at its own."""

    id: str
    name: str
    labels: Mapping[str, str]
    running: bool
    address: str | None
    exit_code: int | None
    oom_killed: bool
    aliases: frozenset[str] = frozenset()
    port: int | None = None


class Engine(Protocol):
    """One Docker Engine. Touches nothing that doesn't carry our labels. Unavailable: unreachable or out of space
    (with a message that says which); Refused: the engine rejected the description."""

    name: str

    def image_id(self, image: str) -> str | None:
        """Content id of a local image by reference; None where it isn't there."""
        ...

    def build(self, order: BuildOrder, on_line: OnLine, timeout: float, stop: Stop) -> str:
        """Builds and returns the image's content id. BuildFailed, or Canceled (nothing is left running); Refused where
        the registry doesn't accept the order's login."""
        ...

    def pull(
        self, image: str, on_line: OnLine, timeout: float, stop: Stop, login: Login | None = None
    ) -> tuple[str, str]:
        """Fetches what the name stands for now; (its name by digest, its content id). Refused where the registry has no
        such image or doesn't let us; Unavailable where it can't be reached; TimeoutError; Canceled. `login` is of the
        image's registry."""
        ...

    def save(self, image: str) -> Iterator[bytes]:
        """The image with its name and all of its layers, as another engine's `load` takes it. Refused where it is gone;
        Unavailable, also in the middle."""
        ...

    def load(self, saved: Iterator[bytes], timeout: float, stop: Stop) -> None:
        """Takes what `save` gives, by the same name. TimeoutError; Canceled; whatever `saved` raises."""
        ...

    def send(self, image: str, name: str, timeout: float, stop: Stop, login: Login | None = None) -> str:
        """Sends an image that it has to a registry, as `name` (with a tag); its name by digest there. Refused where it
        is gone, or the registry doesn't let us; Unavailable; TimeoutError; Canceled."""
        ...

    def receive(self, image: str, sent: str, timeout: float, stop: Stop, login: Login | None = None) -> None:
        """Fetches what `send` has given, and knows it as `image` alone. Raises as `pull` does."""
        ...

    def remove_image(self, image: str) -> None:
        """By reference; fine where it is gone, or where a container still needs it, or where it isn't ours."""
        ...

    def digest_images(self) -> Sequence[DigestImage]:
        """All that it has by digest, ours and others'."""
        ...

    def remove_pulled(self, image: str) -> None:
        """By digest, though it has no label of ours: for what we have fetched. Fine where it is gone, or where a
        container still needs it; not touched where it has a tag."""
        ...

    def held_images(self) -> Sequence[HeldImage]:
        """Those with our labels, once for each name that they have; none without a name."""
        ...

    def ensure_network(self, name: str, labels: Mapping[str, str]) -> None: ...

    def held_networks(self) -> Sequence[str]:
        """Names of those with our labels."""
        ...

    def remove_network(self, name: str) -> None:
        """Fine where it is gone. Unavailable while a container is still attached. Not touched where it isn't ours."""
        ...

    def held_volumes(self) -> Sequence[str]:
        """Names of the disks with our labels. They are made by `start`, and stay until they are removed."""
        ...

    def volume_sizes(self) -> Mapping[str, int]:
        """Bytes on each disk with our labels, by name, where the engine tells. Takes as long as there are files."""
        ...

    def written(self) -> Mapping[str, int]:
        """Bytes that each running instance of ours has written, its disk left out, by the container's id. Takes as long
        as there are files."""
        ...

    def counters(self) -> Mapping[str, Counters]:
        """What each running instance of ours uses, by the container's id. One that ends meanwhile is left out."""
        ...

    def remove_volume(self, name: str) -> bool:
        """With all that is on it. False: it was gone, or it isn't ours, and then it isn't touched. Unavailable while a
        container, running or not, has it."""
        ...

    def start(self, spec: ContainerSpec) -> Container:
        """Finds by name or creates, then starts; a second call returns the running one. Not restarted by Docker."""
        ...

    def run(self, spec: ContainerSpec, on_line: OnLine, timeout: float, stop: Stop) -> int:
        """Runs to the end in a fresh container (an old one of that name is removed first), removes it, and returns the
        exit code. TimeoutError past `timeout`."""
        ...

    def inspect(self, container: str) -> Container | None:
        """By id or name; None where it is gone."""
        ...

    def alias(self, container: str, aliases: frozenset[str], address: str) -> Container | None:
        """Makes it be found by these aliases and no others; one that runs keeps `address`, which is its own, and its
        connections, for which the network is away for some tenths of a second. A second call after one that was cut
        short brings it back to its network. None where it is gone."""
        ...

    def owned(self, labels: Mapping[str, str]) -> Sequence[Container]:
        """All containers, running or not, that carry all these labels."""
        ...

    def stop(self, container: str, signal: str) -> None:
        """Sends the signal; fine where it is gone or not running."""
        ...

    def remove(self, container: str) -> None:
        """Kills and removes, with its anonymous volumes; fine where it is gone."""
        ...

    def logs(self, container: str, on_line: OnLine, stop: Stop, since: datetime | None = None) -> None:
        """Follows stdout and stderr from the start, or from `since`, until the container ends or `stop`."""
        ...

    def build_cache(self) -> int | None:
        """Bytes of what builds have left to be quicker next time, ours and others', which can't be told apart; None
        where the engine doesn't tell."""
        ...

    def prune_build_cache(self, keep: int) -> int:
        """Removes what was used longest ago until `keep` bytes are left, but nothing that a build is using; bytes."""
        ...

    def free_space(self) -> int | None:
        """Bytes that are free on the disk that it keeps images on; None where that can't be seen from here."""
        ...

    def about(self) -> HostFacts: ...

    def events(self, on_container: Callable[[str], None], stop: Stop, timeout: float) -> None:
        """Calls with the id of each container of ours whose process starts or ends, or that is removed, from now on.
        Canceled; TimeoutError past `timeout`, since a dead link is silent; Unavailable where the engine hangs up."""
        ...

    def listening_ports(self, container: str) -> Sequence[int]:
        """TCP ports that its processes listen on, where that can be seen; else empty."""
        ...
