"""What the engine's contract is played on: the fake and a real Docker Engine, with the same files and scripts."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import pytest

from cli import base_image
from tests.fakes.engine import FakeEngine, FakeImage
from tests.worker.hosts.docker_host import STRANGER, Host, docker_host
from tidegate.container import ContainerSpec, Limits
from worker.hosts import DockerEngine
from worker.ports import BuildOrder, Engine


class Stage(Protocol):
    """An engine that has the base image; `network` exists; `labels` are on everything of one test."""

    @property
    def engine(self) -> Engine: ...
    @property
    def unreachable(self) -> Engine: ...
    @property
    def network(self) -> str: ...
    @property
    def labels(self) -> Mapping[str, str]: ...
    def stranger(self, name: str) -> str:
        """The id of a container that carries none of our labels."""
        ...


class FakeStage:
    def __init__(self) -> None:
        self.engine, self.unreachable = FakeEngine(now=lambda: datetime.now(UTC)), FakeEngine()
        self.engine.space = 1
        self.unreachable.trouble = "Docker host local can't be reached"
        self.engine.images[base_image.NAME] = FakeImage("sha256:base", "exit 0", {})
        self.network = "n"
        self.labels = {"tidegate.deployment": "d"}
        self.engine.ensure_network(self.network, self.labels)

    def stranger(self, name: str) -> str:
        spec = ContainerSpec(name, base_image.NAME, self.network, {}, {}, 3000, Limits(), sh("sleep 1000"))
        return self.engine.start(spec).id


class RealStage:
    def __init__(self, host: Host) -> None:
        self.engine, self.unreachable = host.engine, DockerEngine("gone", "unix:///nonexistent/docker.sock")
        self.network, self.labels = host.network, host.labels
        self._host = host

    def stranger(self, name: str) -> str:
        labels = {STRANGER: self._host.mark}
        return str(self._host.client.containers.create(base_image.NAME, "true", name=name, labels=labels).id)


@pytest.fixture(params=["fake", pytest.param("real", marks=pytest.mark.docker)])
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    if request.param == "fake":
        yield FakeStage()
        return
    with docker_host() as host:
        yield RealStage(host)


_names = itertools.count()


def sh(script: str) -> tuple[str, ...]:
    return ("/bin/sh", "-c", script)


def spec(stage: Stage, script: str, image: str = base_image.NAME, network: str | None = None) -> ContainerSpec:
    name = f"tidegate-test-{stage.labels['tidegate.deployment']}-{next(_names)}"
    limits = Limits(memory=64 * 1024 * 1024, cpus=1.0, pids=64)
    where = stage.network if network is None else network
    return ContainerSpec(name, image, where, {"PORT": "3000"}, stage.labels, 3000, limits, sh(script))


def order(stage: Stage, context: Path, *instructions: str) -> BuildOrder:
    (context / "Dockerfile").write_text("\n".join([f"FROM {base_image.NAME}", *instructions, ""]))
    image = f"tidegate-test/built:{stage.labels['tidegate.deployment']}"
    return BuildOrder(context, Path("Dockerfile"), image, stage.labels)


def ours(stage: Stage, todo: BuildOrder) -> BuildOrder:
    """As the product labels what it builds."""
    return replace(todo, labels={**stage.labels, "tidegate.role": "image"})


def never() -> bool:
    return False


def ignore(line: str) -> None:
    """Nobody reads it."""


def ended(stage: Stage, container: str) -> bool:
    seen = stage.engine.inspect(container)
    return seen is not None and not seen.running
