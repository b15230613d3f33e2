"""Where the images come from that an engine pulls: a list for the fake, a real registry for the real Docker Engine."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest

from cli import base_image
from tests.contracts.engine_stage import FakeStage, Stage
from tests.fakes.engine import FakeEngine, FakeImage
from tests.image_registry import PASSWORD, USERNAME, ImageRegistry, image_registry


class Registry(Protocol):
    """At `address`, which begins the name of each of its images."""

    @property
    def address(self) -> str: ...
    def publish(self, name: str, script: str) -> None:
        """An image whose command is the script; moves a tag that is there."""
        ...

    def copy(self, image: str, name: str) -> None:
        """The very image, which was pulled before, under another name."""
        ...

    def stop(self) -> None: ...
    def start(self) -> None: ...


class FakeRegistry:
    address = "127.0.0.1:5000"

    def __init__(self, engine: FakeEngine, *, private: bool = False) -> None:
        self._engine = engine
        if private:
            engine.locked[self.address] = USERNAME, PASSWORD

    def publish(self, name: str, script: str) -> None:
        image = FakeImage(f"sha256:{hashlib.sha256(script.encode()).hexdigest()}", script, {})
        self._engine.registry[name] = image
        self._engine.registry[f"{name.rpartition(':')[0]}@{image.id}"] = image

    def copy(self, image: str, name: str) -> None:
        self._engine.registry[name] = self._engine.images[image]

    def stop(self) -> None:
        self._engine.registry_trouble = "connection refused"

    def start(self) -> None:
        self._engine.registry_trouble = None


class RealRegistry:
    def __init__(self, registry: ImageRegistry) -> None:
        self.address, self.copy = registry.address, registry.copy
        self.stop, self.start = registry.stop, registry.start
        self._registry = registry

    def publish(self, name: str, script: str) -> None:
        command = json.dumps(["/bin/sh", "-c", script])
        # Images with the same content are the same one for the engine: another test's could be taken away with it.
        own = f"LABEL registry={self.address}"
        self._registry.publish(name, {"Dockerfile": f"FROM {base_image.NAME}\n{own}\nCMD {command}\n"})


@pytest.fixture
def registry(stage: Stage, tmp_path: Path) -> Iterator[Registry]:
    if isinstance(stage, FakeStage):
        yield FakeRegistry(stage.engine)
        return
    with image_registry(tmp_path) as real:
        yield RealRegistry(real)


@pytest.fixture
def private_registry(stage: Stage, tmp_path: Path) -> Iterator[Registry]:
    """Lets nobody in but USERNAME with PASSWORD."""
    if isinstance(stage, FakeStage):
        yield FakeRegistry(stage.engine, private=True)
        return
    with image_registry(tmp_path, private=True) as real:
        yield RealRegistry(real)
