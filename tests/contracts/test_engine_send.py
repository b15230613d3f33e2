"""The engine's contract: an image that gets from one engine to another by way of a registry."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contracts.engine_stage import Stage, ignore, never, order, ours, stage
from tests.contracts.registry_stage import Registry, private_registry, registry
from tests.image_registry import PASSWORD, USERNAME
from tidegate.registry import Login
from worker.ports import Canceled, Refused, Unavailable

__all__ = ["private_registry", "registry", "stage"]


@pytest.fixture
def built(stage: Stage, tmp_path: Path) -> tuple[str, str]:
    """(name, content id)."""
    todo = ours(stage, order(stage, tmp_path, "RUN echo a layer >/layer"))
    return todo.image, stage.engine.build(todo, ignore, 60, never)


def test_it_arrives_as_it_was_and_leaves_no_other_name(
    stage: Stage, registry: Registry, built: tuple[str, str]
) -> None:
    image, content = built
    name = f"{registry.address}/deploys/tidegate/r1-web:one"
    sent = stage.engine.send(image, name, 60, never)
    assert sent.startswith(f"{registry.address}/deploys/tidegate/r1-web@sha256:")
    assert stage.engine.image_id(name) is None
    assert stage.engine.send(image, name, 60, never) == sent, "what the registry has is the same"
    stage.engine.remove_image(image)
    assert stage.engine.image_id(image) is None
    stage.engine.receive(image, sent, 60, never)
    assert stage.engine.image_id(image) == content
    assert stage.engine.image_id(sent) is None
    stage.engine.remove_image(image)
    assert content not in {stage.engine.image_id(each) for each in (image, sent, name, content)}


def test_a_registry_that_is_down_and_what_it_never_had(
    stage: Stage, registry: Registry, built: tuple[str, str]
) -> None:
    image, content = built
    name = f"{registry.address}/tidegate/r1-web:one"
    with pytest.raises(Refused):
        stage.engine.receive(image, f"{registry.address}/tidegate/r1-web@sha256:{'0' * 64}", 60, never)
    with pytest.raises(Refused):
        stage.engine.send("tidegate-test/nothing:1", name, 60, never)
    with pytest.raises(Canceled):
        stage.engine.send(image, name, 60, lambda: True)
    registry.stop()
    with pytest.raises(Unavailable):
        stage.engine.send(image, name, 60, never)
    assert stage.engine.image_id(name) is None
    assert stage.engine.image_id(image) == content
    with pytest.raises(Unavailable):
        stage.unreachable.send(image, name, 60, never)


def test_a_private_one_is_sent_to_and_asked_with_a_login(
    stage: Stage, private_registry: Registry, built: tuple[str, str]
) -> None:
    image, content = built
    name = f"{private_registry.address}/tidegate/r1-web:one"
    login = Login("images", private_registry.address, USERNAME, PASSWORD)
    wrong = Login("images", private_registry.address, USERNAME, "quite-another-one")
    for each in (None, wrong):
        with pytest.raises(Refused):
            stage.engine.send(image, name, 60, never, each)
    sent = stage.engine.send(image, name, 60, never, login)
    stage.engine.remove_image(image)
    with pytest.raises(Refused):
        stage.engine.receive(image, sent, 60, never)
    stage.engine.receive(image, sent, 60, never, login)
    assert stage.engine.image_id(image) == content
