"""`builder` in the deploy file: a build tool that others keep, and what has no meaning beside one."""

from __future__ import annotations

from tidegate.blueprint.nodes import Data, Document, Path
from tidegate.buildtool import BuildTool

_OF_A_DOCKERFILE = ("dockerfilePath", "dockerContext", "dockerCommand", "registryCredential")
_COMMANDS = ("buildCommand", "startCommand")


def check(document: Document, service: dict[str, Data], path: Path) -> None:
    """A tool finds out by itself what the tree is, so nothing else may say how it is built."""
    tool = service.get("builder")
    if tool is None:
        return
    if (runtime := service.get("runtime")) is not None:
        message = f"`builder` has no meaning with `runtime: {runtime}`, which says by itself how it is built."
        document.problem((*path, "builder"), message, "Remove one of them.", key=True)
        return
    for name in _OF_A_DOCKERFILE:
        if service.pop(name, None) is not None:
            message = f"`{name}` has no meaning with `builder: {tool}`: no Dockerfile is used."
            hint = "Write `startCommand`." if name == "dockerCommand" else "Remove it, or `builder`."
            document.problem((*path, name), message, hint, key=True)
    if tool == BuildTool.PACK:
        for name in _COMMANDS:
            if service.pop(name, None) is not None:
                message = f"`{name}` has no meaning with `builder: pack`: buildpacks can't be told by it."
                document.problem((*path, name), message, "Write it in a `Procfile` or `project.toml`.", key=True)
