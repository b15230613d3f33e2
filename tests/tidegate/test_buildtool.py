"""Each build tool's command line, as its documents tell it."""

from __future__ import annotations

import pytest

from tidegate.buildtool import BuildTool, ToolBuild

VARIABLES = {"SIZE": "7", "COLOR": "light blue"}
TOLD = ["--env=COLOR=light blue", "--env=SIZE=7"]
COMMANDS = ["--build-cmd=make it", "--start-cmd=./run"]


@pytest.mark.parametrize(
    ("asked", "arguments"),
    [
        (
            ToolBuild(BuildTool.RAILPACK, "make it", "./run"),
            ["build", "--progress=plain", "--name=team/i:1", "--cache-key=shop", *TOLD, *COMMANDS, "/tree"],
        ),
        (
            ToolBuild(BuildTool.NIXPACKS, "make it", "./run"),
            ["build", "/tree", "--name=team/i:1", "--cache-key=shop", *TOLD, *COMMANDS],
        ),
        (
            ToolBuild(BuildTool.PACK),
            [
                *("build", "team/i:1", "--path=/tree", "--no-color", "--docker-host=inherit"),
                "--cache=type=build;format=volume;name=shop-build",
                "--cache=type=launch;format=volume;name=shop-launch",
                *TOLD,
            ],
        ),
    ],
)
def test_what_a_tool_is_told(asked: ToolBuild, arguments: list[str]) -> None:
    assert asked.arguments("/tree", "team/i:1", "shop", VARIABLES, fresh=False) == arguments


@pytest.mark.parametrize(
    ("tool", "word"),
    [
        (BuildTool.RAILPACK, "--cache-key=team-i-1"),
        (BuildTool.NIXPACKS, "--no-cache"),
        (BuildTool.PACK, "--clear-cache"),
    ],
)
def test_without_what_it_has_kept(tool: BuildTool, word: str) -> None:
    cached, fresh = (ToolBuild(tool).arguments("/tree", "team/i:1", "shop", {}, fresh=each) for each in (False, True))
    assert word in fresh
    assert word not in cached


def test_a_value_that_would_be_cut_is_not_told_to_that_tool() -> None:
    asked = ToolBuild(BuildTool.RAILPACK)
    told = {"HOSTS": "a,b", "SIZE": "7"}
    assert asked.unsaid(told) == ["HOSTS"]
    assert "--env=SIZE=7" in asked.arguments("/tree", "i", "c", told, fresh=False)
    assert not [word for word in asked.arguments("/tree", "i", "c", told, fresh=False) if "HOSTS" in word]
    assert ToolBuild(BuildTool.NIXPACKS).unsaid(told) == []


def test_its_image_depends_on_the_tool_its_version_and_the_commands() -> None:
    asked = [
        ToolBuild(BuildTool.RAILPACK).fingerprint("1"),
        ToolBuild(BuildTool.RAILPACK).fingerprint("2"),
        ToolBuild(BuildTool.NIXPACKS).fingerprint("1"),
        ToolBuild(BuildTool.RAILPACK, build="make").fingerprint("1"),
        ToolBuild(BuildTool.RAILPACK, start="make").fingerprint("1"),
    ]
    assert len(set(asked)) == len(asked)
