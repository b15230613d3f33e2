"""Builds an image with the best builder that there is for a host."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from worker.hosts import buildkit, classic, images, tools
from worker.hosts.connection import Connection
from worker.ports import BuildFailed, BuildOrder, OnLine, Stop
from worker.until import Until


def build(
    connection: Connection,
    order: BuildOrder,
    on_line: OnLine,
    timeout: float,
    stop: Stop,
    scratch: Path | None,
    tool_settings: Mapping[str, str],
) -> str:
    """As ports.Engine.build. `tool_settings`: of the environment of a build tool."""
    until = Until(stop, timeout)
    if order.tool is None:
        return _by_dockerfile(connection, order, on_line, until, scratch)
    with tools.built(connection, order, order.tool, on_line, until, scratch, tool_settings) as rest:
        return _by_dockerfile(connection, rest, on_line, until, scratch)


def _by_dockerfile(
    connection: Connection, order: BuildOrder, on_line: OnLine, until: Until, scratch: Path | None
) -> str:
    dockerfile = _dockerfile(order)
    command = buildkit.find_command()
    if command is None:
        classic.build(connection, order, dockerfile, on_line, until)
    else:
        buildkit.build(connection, command, order, dockerfile, on_line, until, scratch)
    # Asked for by name: where an engine keeps images in containerd (new ones from 29 on do), the id that BuildKit's
    # command tells is another one, which the engine itself does not find.
    built = images.image_id(connection, order.image)
    if built is None:
        raise BuildFailed("The image is gone: something on its Docker host removed it right after it was built.")
    return built


def _dockerfile(order: BuildOrder) -> str:
    """Its text. A link out of the tree that the two paths have in common is refused: it is the user's tree, and the
    docker command would follow the link and send what it finds on this machine."""
    path = order.context / order.dockerfile
    tree = Path(os.path.commonpath([order.context, path.parent])).resolve()
    for given in (order.context, path):
        if not given.resolve().is_relative_to(tree):
            raise BuildFailed(f"`{given.name}` is a link that leads out of the repository.")
    try:
        return path.read_text(errors="replace")
    except OSError as error:
        raise BuildFailed(f"There is no Dockerfile at `{order.dockerfile}` ({error.strerror}).") from error
