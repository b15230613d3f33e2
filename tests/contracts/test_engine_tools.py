"""The port `Engine` where a build tool builds, judged on the fake and on a real Docker Engine alike; on the latter by
small programs that speak the tools' command lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import build_tool
from tests.contracts.engine_stage import Stage, ignore, never, spec, stage
from tidegate.buildtool import BuildTool, ToolBuild
from worker.ports import BuildFailed, BuildOrder

__all__ = ["stage"]


@pytest.fixture
def order(stage: Stage, tmp_path: Path) -> BuildOrder:
    """The tree's process says its variable."""
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "Procfile").write_text("web: echo $PORT; exit 4\n")
    labels = {**stage.labels, "tidegate.role": "image"}
    image = f"tidegate-test/built:{stage.labels['tidegate.deployment']}"
    return BuildOrder(tree, Path("Dockerfile"), image, labels, {"SIZE": "7"}, tool=ToolBuild(BuildTool.NIXPACKS))


def test_what_it_built_is_named_labelled_and_runs(stage: Stage, order: BuildOrder, programs: Path) -> None:
    build_tool.install(programs, "nixpacks")
    image_id = stage.engine.build(order, ignore, 60, never)
    assert stage.engine.image_id(order.image) == image_id
    assert stage.engine.image_id(f"{order.image}-raw") is None
    held = [each.name for each in stage.engine.held_images() if each.deployment == stage.labels["tidegate.deployment"]]
    assert held == [order.image]
    said: list[str] = []
    container = spec(stage, "echo $PORT; exit 4", order.image)
    assert stage.engine.run(container, said.append, 60, never) == 4
    assert said == ["3000"]


def test_what_it_ends_with_fails_the_build(stage: Stage, order: BuildOrder, programs: Path) -> None:
    build_tool.install(programs, "nixpacks")
    (order.context / "Procfile").unlink()
    with pytest.raises(BuildFailed, match="`nixpacks` ended with exit code 1") as failure:
        stage.engine.build(order, ignore, 60, never)
    assert failure.value.exit_code == 1
    assert stage.engine.image_id(order.image) is None
