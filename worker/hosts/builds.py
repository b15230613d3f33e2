"""Builds an image with the best builder that there is for a host."""

from __future__ import annotations

import os
from pathlib import Path

from worker.hosts import buildkit, classic
from worker.hosts.connection import Connection
from worker.ports import BuildFailed, BuildOrder, OnLine, Stop
from worker.until import Until


def build(connection: Connection, order: BuildOrder, on_line: OnLine, timeout: float, stop: Stop) -> str:
    """As ports.Engine.build."""
    dockerfile = _dockerfile(order)
    until = Until(stop, timeout)
    command = buildkit.find_command()
    if command is None:
        return classic.build(connection, order, dockerfile, on_line, until)
    return buildkit.build(connection, command, order, dockerfile, on_line, until)


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
