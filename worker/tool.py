"""Build tools of this worker's machine: which version is there, and what one may read of a tree."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from tidegate import buildtool, wording
from tidegate.buildtool import BuildTool
from worker.ports import Refused

#: Seconds to say a version.
_PATIENCE = 20


def version(tool: BuildTool) -> str:
    """As the program tells it, in one line. Asked each time, since it may be renewed under us. Raises Refused where it
    isn't installed."""
    command = shutil.which(tool)
    if command is None:
        raise Refused(buildtool.not_installed(tool))
    environment = {"PATH": os.pathsep.join(os.get_exec_path()), "HOME": str(Path.home())}
    try:
        done = subprocess.run(
            (command, "--version"), env=environment, capture_output=True, text=True, timeout=_PATIENCE, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Refused(buildtool.not_answering(tool, str(error))) from error
    said = " ".join((done.stdout or done.stderr).split())
    if done.returncode != 0:
        raise Refused(buildtool.not_answering(tool, said))
    return said


#: What mise reads, whose values may be commands: https://mise.jdx.dev/templates.html
_MISE = ("mise*.toml", ".mise*", "mise", ".tool-versions", ".config/mise*")


def check_commands(tool: BuildTool, root: Path) -> None:
    """Refused where the tree would have the tool run commands of the tree's on this machine, and not in the build:
    railpack has mise read such files, and trusts them."""
    if tool is BuildTool.RAILPACK:
        found = [each for pattern in _MISE for each in root.rglob(pattern)]
        if found:
            raise Refused(buildtool.runs_commands(tool, found[0].relative_to(root).as_posix()))


def check_links(root: Path) -> None:
    """Refused where a link of the tree leads out of it: tools follow links on this machine, and would put what they
    find there into the image."""
    inside = root.resolve()
    for directory, below, files in os.walk(root):
        for name in (*below, *files):
            path = Path(directory, name)
            if path.is_symlink() and not path.resolve().is_relative_to(inside):
                raise Refused(wording.leads_outside(path.relative_to(root).as_posix()))
