"""Build tools that others keep, chosen by `builder` in the deploy file: how each is called, and what it can't be told.

Sources: https://railpack.com/reference/cli/, https://nixpacks.com/docs/cli, `pack build --help`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class BuildTool(StrEnum):
    """Each is called after its program."""

    RAILPACK = "railpack"
    NIXPACKS = "nixpacks"
    PACK = "pack"


#: Where each tells how it is installed.
INSTALLED_BY: Mapping[BuildTool, str] = {
    BuildTool.RAILPACK: "https://railpack.com/installation",
    BuildTool.NIXPACKS: "https://nixpacks.com/docs/install",
    BuildTool.PACK: "https://buildpacks.io/docs/for-platform-operators/how-to/integrate-ci/pack/",
}


@dataclass(frozen=True)
class ToolBuild:
    """What the deploy file asks of the tool. `build` and `start` are shell commands in place of what it would do."""

    tool: BuildTool
    build: str | None = None
    start: str | None = None

    def fingerprint(self, version: str) -> str:
        """What its image depends on besides the tree and the variables."""
        return "\n".join([self.tool, version, self.build or "", self.start or ""])

    def unsaid(self, variables: Mapping[str, str]) -> list[str]:
        """Names of the variables that it can't be told of: railpack takes a comma for the end of a value."""
        return sorted(name for name, value in variables.items() if self.tool is BuildTool.RAILPACK and "," in value)

    def arguments(
        self, directory: str, image: str, cache: str, variables: Mapping[str, str], *, fresh: bool
    ) -> list[str]:
        """Of its program, for the tree in `directory` and the name `image`. What it keeps to be quicker next time is
        called after `cache`; `fresh`: nothing of that is used."""
        unsaid = self.unsaid(variables)
        told = [f"--env={name}={value}" for name, value in sorted(variables.items()) if name not in unsaid]
        told += [f"--build-cmd={self.build}"] if self.build else []
        told += [f"--start-cmd={self.start}"] if self.start else []
        match self.tool:
            case BuildTool.RAILPACK:
                # It has no word for "without a cache": under another key there is none.
                kept = image.replace("/", "-").replace(":", "-") if fresh else cache
                return ["build", "--progress=plain", f"--name={image}", f"--cache-key={kept}", *told, directory]
            case BuildTool.NIXPACKS:
                anew = ["--no-cache"] if fresh else []
                return ["build", directory, f"--name={image}", f"--cache-key={cache}", *told, *anew]
            case BuildTool.PACK:
                anew = ["--clear-cache"] if fresh else []
                # Each build has a name of its own, after which its volumes would be called: new ones each time.
                volumes = (f"--cache=type={kind};format=volume;name={cache}-{kind}" for kind in ("build", "launch"))
                named = [image, f"--path={directory}", "--no-color", "--docker-host=inherit"]
                return ["build", *named, *volumes, *told, *anew]


def not_installed(tool: BuildTool) -> str:
    return (
        f"`builder: {tool}` needs the program `{tool}` on the machine of Tidegate's workers, where it isn't installed; "
        f"install it there ({INSTALLED_BY[tool]}), or remove `builder`: then the tree is built by its Dockerfile or by "
        "what is detected in it"
    )


def runs_commands(tool: BuildTool, path: str) -> str:
    return (
        f"`builder: {tool}` can't build a tree with `{path}`: `{tool}` reads it on the machine of Tidegate's "
        "workers, where it may run commands; remove it, or `builder`"
    )


def not_answering(tool: BuildTool, said: str) -> str:
    return f"`{tool} --version` fails on the machine of Tidegate's workers ({said}); mend it there, or remove `builder`"


def building(tool: BuildTool, version: str) -> str:
    return f"built by {tool}, {version}"


def unsaid(tool: BuildTool, name: str) -> str:
    return f"{name} has a comma in its value, which {tool} can't be given: it is not there during the build"


def ended(tool: BuildTool, exit_code: int, last: str) -> str:
    return f"`{tool}` ended with exit code {exit_code}: {last}"


def left_nothing(tool: BuildTool) -> str:
    return f"`{tool}` ended well, but left no image on the Docker host that `DOCKER_HOST` named"
