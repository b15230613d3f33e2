"""The engine's contract: an image that is carried from one engine to another."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contracts.engine_stage import Stage, ignore, never, order, ours, stage
from worker.ports import Canceled, Refused, Unavailable

__all__ = ["stage"]


@pytest.fixture
def built(stage: Stage, tmp_path: Path) -> tuple[str, str]:
    """(name, content id)."""
    todo = ours(stage, order(stage, tmp_path, "RUN echo a layer >/layer"))
    return todo.image, stage.engine.build(todo, ignore, 60, never)


def test_what_was_saved_and_removed_is_there_again_as_it_was(stage: Stage, built: tuple[str, str]) -> None:
    name, content = built
    saved = list(stage.engine.save(name))
    stage.engine.remove_image(name)
    assert stage.engine.image_id(name) is None
    stage.engine.load(iter(saved), 60, never)
    assert stage.engine.image_id(name) == content
    stage.engine.load(iter(saved), 60, never)
    assert stage.engine.image_id(name) == content


def test_what_is_not_there_can_not_be_saved(stage: Stage) -> None:
    with pytest.raises(Refused):
        list(stage.engine.save("tidegate-test/nothing:1"))


def test_it_can_be_canceled(stage: Stage, built: tuple[str, str]) -> None:
    name, _ = built
    saved = list(stage.engine.save(name))
    with pytest.raises(Canceled):
        stage.engine.load(iter(saved), 60, lambda: True)


def test_a_source_that_goes_away_in_the_middle_is_told_as_such(stage: Stage, built: tuple[str, str]) -> None:
    name, _ = built
    first, *_ = stage.engine.save(name)

    def cut_off() -> Iterator[bytes]:
        yield first[: len(first) // 2]
        raise Unavailable("the other host has gone")

    with pytest.raises(Unavailable, match="the other host has gone"):
        stage.engine.load(cut_off(), 60, never)


def test_a_host_that_is_down_is_told(stage: Stage, built: tuple[str, str]) -> None:
    name, _ = built
    saved = list(stage.engine.save(name))
    with pytest.raises(Unavailable):
        list(stage.unreachable.save(name))
    with pytest.raises(Unavailable):
        stage.unreachable.load(iter(saved), 60, never)
