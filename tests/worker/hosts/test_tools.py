"""Build tools on a real Docker Engine: small programs that speak their command lines build real images."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests import build_tool
from tests.waiting import wait_until
from tests.worker.hosts.docker_host import URL, Host
from tests.worker.hosts.test_builds import running
from tidegate.buildtool import BuildTool, ToolBuild
from worker.hosts import DockerEngine
from worker.ports import BuildFailed, BuildOrder, Canceled, Refused

pytestmark = pytest.mark.docker


@pytest.fixture
def order(host: Host, tmp_path: Path) -> BuildOrder:
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "Procfile").write_text("web: echo from $COLOR; cat /app/Procfile\n")
    image = f"tidegate-test/built:{host.mark}"
    return BuildOrder(tree, Path("Dockerfile"), image, host.labels, {"COLOR": "blue"})


@pytest.mark.parametrize("tool", list(BuildTool))
def test_each_is_called_as_it_wants_and_its_image_gets_our_labels(
    host: Host, order: BuildOrder, programs: Path, tool: BuildTool
) -> None:
    build_tool.install(programs, tool)
    lines: list[str] = []
    wanted = replace(order, tool=ToolBuild(tool), no_cache=True)
    image_id = host.engine.build(wanted, lines.append, 60, lambda: False)
    image = host.client.images.get(order.image)
    assert (image.id, image.tags) == (image_id, [order.image])
    assert image.labels == {**image.labels, **host.labels}
    assert f"{tool}: asked {URL}" in lines
    own = replace(host.spec("", order.image), command=None)
    said: list[str] = []
    assert host.engine.run(own, said.append, 60, lambda: False) == 0
    assert said == ["from blue", "web: echo from $COLOR; cat /app/Procfile"]


def test_stopping_ends_all_that_it_has_started(host: Host, order: BuildOrder, programs: Path, tmp_path: Path) -> None:
    """Also one of them that doesn't hear SIGTERM."""
    program = build_tool.install(programs, "nixpacks")
    marker = f"sleep 1{int(host.mark, 16) % 10**8}"
    asked = tmp_path / "asked"
    program.write_text(
        f"#!/bin/sh\ntrap 'touch {asked}; exit 1' TERM\n(trap '' TERM; exec {marker}) &\nwhile :; do wait; done\n"
    )
    scratch = tmp_path / "scratch"
    engine = DockerEngine("local", URL, scratch)
    with pytest.raises(Canceled):
        engine.build(replace(order, tool=ToolBuild(BuildTool.NIXPACKS)), print, 60, lambda: running(marker))
    wait_until(lambda: not running(marker))
    assert asked.exists(), "it was asked to end, and could take its containers away"
    assert engine.image_id(order.image) is None
    assert list(scratch.iterdir()) == []


def test_its_time_is_limited(host: Host, order: BuildOrder, programs: Path) -> None:
    build_tool.install(programs, "nixpacks").write_text("#!/bin/sh\nexec sleep 1000\n")
    with pytest.raises(TimeoutError):
        host.engine.build(replace(order, tool=ToolBuild(BuildTool.NIXPACKS)), print, 0.1, lambda: False)


def test_what_it_finds_around_it(
    host: Host, order: BuildOrder, programs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The Docker host and BuildKit to speak to, and nothing of ours."""
    monkeypatch.setenv("TIDEGATE_SECRET_KEY", "ours")
    build_tool.install(programs, "railpack").write_text("#!/bin/sh\nenv\n")
    engine = DockerEngine("local", URL, tool_settings={"BUILDKIT_HOST": "docker-container://buildkit"})
    lines: list[str] = []
    with pytest.raises(BuildFailed, match="left no image"):
        engine.build(replace(order, tool=ToolBuild(BuildTool.RAILPACK)), lines.append, 60, lambda: False)
    assert {f"DOCKER_HOST={URL}", "BUILDKIT_HOST=docker-container://buildkit"} <= set(lines)
    assert not [line for line in lines if "SECRET" in line]


def test_one_that_was_taken_away_since_is_told(host: Host, order: BuildOrder) -> None:
    with pytest.raises(Refused, match="install it there"):
        host.engine.build(replace(order, tool=ToolBuild(BuildTool.RAILPACK)), print, 60, lambda: False)


def test_a_host_that_is_away_is_not_the_users_fault(host: Host, order: BuildOrder, programs: Path) -> None:
    build_tool.install(programs, "nixpacks")
    gone = DockerEngine("gone", "unix:///nonexistent/docker.sock")
    with pytest.raises(Exception, match="can't be reached"):
        gone.build(replace(order, tool=ToolBuild(BuildTool.NIXPACKS)), print, 60, lambda: False)
