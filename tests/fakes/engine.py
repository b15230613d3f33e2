"""A Docker host in memory: images made of real Dockerfiles, containers that do what their scripts say.

tests/contracts/test_engine.py holds it to what a real Docker Engine does with the same files.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import pickle
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

from tests.fakes.shell import Process, default_script, run, script, steps
from tidegate import buildtool, imagename
from tidegate.buildtool import ToolBuild
from tidegate.checkup.machine import HostFacts
from tidegate.container import ContainerSpec
from tidegate.dockerfile import Instruction
from tidegate.gauge import Counters
from tidegate.pulled import DigestImage
from tidegate.registry import Login
from tidegate.retention import HeldImage
from worker.ports import Away, BuildFailed, BuildOrder, Canceled, Container, OnLine, Refused, Stop, Unavailable

_LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
_OWNER = "tidegate.deployment"
#: How often a loop that has no end asks `stop` before the fake holds that its time is over.
_PATIENCE = 1000


@dataclass(frozen=True)
class FakeImage:
    id: str
    script: str
    labels: Mapping[str, str]
    built_at: datetime = _LONG_AGO


@dataclass
class FakeContainer:
    id: str
    spec: ContainerSpec
    process: Process
    address: str
    output: list[str]
    running: bool = True
    exit_code: int | None = None
    oom_killed: bool = False
    signals: list[str] = field(default_factory=list)
    aliases: frozenset[str] = frozenset()

    def seen(self) -> Container:
        address = self.address if self.running else None
        return Container(
            self.id,
            self.spec.name,
            self.spec.labels,
            self.running,
            address,
            self.exit_code,
            self.oom_killed,
            self.aliases,
        )

    def end(self, exit_code: int, *, oom_killed: bool = False) -> None:
        self.running, self.exit_code, self.oom_killed = False, exit_code, oom_killed


class FakeEngine:
    """Set `trouble` for bad days: a full disk or a host that is down; `registry_trouble` where the registry is down;
    `refusal` makes it refuse every start.
    `orders` are the builds that were asked for, `saved` the images that others have copied, `sent` what
    registries were sent, `containers` what is there
    now. `subnet`: what its containers' addresses begin with. It publishes nothing: all are reached at their own."""

    def __init__(
        self, name: str = "local", now: Callable[[], datetime] = lambda: _LONG_AGO, subnet: str = "10.0.0"
    ) -> None:
        self.name = name
        self._subnet = subnet
        self._prefix = "c" if name == "local" else f"{name}-c"
        self._silent = False
        self._now = now
        self.trouble: str | None = None
        self.registry_trouble: str | None = None
        self.refusal: str | None = None
        #: By the name of a private registry: who is let in, and with which password.
        self.locked: dict[str, tuple[str, str]] = {}
        #: Bytes: what is free (None can't be seen), and what builds have left that pruning gives back.
        self.space: int | None = None
        self.cache = 0
        self.orders: list[BuildOrder] = []
        self.saved: list[str] = []
        self.sent: list[str] = []
        self.images: dict[str, FakeImage] = {}
        self.registry: dict[str, FakeImage] = {}
        self.networks: dict[str, Mapping[str, str]] = {}
        self.volumes: dict[str, Mapping[str, str]] = {}
        self.runtimes: set[str | None] = {None, "runc"}
        #: Bytes that were written, by the name of a volume or the id of a container.
        self.sizes: dict[str, int] = {}
        #: By the id of a container; one that isn't named has used nothing.
        self.used: dict[str, Counters] = {}
        self.containers: dict[str, FakeContainer] = {}
        #: Ids of containers, in the order in which something happened to them.
        self.happened: list[str] = []
        self._numbers = itertools.count(2)
        self._lock = threading.RLock()

    # What a test does to it

    def ends(self, container: str, exit_code: int, *, oom_killed: bool = False) -> None:
        """Its process exits by itself."""
        found = self._found(container)
        assert found is not None, container
        found.end(exit_code, oom_killed=oom_killed)
        self.happened.append(found.id)

    def cut(self) -> None:
        """Its link is down: it can't be asked, nor do its containers answer; they go on."""
        self.trouble, self._silent = f"Docker host {self.name} can't be reached", True

    def mend(self) -> None:
        self.trouble, self._silent = None, False

    def restarts(self) -> None:
        """The daemon was restarted, or its machine: no container has survived that."""
        for each in self.containers.values():
            if each.running:
                each.end(137)

    def prints(self, container: str, line: str) -> None:
        found = self._found(container)
        assert found is not None, container
        found.output.append(line)

    def at(self, address: str) -> FakeContainer | None:
        """The running container that has this address, if it is in reach."""
        if self._silent:
            return None
        return next((c for c in self.containers.values() if c.running and c.address == address), None)

    def found_by(self, network: str, name: str) -> list[FakeContainer]:
        """Whom a container of that network reaches by that name."""
        there = (each for each in self.containers.values() if each.running and each.spec.network == network)
        return [each for each in there if name in each.aliases]

    # The port

    def image_id(self, image: str) -> str | None:
        self._reach()
        found = self.images.get(image)
        return found.id if found else None

    def build(self, order: BuildOrder, on_line: OnLine, timeout: float, stop: Stop) -> str:
        self._reach()
        self.orders.append(order)
        dockerfile = _text(order)
        if order.login is not None:
            self._admit(order.login)
        for step in steps(dockerfile):
            if stop():
                raise Canceled("stopped on request")
            on_line(f"[{step.number}/{step.of}] {step.instruction.text}")
            self._fetch_base(step.instruction, order.login)
            if step.process is None:
                continue
            for line in step.process.output:
                on_line(line)
            if step.process.exit_code is None:
                _wait_in_vain(stop, timeout)
            if step.process.exit_code:
                code, line_number = step.process.exit_code, step.instruction.line
                message = f"`{step.instruction.text}` ended with exit code {code}"
                on_line(message)
                raise BuildFailed(message, line_number, code)
        image = FakeImage(_content(order), default_script(dockerfile), order.labels, self._now())
        self.images[order.image] = image
        return image.id

    def pull(
        self, image: str, on_line: OnLine, timeout: float, stop: Stop, login: Login | None = None
    ) -> tuple[str, str]:
        """`registry` maps names to images; each pull of a name that is there makes it known by digest, too."""
        self._reach()
        if stop():
            raise Canceled("stopped on request")
        if self.registry_trouble is not None:
            raise Unavailable(f"the image {image} can't be fetched now: {self.registry_trouble}")
        named = imagename.parse(image)
        if login is not None:
            self._admit(login)
        if named.registry in self.locked and login is None:
            raise Refused(f"the image {image} can't be had: no basic auth credentials")
        found = self.registry.get(image)
        if found is None:
            raise Refused(f"the image {image} can't be had: manifest unknown")
        by_digest = f"{named.registry}/{named.repository}@{found.id}"
        on_line(f"Pulled {by_digest}")
        self.images[by_digest] = self.registry[by_digest] = found
        return by_digest, found.id

    def save(self, image: str) -> Iterator[bytes]:
        self._reach()
        if image not in self.images:
            raise Refused(f"No such image: {image}")
        self.saved.append(image)
        yield pickle.dumps((image, self.images[image]))

    def load(self, saved: Iterator[bytes], timeout: float, stop: Stop) -> None:
        self._reach()
        if stop():
            raise Canceled("stopped on request")
        name, image = pickle.loads(b"".join(saved))
        self.images[name] = image

    def send(self, image: str, name: str, timeout: float, stop: Stop, login: Login | None = None) -> str:
        self._reach()
        if stop():
            raise Canceled("stopped on request")
        if image not in self.images:
            raise Refused(f"No such image: {image}")
        if self.registry_trouble is not None:
            raise Unavailable(f"{name} can't be sent to the registry now: {self.registry_trouble}")
        named = imagename.parse(name)
        if login is not None:
            self._admit(login)
        elif named.registry in self.locked:
            raise Refused(f"the registry does not take {name}: no basic auth credentials")
        self.sent.append(name)
        by_digest = f"{named.registry}/{named.repository}@{self.images[image].id}"
        self.registry[name] = self.registry[by_digest] = self.images[image]
        return by_digest

    def receive(self, image: str, sent: str, timeout: float, stop: Stop, login: Login | None = None) -> None:
        self.pull(sent, lambda _: None, timeout, stop, login)
        self.images[image] = self.images.pop(sent)

    def remove_image(self, image: str) -> None:
        self._reach()
        found = self.images.get(image)
        used = {container.spec.image for container in self.containers.values()}
        if found is not None and found.labels.get("tidegate.role") == "image" and image not in used:
            del self.images[image]

    def digest_images(self) -> Sequence[DigestImage]:
        self._reach()
        tagged = {image.id for name, image in self.images.items() if "@" not in name}
        return [
            DigestImage(name, len(image.script), image.id in tagged)
            for name, image in self.images.items()
            if "@" in name
        ]

    def remove_pulled(self, image: str) -> None:
        used = {container.spec.image for container in self.containers.values()}
        there = {each.name: each for each in self.digest_images()}
        if image in there and not there[image].tagged and image not in used:
            del self.images[image]

    def held_images(self) -> Sequence[HeldImage]:
        self._reach()
        return [
            HeldImage(name, image.labels.get(_OWNER, ""), image.built_at, len(image.script))
            for name, image in self.images.items()
            if image.labels.get("tidegate.role") == "image"
        ]

    def ensure_network(self, name: str, labels: Mapping[str, str]) -> None:
        self._reach()
        self.networks.setdefault(name, labels)

    def held_networks(self) -> Sequence[str]:
        self._reach()
        return [name for name, labels in self.networks.items() if labels.get("tidegate.role") == "network"]

    def remove_network(self, name: str) -> None:
        self._reach()
        if self.networks.get(name, {}).get("tidegate.role") != "network":
            return
        if any(container.running and container.spec.network == name for container in self.containers.values()):
            raise Unavailable(f"The network {name} still has a container.")
        del self.networks[name]

    def held_volumes(self) -> Sequence[str]:
        self._reach()
        return [name for name, labels in self.volumes.items() if labels.get("tidegate.role") == "disk"]

    def volume_sizes(self) -> Mapping[str, int]:
        return {name: self.sizes.get(name, 0) for name in self.held_volumes()}

    def written(self) -> Mapping[str, int]:
        self._reach()
        running = (each for each in self.containers.values() if each.running and _is_instance(each))
        return {each.id: self.sizes.get(each.id, 0) for each in running}

    def counters(self) -> Mapping[str, Counters]:
        self._reach()
        running = (each for each in self.containers.values() if each.running and _is_instance(each))
        return {each.id: self.used.get(each.id, Counters(0.0, 0)) for each in running}

    def remove_volume(self, name: str) -> bool:
        self._reach()
        if name not in self.held_volumes():
            return False
        if any(container.spec.disk and container.spec.disk.volume == name for container in self.containers.values()):
            raise Unavailable(f"The disk {name} is still in use by a container.")
        return self.volumes.pop(name, None) is not None

    def start(self, spec: ContainerSpec) -> Container:
        self._reach()
        with self._lock:
            found = self._found(spec.name)
            if found is not None and found.spec.labels.get(_OWNER) != spec.labels.get(_OWNER):
                raise Refused(f"A container named {spec.name} exists that isn't of this deployment.")
            if found is None:
                found = self._create(spec)
                self.containers[found.id] = found
                self.happened.append(found.id)
            elif not found.running:
                self._again(found)
            return found.seen()

    def run(self, spec: ContainerSpec, on_line: OnLine, timeout: float, stop: Stop) -> int:
        self._reach()
        if stop():
            raise Canceled("stopped on request")
        process = self._create(spec).process
        for line in process.output:
            on_line(line)
        if process.exit_code is None:
            _wait_in_vain(stop, timeout)
        self.remove(spec.name)
        return process.exit_code or 0

    def inspect(self, container: str) -> Container | None:
        self._reach()
        found = self._found(container)
        return found.seen() if found else None

    def alias(self, container: str, aliases: frozenset[str], address: str) -> Container | None:
        self._reach()
        found = self._ours(container)
        if found is None:
            return None
        found.aliases = aliases
        return found.seen()

    def owned(self, labels: Mapping[str, str]) -> Sequence[Container]:
        self._reach()
        wanted = labels.items()
        found = [c.seen() for c in self.containers.values() if _OWNER in c.spec.labels]
        return [container for container in found if wanted <= container.labels.items()]

    def stop(self, container: str, signal: str) -> None:
        self._reach()
        found = self._ours(container)
        if found is not None and found.running:
            found.signals.append(signal)
            if signal == "SIGKILL" or not found.process.deaf:
                found.end(137 if signal == "SIGKILL" else 143)
                self.happened.append(found.id)

    def remove(self, container: str) -> None:
        self._reach()
        found = self._ours(container)
        if found is not None:
            found.running = False
            self.containers.pop(found.id, None)
            self.happened.append(found.id)

    def logs(self, container: str, on_line: OnLine, stop: Stop, since: datetime | None = None) -> None:
        """The output has no times, so `since` stands for whatever was printed until now."""
        self._reach()
        found = self._found(container)
        told, pause = len(found.output) if found and since else 0, threading.Event()
        while found is not None:
            running, stopped = found.running, stop()
            for line in found.output[told:]:
                on_line(line)
                told += 1
            if stopped or not running:
                return
            pause.wait(0.001)

    def build_cache(self) -> int | None:
        self._reach()
        return self.cache

    def prune_build_cache(self, keep: int) -> int:
        self._reach()
        freed = max(0, self.cache - keep)
        self.cache -= freed
        self.space = None if self.space is None else self.space + freed
        return freed

    def free_space(self) -> int | None:
        self._reach()
        return self.space

    def about(self) -> HostFacts:
        self._reach()
        return HostFacts("20.10.24", "2", self.space, buildkit=True)

    def events(self, on_container: Callable[[str], None], stop: Stop, timeout: float) -> None:
        self._reach()
        heard, deadline, pause = len(self.happened), monotonic() + timeout, threading.Event()
        while not stop():
            self._reach()
            for container in self.happened[heard:]:
                on_container(container)
                heard += 1
            if monotonic() > deadline:
                raise TimeoutError(f"not done after {timeout:g} s")
            pause.wait(0.001)
        raise Canceled("stopped on request")

    def listening_ports(self, container: str) -> Sequence[int]:
        self._reach()
        found = self._found(container)
        return sorted(found.process.ports) if found and found.running else ()

    def _admit(self, login: Login) -> None:
        if self.locked.get(login.registry) not in (None, (login.username, login.password)):
            raise Refused(f"the registry {login.registry} does not accept the credential `{login.name}`")

    def _fetch_base(self, instruction: Instruction, login: Login | None) -> None:
        word, _, base = instruction.text.partition(" ")
        locked = word == "FROM" and "/" in base and imagename.parse(base).registry in self.locked
        if locked and login is None:
            raise BuildFailed(f"`{instruction.text}`: no basic auth credentials", instruction.line)

    def _reach(self) -> None:
        if self.trouble is not None:
            raise Away(self.trouble)

    def _found(self, container: str) -> FakeContainer | None:
        with self._lock:
            return next((c for c in self.containers.values() if container in (c.id, c.spec.name)), None)

    def _ours(self, container: str) -> FakeContainer | None:
        found = self._found(container)
        if found is not None and _OWNER not in found.spec.labels:
            raise Refused(f"The container {container} isn't ours: it has no label {_OWNER}.")
        return found

    def _again(self, ended: FakeContainer) -> None:
        """The same container: its image's process anew, at another address."""
        if self.refusal is not None:
            raise Refused(self.refusal)
        ended.running, ended.exit_code, ended.oom_killed = True, None, False
        ended.address = f"{self._subnet}.{next(self._numbers)}"
        ended.output += ended.process.output
        self.happened.append(ended.id)
        if ended.process.exit_code is not None:
            ended.end(ended.process.exit_code)

    def _create(self, spec: ContainerSpec) -> FakeContainer:
        if self.refusal is not None:
            raise Refused(self.refusal)
        if spec.image not in self.images:
            raise Refused(f"No such image: {spec.image}")
        if spec.network not in self.networks:
            raise Refused(f"No such network: {spec.network}")
        if spec.runtime not in self.runtimes:
            raise Unavailable(f"The Docker host has no runtime `{spec.runtime}`.")
        if spec.disk is not None:
            self.volumes.setdefault(spec.disk.volume, spec.disk.labels)
        told = self.images[spec.image].script if spec.command is None else script(list(spec.command))
        number, process = next(self._numbers), run(told, spec.environment)
        made = FakeContainer(f"{self._prefix}{number}", spec, process, f"{self._subnet}.{number}", list(process.output))
        if process.exit_code is not None:
            made.end(process.exit_code)
        return made


