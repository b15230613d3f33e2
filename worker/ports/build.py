"""What a Docker Engine is to build, and how that fails."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tidegate.buildtool import ToolBuild
from tidegate.registry import Login


@dataclass(frozen=True)
class BuildOrder:
    """Build `context` (a directory) with `dockerfile` (a path relative to it, or absolute) and tag it `image`."""

    context: Path
    dockerfile: Path
    image: str
    labels: Mapping[str, str]
    arguments: Mapping[str, str] = field(default_factory=dict)
    no_cache: bool = False
    #: By their ids, for the `RUN --mount=type=secret` that name them: in no layer and in no argument list.
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    #: For a private registry that it takes its bases from.
    login: Login | None = None
    #: Builds in place of the Dockerfile, which there need not be; it takes neither secrets nor a login.
    tool: ToolBuild | None = None


class BuildFailed(Exception):
    """The user's build failed. `line` is the Dockerfile's line (from 1), where known; `exit_code` of the RUN."""

    def __init__(self, message: str, line: int | None = None, exit_code: int | None = None) -> None:
        super().__init__(message)
        self.line = line
        self.exit_code = exit_code
