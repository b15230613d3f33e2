"""`Engine.pull`, judged on the fake, and on a real Docker Engine with a real registry, alike."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.contracts.engine_stage import Stage, ignore, never, spec, stage
from tests.contracts.registry_stage import Registry, registry
from worker.ports import Canceled, Refused, Unavailable

__all__ = ["registry", "stage"]


@pytest.fixture
def name(registry: Registry) -> str:
    """Of an image, without a tag; nothing was published under it."""
    return f"{registry.address}/team/app"


def pull(stage: Stage, image: str) -> tuple[str, str]:
    return stage.engine.pull(image, ignore, 60, never)


def says(stage: Stage, image: str) -> list[str]:
    """What the image prints when it runs."""
    said: list[str] = []
    own_command = replace(spec(stage, "", image), command=None)
    assert stage.engine.run(own_command, said.append, 60, never) == 0
    return said


def test_a_tag_is_fetched_and_known_by_its_digest(stage: Stage, registry: Registry, name: str) -> None:
    registry.publish(f"{name}:1", "echo one")
    told: list[str] = []
    image, image_id = stage.engine.pull(f"{name}:1", told.append, 60, never)
    assert image.startswith(f"{name}@sha256:")
    assert image_id.startswith("sha256:")
    assert stage.engine.image_id(image) == image_id
    assert says(stage, image) == ["one"]
    assert told, "its progress is told"
    assert pull(stage, f"{name}:1") == (image, image_id), "and what is there already is the same"


def test_a_moved_tag_is_another_image_and_the_old_one_stays(stage: Stage, registry: Registry, name: str) -> None:
    registry.publish(f"{name}:1", "echo one")
    old, old_id = pull(stage, f"{name}:1")
    registry.publish(f"{name}:1", "echo two")
    new, new_id = pull(stage, f"{name}:1")
    assert new != old
    assert new_id != old_id
    assert says(stage, new) == ["two"]
    assert stage.engine.image_id(old) == old_id
    assert says(stage, old) == ["one"]


def test_a_digest_is_fetched_wherever_its_tag_went(stage: Stage, registry: Registry, name: str) -> None:
    registry.publish(f"{name}:1", "echo one")
    old = pull(stage, f"{name}:1")
    registry.publish(f"{name}:1", "echo two")
    assert pull(stage, old[0]) == old


def test_an_image_that_is_here_by_others_names_too_is_called_by_its_own(
    stage: Stage, registry: Registry, name: str
) -> None:
    registry.publish(f"{name}:1", "echo one")
    image, image_id = pull(stage, f"{name}:1")
    for other in (f"{registry.address}/a/first", f"{registry.address}/z/last"):
        registry.copy(image, f"{other}:1")
        called, same_id = pull(stage, f"{other}:1")
        assert called.startswith(f"{other}@sha256:")
        assert same_id == image_id
    assert pull(stage, f"{name}:1") == (image, image_id)


@pytest.mark.parametrize("missing", ["app:2", "other:1"])
def test_what_the_registry_does_not_have_is_refused(stage: Stage, registry: Registry, name: str, missing: str) -> None:
    registry.publish(f"{name}:1", "echo one")
    image = f"{registry.address}/team/{missing}"
    with pytest.raises(Refused, match=image):
        pull(stage, image)
    assert stage.engine.image_id(image) is None


def test_a_registry_that_is_down_is_unavailable_until_it_is_up(stage: Stage, registry: Registry, name: str) -> None:
    registry.publish(f"{name}:1", "echo one")
    image, image_id = pull(stage, f"{name}:1")
    registry.stop()
    with pytest.raises(Unavailable, match=f"{name}:1"):
        pull(stage, f"{name}:1")
    assert stage.engine.image_id(image) == image_id, "what was fetched is still there"
    registry.start()
    assert pull(stage, f"{name}:1") == (image, image_id)


def test_a_pull_can_be_stopped(stage: Stage, registry: Registry, name: str) -> None:
    registry.publish(f"{name}:1", "echo one")
    with pytest.raises(Canceled):
        stage.engine.pull(f"{name}:1", ignore, 60, lambda: True)


def test_what_was_fetched_is_removed_by_its_digest(stage: Stage, registry: Registry, name: str) -> None:
    registry.publish(f"{name}:1", "echo one")
    image, _ = pull(stage, f"{name}:1")
    (held,) = [each for each in stage.engine.digest_images() if each.name == image]
    assert (held.tagged, held.size > 0) == (False, True)
    container = stage.engine.start(spec(stage, "sleep 1000", image))
    stage.engine.remove_pulled(image)
    assert stage.engine.image_id(image) is not None, "a container needs it"
    stage.engine.remove(container.id)
    stage.engine.remove_pulled(image)
    stage.engine.remove_pulled(image)
    assert stage.engine.image_id(image) is None
    assert image not in {each.name for each in stage.engine.digest_images()}
