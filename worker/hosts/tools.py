"""Builds by a tool that others keep (railpack, nixpacks, `pack`), which runs on this machine and speaks to the engine.

Not each of them can label an image, so it gets a name for the moment; the image that is made `FROM` it has our labels.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from docker.errors import ImageNotFound, NotFound

from tidegate import buildtool
from tidegate.buildtool import ToolBuild
from worker.child import end, running
from worker.hosts import buildkit, images
from worker.hosts.connection import Connection
from worker.hosts.failures import KEPT_LINES, hosts_trouble
from worker.hosts.streams import Lines, Pump
from worker.ports import BuildFailed, BuildOrder, OnLine, Refused, Unavailable
from worker.scratch import momentary
from worker.until import Until

#: Seconds from SIGTERM to SIGKILL: `pack` takes its containers away when it is asked to end.
_GRACE = 3.0


@contextmanager
def built(
    connection: Connection,
    order: BuildOrder,
    by: ToolBuild,
    on_line: OnLine,
    until: Until,
    scratch: Path | None,
    settings: Mapping[str, str],
) -> Iterator[BuildOrder]:
    """What is left to be built: an order for the same image, `FROM` what the tool has made, which is gone afterwards.
    `settings`: of the tool's environment. Raises as ports.Engine.build does; Refused where it isn't installed."""
    made = f"{order.image}-raw"
    with momentary(scratch, "tidegate-build-") as place:
        context, own = place / "context", place / "tool"
        context.mkdir()
        own.mkdir()
        try:
            _run(connection, order, by, made, on_line, until, {**settings, "TMPDIR": str(own)})
            if images.image_id(connection, made) is None:
                raise BuildFailed(buildtool.left_nothing(by.tool))
            (context / "Dockerfile").write_text(f"FROM {made}\n")
            yield replace(order, context=context, dockerfile=Path("Dockerfile"), arguments={}, tool=None)
        finally:
            _forget(connection, made)


def _run(
    connection: Connection,
    order: BuildOrder,
    by: ToolBuild,
    made: str,
    on_line: OnLine,
    until: Until,
    settings: Mapping[str, str],
) -> None:
    program = shutil.which(by.tool)
    if program is None:
        raise Refused(buildtool.not_installed(by.tool))
    last: deque[str] = deque(maxlen=KEPT_LINES)

    def line(raw: str) -> None:
        last.append(raw)
        on_line(raw)

    for name in by.unsaid(order.arguments):
        on_line(buildtool.unsaid(by.tool, name))
    # By service, so that each build finds what the one before has kept.
    cache = made.rpartition(":")[0].replace("/", "-")
    arguments = by.arguments(str(order.context), made, cache, order.arguments, fresh=order.no_cache)
    environment = {**buildkit.environment(connection), **settings, "PATH": _path(), "NO_COLOR": "1"}
    lines = Lines(line)
    with running([program, *arguments], environment, stderr=subprocess.STDOUT) as process:
        Pump(buildkit.chunks(process), lambda: end(process, _GRACE)).run(lines.feed, until)
    lines.close()
    if process.returncode != 0:
        said = [each for each in last if each.strip()] or ["it said nothing"]
        raise hosts_trouble(connection, said, said[-1]) or BuildFailed(
            buildtool.ended(by.tool, process.returncode, said[-1]), exit_code=process.returncode
        )


def _path() -> str:
    """Where tools find the docker command, one that can do BuildKit before others."""
    command = buildkit.find_command()
    first = [str(Path(command).parent)] if command else []
    return os.pathsep.join([*first, *os.get_exec_path()])


def _forget(connection: Connection, made: str) -> None:
    """Takes the name away; what our image is made of stays. An engine that can't be asked has it until a build of the
    same tree."""
    with suppress(Refused, Unavailable), connection.translated(), suppress(ImageNotFound, NotFound):
        connection.client().remove_image(made)
