"""`builder` in the deploy file: a build tool that others keep, and what can't stand beside it."""

from __future__ import annotations

import pytest

from tests.tidegate.blueprint.test_runtimes import service
from tidegate.blueprint import BlueprintError, Service
from tidegate.buildtool import BuildTool, ToolBuild


@pytest.mark.parametrize(
    ("fields", "asked"),
    [
        ("builder: railpack", ToolBuild(BuildTool.RAILPACK)),
        (
            "builder: nixpacks\nbuildCommand: make\nstartCommand: ./run",
            ToolBuild(BuildTool.NIXPACKS, "make", "./run"),
        ),
        ("builder: pack\nrootDir: app", ToolBuild(BuildTool.PACK)),
        ("", None),
    ],
)
def test_what_is_asked_of_a_tool(fields: str, asked: ToolBuild | None) -> None:
    made = service(fields)
    assert made.by_tool == asked
    assert (made.wishes is None) == (asked is not None)
    assert Service.load(made.dump()) == made


@pytest.mark.parametrize(
    ("fields", "line", "words"),
    [
        ("builder: kaniko", 3, "`railpack`"),
        ("builder: railpack\nruntime: node", 3, "`builder` has no meaning with `runtime: node`"),
        ("builder: railpack\nruntime: docker", 3, "`runtime: docker`"),
        ("builder: railpack\ntype: static", 3, "`runtime: static`"),
        ("builder: railpack\nruntime: image\nimage: {url: nginx}", 3, "`runtime: image`"),
        ("builder: nixpacks\ndockerfilePath: D", 4, "no Dockerfile is used"),
        ("builder: nixpacks\ndockerCommand: ./run", 4, "Write `startCommand`"),
        ("builder: pack\nregistryCredential: {fromRegistryCreds: {name: x}}", 4, "Remove it, or `builder`"),
        ("builder: pack\nstartCommand: ./run", 4, "Write it in a `Procfile`"),
        ("builder: pack\nbuildCommand: make", 4, "buildpacks can't be told by it"),
    ],
)
def test_nothing_else_says_how_it_is_built(fields: str, line: int, words: str) -> None:
    with pytest.raises(BlueprintError) as refused:
        service(fields)
    (problem,) = refused.value.problems
    assert words in f"{problem.message} {problem.hint}"
    assert problem.line == line
