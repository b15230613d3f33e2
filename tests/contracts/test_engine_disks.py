"""Disks and what is written beside them, judged on the fake and on a real Docker Engine alike."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.contracts.engine_stage import FakeStage, Stage, ignore, never, spec, stage
from tests.waiting import wait_until
from tidegate.container import ContainerSpec
from tidegate.disk import Mount
from worker.ports import Unavailable

__all__ = ["stage"]


@pytest.fixture
def mount(stage: Stage) -> Iterator[Mount]:
    name = f"tidegate-test-{stage.labels['tidegate.deployment']}.data"
    yield Mount(name, "/data", {**stage.labels, "tidegate.role": "disk"})
    for container in stage.engine.owned(stage.labels):
        stage.engine.remove(container.id)
    stage.engine.remove_volume(name)
    if not isinstance(stage, FakeStage):  # one without our labels
        subprocess.run(("docker", "volume", "rm", "--force", name), capture_output=True, check=True)


def with_disk(stage: Stage, mount: Mount, script: str) -> ContainerSpec:
    made = spec(stage, script)
    return replace(made, disk=mount, labels={**made.labels, "tidegate.role": "instance"})


def test_a_disk_outlives_its_containers_until_it_is_removed(stage: Stage, mount: Mount) -> None:
    container = stage.engine.start(with_disk(stage, mount, "sleep 1000"))
    assert mount.volume in stage.engine.held_volumes()
    with pytest.raises(Unavailable, match=mount.volume):
        stage.engine.remove_volume(mount.volume)
    stage.engine.remove(container.id)
    assert mount.volume in stage.engine.held_volumes()
    assert mount.volume in stage.engine.volume_sizes()
    assert [stage.engine.remove_volume(mount.volume) for _ in range(2)] == [True, False], "whether there was one"
    assert mount.volume not in stage.engine.held_volumes()


def test_what_is_not_ours_is_left_alone(stage: Stage, mount: Mount) -> None:
    stranger = replace(mount, labels={})
    container = stage.engine.start(with_disk(stage, stranger, "sleep 1000"))
    stage.engine.remove(container.id)
    assert mount.volume not in stage.engine.held_volumes()
    assert not stage.engine.remove_volume(mount.volume)
    stage.engine.start(with_disk(stage, mount, "sleep 1000"))
    assert mount.volume not in stage.engine.held_volumes(), "it is still there, with the labels that it had"


def test_what_was_written_is_there_for_the_next_one(stage: Stage, mount: Mount) -> None:
    if isinstance(stage, FakeStage):
        pytest.skip("the fake's processes write nothing")
    said: list[str] = []
    assert stage.engine.run(with_disk(stage, mount, "echo kept > /data/file"), ignore, 60, never) == 0
    assert stage.engine.run(with_disk(stage, mount, "cat /data/file"), said.append, 60, never) == 0
    assert said == ["kept"]


def test_each_instance_tells_what_it_wrote_beside_its_disk(stage: Stage, mount: Mount) -> None:
    wrote = "dd if=/dev/zero of=/big bs=1000000 count=5 2>/dev/null; dd if=/dev/zero of=/data/big bs=1000000 count=9; "
    script = "" if isinstance(stage, FakeStage) else wrote
    container = stage.engine.start(with_disk(stage, mount, f"{script}sleep 1000"))
    if isinstance(stage, FakeStage):
        stage.engine.sizes[container.id] = 5_000_000
    wait_until(lambda: stage.engine.written().get(container.id, 0) >= 5_000_000)
    assert stage.engine.written()[container.id] < 9_000_000


def test_a_runtime_that_the_engine_does_not_have_is_told(stage: Stage) -> None:
    with pytest.raises(Unavailable, match="no runtime `nowhere`"):
        stage.engine.start(replace(spec(stage, "sleep 1000"), runtime="nowhere"))
    assert stage.engine.start(replace(spec(stage, "sleep 1000"), runtime="runc")).running