def _is_instance(container: FakeContainer) -> bool:
    return container.spec.labels.get("tidegate.role") == "instance"


def _wait_in_vain(stop: Stop, timeout: float) -> None:
    for _ in range(_PATIENCE):
        if stop():
            raise Canceled("stopped on request")
    raise TimeoutError(f"not done after {timeout:g} s")


def _text(order: BuildOrder) -> str:
    if order.tool is not None:
        return _detected(order.context, order.tool)
    try:
        return (order.context / order.dockerfile).read_text()
    except FileNotFoundError as error:
        raise BuildFailed(f"There is no Dockerfile at `{order.dockerfile}`.") from error


def _detected(tree: Path, by: ToolBuild) -> str:
    """What a build tool makes of the tree: it runs what its `Procfile` says."""
    try:
        start = (tree / "Procfile").read_text().partition("web:")[2].strip()
    except FileNotFoundError as error:
        raise BuildFailed(buildtool.ended(by.tool, 1, "there is no Procfile"), exit_code=1) from error
    return f"FROM scratch\nCMD {json.dumps(['/bin/sh', '-c', start])}\n"


def _content(order: BuildOrder) -> str:
    """Names what went into the image: the same context and labels make the same image."""
    files = sorted(path for path in order.context.rglob("*") if path.is_file())
    parts = [(str(path.relative_to(order.context)), path.read_bytes()) for path in files]
    told = repr((parts, sorted(order.labels.items()), sorted(order.arguments.items())))
    return "sha256:" + hashlib.sha256(told.encode()).hexdigest()
